"""Jobs over HTTP: a file that is sent is imported, and what is wrong with it is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app
from limner.govern.roles import Role
from limner.workspace import Workspace

ORDERS = b"number,at,who\n1,2026-11-01,U1\n2,2026-11-02,U1\n3,soon,U2\n"
MAPPING = "event: order_paid\nevent_id: number\ntime: {column: at}\nidentify: {user_id: who}\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    settings = tmp_path / "shop" / "limner.toml"
    settings.write_text(settings.read_text() + "upload_mb = 1\n")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.intake.start()
        workspace.desk.open()
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    client = TestClient(create_app(workspace, Event()), raise_server_exceptions=False)
    client.headers["Authorization"] = f"Bearer {workspace.keys.issue('ada', Role.OPERATOR)}"
    return client


def send(client: TestClient, body: bytes, **asked: str) -> Any:
    return client.post("/api/v1/imports", params=asked, content=body)


def test_a_file_that_is_sent_is_imported(workspace: Workspace, client: TestClient) -> None:
    answer = send(client, ORDERS, name="orders.csv", mapping=MAPPING)
    job = answer.json()
    assert (answer.status_code, job["kind"], job["subject"], job["error"]) == (202, "import", "orders.csv", None)
    if (errand := workspace.desk._errands.get(job["id"])) is not None:
        errand.watch(lambda *told: None)
    ended = client.get(f"/api/v1/jobs/{job['id']}").json()
    assert (ended["state"], ended["who"][:3]) == ("done", "ada")
    assert {name: ended["result"][name] for name in ("read", "accepted", "rejected")} == {
        "read": 3, "accepted": 2, "rejected": 1
    }  # fmt: skip
    assert client.get("/api/v1/jobs").json()["jobs"] == [ended]
    again = send(client, ORDERS, name="orders.csv", mapping=MAPPING).json()["id"]
    first = client.get("/api/v1/jobs?limit=1").json()
    assert ([each["id"] for each in first["jobs"]], first["next"]) == ([again], str(again))
    assert client.get(f"/api/v1/jobs?limit=1&cursor={first['next']}").json() == {"jobs": [ended], "next": None}
    assert not workspace.desk.folder_of(job["id"]).exists()
    assert client.post(f"/api/v1/jobs/{job['id']}:cancel").status_code == 409
    assert client.post(f"/api/v1/jobs/{job['id']}:resume").status_code == 409


def test_what_is_wrong_leaves_nothing(workspace: Workspace, client: TestClient) -> None:
    assert "more than 1 MB" in send(client, b"x" * (1 << 20) + b"y", name="orders.csv", mapping=MAPPING).text
    assert "no name for a file" in send(client, ORDERS, name="../orders.csv").text
    assert "an event needs a time" in send(client, ORDERS, name="orders.csv", mapping="event: e").text
    assert "cannot join" in send(client, ORDERS, name="o.csv", mapping=MAPPING + "join: [{file: a.csv, on: who}]").text
    assert send(client, b"\x00\x01", name="orders").status_code == 400
    assert send(client, b"", name="orders").status_code == 400
    assert client.get("/api/v1/jobs/77").status_code == 404
    assert client.get("/api/v1/jobs/0").status_code == 422
    assert client.get("/api/v1/jobs").json() == {"jobs": [], "next": None}
    assert "is no cursor" in client.get("/api/v1/jobs?cursor=x").text
    uploads = workspace.parts.folder / "jobs" / "uploads"
    assert not uploads.exists() or list(uploads.iterdir()) == []


@pytest.mark.parametrize("role", [Role.WRITE, Role.VIEWER, Role.ANALYST])
def test_others_may_not(workspace: Workspace, client: TestClient, role: Role) -> None:
    client.headers["Authorization"] = f"Bearer {workspace.keys.issue('eve', role)}"
    assert send(client, ORDERS, name="orders.csv", mapping=MAPPING).status_code in (401, 403)
    assert client.get("/api/v1/jobs").status_code in (401, 403)


def test_whoever_asked_sees_the_own_job(workspace: Workspace, client: TestClient) -> None:
    assert send(client, ORDERS, name="orders.csv", mapping=MAPPING).status_code == 202
    client.headers["Authorization"] = f"Bearer {workspace.keys.issue('eve', Role.ANALYST)}"
    assert "somebody else" in client.get("/api/v1/jobs/1").json()["message"]
    assert client.post("/api/v1/jobs/1:cancel").status_code == 403
    asked = {"rule": {"all": []}, "first": "2026-11-01", "last": "2026-11-04", "days": 1}
    answer = client.post("/api/v1/audiences:trend?wait=false", json=asked)
    job = answer.json()
    assert (answer.status_code, job["kind"], job["who"][:3]) == (202, "trend", "eve")
    if (errand := workspace.desk._errands.get(job["id"])) is not None:
        errand.watch(lambda *told: None)
    ended = client.get(f"/api/v1/jobs/{job['id']}").json()
    assert (ended["state"], ended["error"]) == ("done", None)
    assert [point["size"] for point in ended["result"]["points"]] == [1, 1, 1, 1]
    assert client.post("/api/v1/audiences:trend", json=asked).json() == ended["result"]
    assert client.post("/api/v1/packages/none:send?wait=false").status_code == 404
    sought = client.post("/api/v1/personas:fit?wait=false", json={"tags": ["none"]})
    assert 400 <= sought.status_code < 500
    assert "none" in sought.text
