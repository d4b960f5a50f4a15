"""Exports over HTTP: what is in them, who sees what, and that nothing is made for a client that has left."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app
from limner.fold.export import Roster
from limner.fold.formats import Format
from limner.govern.roles import Role

AS_OF = {"as_of": "2026-11-20"}


def export(client: TestClient, **asked: Any) -> Any:
    return client.post("/api/v1/profiles:export", json=asked)


def lines(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = export(client, format="ndjson", **asked)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_everybody_is_there_with_identifiers_and_tags(client: TestClient) -> None:
    found = lines(client, **AS_OF)
    assert len(found) == 40
    first = next(row for row in found if row["user_id"] == "U1")
    portrait = client.get("/api/v1/profiles/user_id:U1", params=AS_OF).json()
    assert first["customer_id"] == portrait["customer_id"]
    assert {name: first[name] for name in portrait["tags"]} == {n: t["value"] for n, t in portrait["tags"].items()}


@pytest.mark.parametrize(
    ("format", "media_type"),
    [
        ("parquet", "application/vnd.apache.parquet"),
        ("csv", "text/csv; charset=utf-8"),
        ("ndjson", "application/x-ndjson"),
    ],
)
def test_the_head_says_what_it_is_and_of_when(client: TestClient, format: str, media_type: str) -> None:
    answer = export(client, format=format, **AS_OF)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-limner-as-of"] == "2026-11-20T00:00:00+08:00"
    assert answer.headers["x-limner-seq"] == "42"
    assert answer.headers["content-disposition"] == f'attachment; filename="customers-20261119T160000Z.{format}"'


def test_parquet_unless_asked_otherwise(client: TestClient) -> None:
    table = pa.parquet.read_table(io.BytesIO(export(client, **AS_OF).content))
    assert (table.num_rows, table.column_names) == (40, ["customer_id", "user_id", "spend", "favourite", "tier"])


def test_a_rule_and_tags_choose(client: TestClient) -> None:
    found = lines(client, rule={"spend": {"gte": 380}}, tags=["tier"], identifiers=False, **AS_OF)
    assert [sorted(row) for row in found] == [["customer_id", "tier"]] * 3
    inline = {"did": "order_paid", "is": {"gte": 2}}
    assert [row["user_id"] for row in lines(client, rule=inline, tags=[], **AS_OF)] == ["U1"]


def test_the_past_knows_only_the_past(client: TestClient) -> None:
    assert lines(client, rule={"spend": {"gte": 100}}, as_of="2026-10-31") == []
    past = lines(client, as_of="2026-11-05", tags=["spend"])
    assert next(row["spend"] for row in past if row["user_id"] == "U1") == 10


def test_what_is_wrong_is_said_before_the_file_begins(client: TestClient) -> None:
    assert export(client, rule={"spent": 1}).status_code == 422
    assert export(client, tags=["spent"]).status_code == 404
    assert export(client, format="xlsx").status_code == 422
    assert export(client, as_of="yesterday").status_code == 400


TAGS = """
tags:
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  contact: {layer: fact, fold: {last: mobile, of: order_paid}}
  note: {layer: fact, fold: {last: note, of: order_paid}}
"""


class Shop:
    def __init__(self, folder: Path) -> None:
        limner.init(folder)
        (folder / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
        properties = {"amount": 5, "mobile": "13800000001", "note": "call 13800000002"}
        event = {"type": "track", "event": "order_paid", "userId": "long-user-id", "messageId": "1"}
        events = folder.parent / "events.jsonl"
        events.write_text(json.dumps(event | {"properties": properties, "timestamp": "2026-11-01T10:00:00Z"}))
        self.workspace = limner.open(folder)
        self.workspace.import_files(events)
        self.workspace.tags_apply()
        ready = Event()
        ready.set()
        self.app = create_app(self.workspace, ready)

    def client(self, role: Role) -> TestClient:
        key = self.workspace.keys.issue(role.value, role)
        return TestClient(self.app, headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    with made.workspace:
        yield made


def test_identifiers_are_masked_as_in_portraits(own: Shop) -> None:
    seen = {}
    for role in (Role.OPERATOR, Role.ANALYST):
        client = own.client(role)
        (row,) = lines(client)
        portrait = client.get("/api/v1/profiles/c0").json()
        assert row["user_id"] == portrait["identifiers"][0]["value"]
        assert {name: row[name] for name in portrait["tags"]} == {n: t["value"] for n, t in portrait["tags"].items()}
        seen[role] = row
    assert seen[Role.OPERATOR]["contact"] == "13800000001"
    assert seen[Role.ANALYST] == {
        "customer_id": "c0",
        "user_id": "lo***id",
        "spend": 5,
        "contact": "138****0001",
        "note": "call 138****0002",
    }
    assert export(own.client(Role.VIEWER)).status_code == 403


def test_the_live_state_answers_for_now(own: Shop) -> None:
    own.workspace.follow()
    answer = export(own.client(Role.ADMIN), format="csv")
    assert re.match(r"20\d\d-", answer.headers["x-limner-as-of"])
    assert answer.text.splitlines()[1].startswith('"c0","long-user-id",5')


def test_nothing_more_is_made_for_a_client_that_has_left(own: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def many(roster: Roster, size: int) -> Iterator[pa.RecordBatch]:
        for _ in range(1000):
            made.append(size)
            yield roster.cut(0, 1)

    monkeypatch.setattr(Roster, "cuts", many)
    sent: list[bytes] = []
    key = own.workspace.keys.issue("gone", Role.ADMIN)
    body = json.dumps({"format": Format.NDJSON}).encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/api/v1/profiles:export",
        "raw_path": b"/api/v1/profiles:export",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }

    async def talk() -> None:
        asked, left = iter([{"type": "http.request", "body": body, "more_body": False}]), asyncio.Event()

        async def receive() -> Any:
            for message in asked:
                return message
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                sent.append(message["body"])
                if len(sent) == 3:
                    left.set()
                    await asyncio.sleep(60)  # it takes nothing more

        await asyncio.wait_for(own.app(scope, receive, send), 20)

    asyncio.run(talk())
    assert len(sent) == 3
    assert len(made) <= 4, "one piece ahead at most"
