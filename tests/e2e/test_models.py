"""Models beside a real server: fitted and published as jobs, over HTTP and by commands, while it goes on."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_served import free_port, served
from tests.e2e.test_served import limner as command
from tests.learn.shop import CHURN, make_shop

import limner
from limner.govern.roles import Role

PATIENCE = 240.0


class Served:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        with limner.open(folder) as workspace:
            self.key = workspace.keys.issue("tests", Role.ADMIN)

    def call(self, path: str, method: str = "GET") -> tuple[int, Any]:
        head = {"Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", None, head, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def have_done(self, path: str) -> Any:
        """Post it, and wait for the job."""
        status, job = self.call(path, "POST")
        assert status == 202, job
        give_up = time.monotonic() + PATIENCE
        while job["state"] not in ("done", "failed"):
            assert time.monotonic() < give_up, job
            time.sleep(0.05)
            _, job = self.call(f"/jobs/{job['id']}")
        return job


@pytest.fixture
def shop(tmp_path: Path) -> Served:
    return Served(make_shop(tmp_path / "shop", customers=100))


def test_from_fit_to_portrait_over_http(shop: Served) -> None:
    with served(shop.folder, shop.port):
        assert shop.call("/models/churn:publish", "POST")[0] == 404, "it was never fitted"
        card = shop.have_done("/models/churn:fit")["result"]
        assert card["passed"], card["missing"]
        assert shop.have_done("/models/churn:publish")["result"]["tags"]["churn_risk"] > 10
        _, model = shop.call("/models/churn")
        assert (model["published"], model["card"]["metrics"]) == (1, card["metrics"])
        told = command("-w", str(shop.folder), "models", "list", "--json")
        assert told["models"][0]["published"] == 1
        someone = next(row for row in limner_rows(shop) if row is not None)
        _, portrait = shop.call(f"/profiles/{someone}")
        assert portrait["tags"]["churn_risk"]["predicted_at"] == model["published_at"]
        _, reasons = shop.call(f"/models/churn/reasons?key={someone}")
        assert reasons["reasons"][0]["words"]["zh"]

        declared = shop.folder / "models" / "a.yaml"
        declared.write_text(CHURN.replace("auc: 0.55", "auc: 0.9999"), encoding="utf-8")
        assert not shop.have_done("/models/churn:fit")["result"]["passed"]
        status, problem = shop.call("/models/churn:publish", "POST")
        assert (status, problem["code"]) == (409, "conflict")
        assert "at least 0.9999 is demanded" in problem["message"]
        assert shop.call(f"/profiles/{someone}")[1]["tags"]["churn_risk"] == portrait["tags"]["churn_risk"]

        declared.write_text("models: {churn: {kind: attribute, label: gendr}}", encoding="utf-8")
        status, problem = shop.call("/models/churn:fit", "POST")
        assert (status, problem["code"]) == (422, "definition")
        assert "Did you mean gender?" in problem["message"]

        declared.write_text(CHURN.replace("customers: 50", "customers: 5000"), encoding="utf-8")
        job = shop.have_done("/models/churn:fit")
        assert job["state"] == "failed"
        assert "too little to learn from" in job["error"]


def limner_rows(shop: Served) -> list[str | None]:
    """Customers the model says something of."""
    head = {"Authorization": f"Bearer {shop.key}", "Content-Type": "application/json"}
    body = json.dumps({"rule": {"churn_risk": {"gte": 0}}, "format": "ndjson"}).encode()
    url = f"http://127.0.0.1:{shop.port}/api/v1/profiles:export"
    with urllib.request.urlopen(urllib.request.Request(url, body, head), timeout=60) as answer:
        return [json.loads(line)["customer_id"] for line in answer.read().splitlines()]
