"""Heavy and blocked customers over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.test_export import Shop

from limner.govern.roles import Role


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    with made.workspace:
        made.workspace.follow()
        yield made


def test_a_blocked_customer_is_listed_counted_and_let_go(own: Shop) -> None:
    client = own.client(Role.OPERATOR)
    assert client.get("/api/v1/heavy").json()["customers"] == []
    blocked = client.post("/api/v1/identities:block", json={"key": "user_id:long-user-id", "reason": "a bot"}).json()
    assert blocked["customer_id"] == "c0"
    shown = {"customer_id": "c0", "held": "blocked", "events": None, "as_of": blocked["blocked_at"]}
    assert client.get("/api/v1/heavy").json()["customers"] == [shown]
    for evidence in ("true", "false"):
        portrait = client.get("/api/v1/profiles/c0", params={"evidence": evidence}).json()
        assert (portrait["held"], portrait["as_of"]) == ("blocked", blocked["blocked_at"])
    (looked_up,) = client.post("/api/v1/profiles:lookup", json={"keys": ["c0"]}).json()["profiles"]
    assert looked_up["profile"] == portrait
    assert 'limner_held_customers{held="blocked"} 1.0' in client.get("/metrics").text
    assert client.post("/api/v1/identities:block", json={"key": "c0"}).status_code == 409
    assert client.post("/api/v1/identities:unblock", json={"key": "c0"}).json() == {"customer_id": "c0"}
    assert "held" not in client.get("/api/v1/profiles/c0").json()
    assert client.post("/api/v1/identities:unblock", json={"key": "c0"}).status_code == 409


def test_only_who_decides_about_identities_may_block(own: Shop) -> None:
    viewer = own.client(Role.VIEWER)
    assert viewer.get("/api/v1/heavy").status_code == 200
    for verb in ("block", "unblock"):
        assert viewer.post(f"/api/v1/identities:{verb}", json={"key": "c0"}).status_code == 403


def test_parity_leaves_out_who_is_held(own: Shop) -> None:
    assert own.workspace.doctor_parity().customers == 1
    own.workspace.identity_block("c0")
    parity = own.workspace.doctor_parity()
    assert (parity.customers, parity.differing) == (0, 0)
