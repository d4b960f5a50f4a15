"""Rejects over HTTP: shown, mended and read again; and live streams for those who are signed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app

GOOD = {"type": "track", "event": "order_paid", "userId": "U1", "messageId": "m1", "timestamp": "2026-11-01"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("rejects") / "shop"
    keys = limner.init(folder)
    events = folder.parent / "events.jsonl"
    lines = [
        json.dumps(GOOD),
        '{"type": "track", "userId": "U2"}',
        "nonsense",
        json.dumps(GOOD | {"timestamp": "soon"}),
    ]
    events.write_text("\n".join(lines), encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.import_files(events)
        workspace.users_add("ada", "admin", "correct horse battery")
        client = TestClient(create_app(workspace, Event()))
        client.headers["Authorization"] = f"Bearer {keys.api_key}"
        yield client


def test_rejects_are_shown_mended_and_gone(client: TestClient) -> None:
    first = client.get("/api/v1/rejects?limit=2").json()
    rest = client.get(f"/api/v1/rejects?cursor={first['next']}").json()
    found = [*first["rejects"], *rest["rejects"]]
    assert [each["line"] for each in found] == [2, 3, 4]
    assert [each["said"]["en"] for each in found] == [each["reason"] for each in found]
    assert found[1]["said"]["zh"].startswith("不是 JSON")
    assert rest["next"] is None
    assert client.post("/api/v1/rejects:retry").json()["rejected"] == 3
    still = client.post("/api/v1/rejects:retry", json={"rows": {str(found[1]["id"]): "still nonsense"}}).json()
    assert (still["accepted"], still["rejected"]) == (0, 1)
    now = client.get("/api/v1/rejects").json()["rejects"]
    assert {each["row"] for each in now} == {found[0]["row"], found[2]["row"], "still nonsense"}
    again = next(each for each in now if each["row"] == "still nonsense")
    mended = json.dumps(GOOD | {"messageId": "m3"})
    assert client.post("/api/v1/rejects:retry", json={"rows": {str(again["id"]): mended}}).json()["accepted"] == 1
    assert len(client.get("/api/v1/rejects").json()["rejects"]) == 2
    assert client.post("/api/v1/rejects:retry", json={"rows": {"999": "x"}}).status_code == 404


def test_a_row_that_is_sent_back_unchanged_stays(client: TestClient) -> None:
    before = client.get("/api/v1/rejects").json()["rejects"]
    client.post("/api/v1/rejects:retry", json={"rows": {str(before[0]["id"]): before[0]["row"]}})
    after = client.get("/api/v1/rejects").json()["rejects"]
    assert sorted(each["row"] for each in after) == sorted(each["row"] for each in before)


def test_live_streams_take_a_session_and_end_with_it(client: TestClient) -> None:
    workspace = client.app.state.workspace  # type: ignore[attr-defined]
    browser = TestClient(client.app)
    browser.post("/api/v1/session", json={"user": "ada", "password": "correct horse battery"})
    workspace.parts.arrivals.close()
    for path in ("events:live", "changes/live"):
        if path == "changes/live":
            workspace.parts.feed.close()
        with browser.stream("GET", f"/api/v1/{path}") as answer:
            assert answer.status_code == 200
            assert answer.read().startswith(b"retry")
