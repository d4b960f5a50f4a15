"""The console's first page, its search, the audit and the system, over HTTP."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from limner.govern.roles import Role
from limner.workspace import Workspace


@pytest.fixture(scope="module")
def heads(anybody: TestClient) -> dict[str, dict[str, str]]:
    workspace: Workspace = anybody.app.state.workspace  # type: ignore[attr-defined]
    return {
        role.value: {"Authorization": f"Bearer {workspace.keys.issue(f'ov {role}', role)}"}
        for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN)
    }


def test_the_overview_counts_what_there_is(anybody: TestClient, heads: dict[str, dict[str, str]]) -> None:
    told = anybody.get("/api/v1/overview", headers=heads["viewer"]).json()
    assert told["customers"] == 40
    assert told["events"] >= 42
    assert told["tags"]["live"] == 3
    assert not told["empty"]
    assert [len(told["trend"]), told["trend"][-1]["day"]] == [30, told["as_of"][:10]]
    assert told["freshness_seconds"] >= 0


def test_one_look_is_told_to_all_and_the_next_to_all(
    anybody: TestClient, heads: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace: Workspace = anybody.app.state.workspace  # type: ignore[attr-defined]
    for customers in (1, 2, 2):
        look = {"customers": customers, "alarms": []}
        monkeypatch.setattr(workspace, "overview", lambda told=look: told)
        assert anybody.get("/api/v1/overview", headers=heads["viewer"]).json() == look
    assert anybody.get("/api/v1/overview").status_code == 401


@pytest.mark.parametrize(
    ("asked", "found"),
    [("U1", {"U1", *(f"U{n}" for n in range(10, 20))}), ("user_id:U40", {"U40"}), ("nobody", set()), ("U", set())],
)
def test_customers_are_found_by_beginnings(
    anybody: TestClient, heads: dict[str, dict[str, str]], asked: str, found: set[str]
) -> None:
    told = anybody.get("/api/v1/customers:search", params={"q": asked}, headers=heads["operator"]).json()
    assert {each["identifiers"][0]["value"] for each in told["customers"]} == found
    assert all(each["matched"]["type"] == "user_id" for each in told["customers"])


def test_by_customer_id_and_no_more_than_asked(anybody: TestClient, heads: dict[str, dict[str, str]]) -> None:
    told = anybody.get("/api/v1/customers:search?q=c0", headers=heads["operator"]).json()
    assert [(each["customer_id"], each["matched"]) for each in told["customers"]] == [("c0", None)]
    told = anybody.get("/api/v1/customers:search?q=U1&limit=2", headers=heads["operator"]).json()
    assert (len(told["customers"]), told["more"]) == (2, True)


def test_who_sees_masks_finds_by_whole_identifiers_only(anybody: TestClient, heads: dict[str, dict[str, str]]) -> None:
    told = anybody.get("/api/v1/customers:search?q=U1", headers=heads["viewer"]).json()
    assert [each["identifiers"] for each in told["customers"]] == [[{"type": "user_id", "value": "U***"}]]
    assert anybody.get("/api/v1/customers:search?q=U4", headers=heads["operator"]).json()["customers"]


def test_the_audit_comes_in_pages(anybody: TestClient, heads: dict[str, dict[str, str]]) -> None:
    first = anybody.get("/api/v1/audit?limit=2", headers=heads["admin"]).json()
    second = anybody.get(f"/api/v1/audit?limit=2&cursor={first['next']}", headers=heads["admin"]).json()
    ids = [entry["id"] for entry in (*first["entries"], *second["entries"])]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 4
    assert first["entries"][0]["action"] == "key.create"
    assert first["entries"][0]["said"]["en"] == first["entries"][0]["why"]
    assert "（" in first["entries"][0]["said"]["zh"]
    assert anybody.get("/api/v1/audit?subject=nothing", headers=heads["admin"]).json() == {"entries": [], "next": None}
    assert anybody.get("/api/v1/audit", headers=heads["operator"]).status_code == 403


def test_system_and_settings(anybody: TestClient, heads: dict[str, dict[str, str]]) -> None:
    told = anybody.get("/api/v1/system", headers=heads["operator"]).json()
    assert told["seq"] >= 42
    assert told["bytes"]["log"] > 0
    settings = anybody.get("/api/v1/settings", headers=heads["admin"]).json()["settings"]
    assert {"name": "smallest_cell", "value": 10, "default": 10, "written": False} in settings
    assert anybody.get("/api/v1/settings", headers=heads["viewer"]).status_code == 403
