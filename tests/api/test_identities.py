"""Splits and merges over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.test_export import Shop

from limner.govern.roles import Role

USER, CARD = "user_id:long-user-id", "user_id:somebody"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    event = {"type": "track", "event": "order_paid", "userId": "somebody", "messageId": "2", "timestamp": "2026-11-02"}
    (tmp_path / "more.jsonl").write_text(json.dumps(event))
    with made.workspace:
        made.workspace.import_files(tmp_path / "more.jsonl")
        made.workspace.identity_merge(USER, CARD, "import", "the same name")
        yield made


def test_a_wrong_merge_is_split_and_explained(own: Shop) -> None:
    client = own.client(Role.OPERATOR)
    pair = {"one": USER, "other": CARD}
    assert client.get("/api/v1/identities:explain", params=pair).json()["linked"] is True
    parted = client.post("/api/v1/identities:split", json={"keys": [CARD], "reason": "a mistake"}).json()
    assert parted["undid_merge"] is True
    told = client.get("/api/v1/identities:explain", params=pair).json()
    assert told["linked"] is False
    merged = client.post("/api/v1/identities:merge", json={"keys": [USER, CARD], "reason": "after all"}).json()
    assert merged["customer_id"] != merged["absorbed"]
    assert client.get("/api/v1/identities:explain", params=pair).json()["linked"] is True


def test_only_who_decides_about_identities_may_split(own: Shop) -> None:
    viewer = own.client(Role.VIEWER)
    assert viewer.post("/api/v1/identities:split", json={"keys": [CARD]}).status_code == 403
    assert viewer.post("/api/v1/identities:merge", json={"keys": [USER, CARD]}).status_code == 403
    unknown = own.client(Role.OPERATOR).post("/api/v1/identities:split", json={"keys": ["phone:1"]})
    assert unknown.status_code in {400, 404}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
def test_identifiers_come_in_pages(own: Shop, role: Role) -> None:
    client, path = own.client(role), f"/api/v1/profiles/{USER}/identities"
    whole = client.get(path).json()
    assert (whole["next"], len(whole["identifiers"]) > 1) == (None, True)
    paged, cursor = [], None
    while True:
        page = client.get(path, params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        paged += page["identifiers"]
        if (cursor := page["next"]) is None:
            break
    assert paged == whole["identifiers"]
    assert client.get(path, params={"cursor": "x"}).status_code == 400
    assert client.get(path, params={"cursor": "999"}).json()["identifiers"] == []
