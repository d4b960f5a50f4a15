"""Values that are given, over HTTP: who may, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app
from limner.govern.roles import Role

TAGS = """
tags:
  mood: {layer: fact, hand: text, values: [calm, angry]}
  score: {layer: fact, imported: number}
  events: {layer: fact, sql: "SELECT customer_id, events AS value FROM customers"}
"""
FORMS = "forms: {visit: {title: {zh: 到访}, fields: [mood]}}"
LIST = "phone,score\n13800000001,7\n13800000002,x\n"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    folder = tmp_path / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    (folder / "forms.yaml").write_text(FORMS, encoding="utf-8")
    event: dict[str, object] = {
        "type": "identify",
        "userId": "u1",
        "messageId": "1",
        "timestamp": "2026-01-01T10:00:00Z",
    }
    event["traits"] = {"phone": "13800000001"}
    (tmp_path / "e.jsonl").write_text(json.dumps(event))
    with limner.open(folder) as workspace:
        workspace.import_files(tmp_path / "e.jsonl")
        workspace.tags_apply()
        keys = {role: workspace.keys.issue(role, role) for role in (Role.ADMIN, Role.VIEWER)}
        client = TestClient(create_app(workspace, Event()), raise_server_exceptions=False)
        client.headers["Authorization"] = f"Bearer {keys[Role.ADMIN]}"
        client.headers["X-Viewer"] = keys[Role.VIEWER]
        yield client


def value(client: TestClient, tag: str) -> object:
    return client.get("/api/v1/profiles/user_id:u1").json()["tags"][tag]["value"]


def test_values_are_entered_and_taken_away(client: TestClient) -> None:
    place = "/api/v1/profiles/user_id:u1/tags/mood"
    entered = client.put(place, json={"value": "angry", "reason": "called"})
    assert entered.json()["values"] == {"mood": "angry"}
    assert value(client, "mood") == "angry"
    assert client.delete(place, params={"reason": "a mistake"}).json()["values"] == {"mood": None}
    assert value(client, "mood") is None
    refused = client.put(place, json={"value": "sad"})
    assert (refused.status_code, refused.json()["code"]) == (400, "data")


def test_forms_are_listed_and_filled(client: TestClient) -> None:
    [form] = client.get("/api/v1/forms").json()["forms"]
    assert (form["name"], form["fields"]) == ("visit", ["mood"])
    client.post("/api/v1/forms/visit:fill", json={"key": "user_id:u1", "values": {"mood": "calm"}})
    assert value(client, "mood") == "calm"


def test_a_list_is_uploaded(client: TestClient) -> None:
    asked = {"key": "phone:phone", "value": "score", "filename": "s.csv", "reason": "survey"}
    done = client.post("/api/v1/tags/score:import", params=asked, content=LIST.encode()).json()
    assert (done["rows"], done["rejected"], done["source"]) == (1, 1, "s.csv")
    assert value(client, "score") == 7
    assert [run["rows"] for run in client.get("/api/v1/tags/score/runs").json()["runs"]] == [1]


def test_queries_are_run(client: TestClient) -> None:
    [run] = client.post("/api/v1/tags:refresh", json={}).json()["runs"]
    assert run["tag"] == "events"
    assert value(client, "events") == 1


def test_who_only_looks_may_not(client: TestClient) -> None:
    client.headers["Authorization"] = f"Bearer {client.headers['X-Viewer']}"
    place = "/api/v1/profiles/user_id:u1/tags/mood"
    assert client.put(place, json={"value": "calm"}).status_code == 403
    assert client.post("/api/v1/tags:refresh", json={}).status_code == 403
    assert client.get("/api/v1/forms").status_code == 200
