"""Destinations and registered audiences over HTTP: who may, and what is answered."""

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

DESTINATIONS = "/api/v1/destinations"
AUDIENCES = "/api/v1/audiences"
TAGS = """
tags:
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  tier: {layer: model, when: [{if: {spend: {gte: 100}}, then: high}, {else: low}]}
"""
CRM = {"name": "crm", "url": "https://crm.example.com/hook", "tags": ["spend"], "audiences": ["vip"]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("engage") / "shop"
    limner.init(folder)
    (folder / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        yield workspace


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> TestClient:
    ready = Event()
    ready.set()
    client = TestClient(create_app(workspace, ready), raise_server_exceptions=False)
    client.headers["Authorization"] = f"Bearer {workspace.keys.issue('the owner', Role.ADMIN)}"
    return client


@pytest.fixture
def vip(client: TestClient) -> Iterator[None]:
    rule = {"spend": {"gte": 100}}
    answer = client.post(AUDIENCES, json={"name": "vip", "rule": rule, "title": {"zh": "贵宾"}})
    assert answer.status_code == 200
    saved = {"name": "vip", "title": {"zh": "贵宾"}, "rule": rule, "members": None}
    assert {field: answer.json()[field] for field in saved} == saved
    yield
    client.delete(f"{AUDIENCES}/vip")


def call(client: TestClient, workspace: Workspace, role: str, method: str, path: str, **more: Any) -> int:
    secret = workspace.keys.issue(f"a {role}", Role(role))
    return client.request(method, path, headers={"Authorization": f"Bearer {secret}"}, **more).status_code


def test_audiences_are_saved_listed_and_dropped(client: TestClient, vip: None) -> None:
    assert [each["name"] for each in client.get(AUDIENCES).json()["audiences"]] == ["vip"]
    again = {"name": "vip", "rule": {"tier": "high"}}
    assert client.post(AUDIENCES, json=again).status_code == 428, "another may have changed it meanwhile"
    state = {"If-Match": client.get(f"{AUDIENCES}/vip").headers["ETag"]}
    assert client.post(AUDIENCES, json=again, headers=state).json()["title"] == {"zh": "贵宾"}, "what is not said stays"
    assert [each["rule"] for each in client.get(AUDIENCES).json()["audiences"]] == [{"tier": "high"}]
    assert client.delete(f"{AUDIENCES}/vip").json() == {"name": "vip"}
    assert client.delete(f"{AUDIENCES}/vip").status_code == 404
    wrong = client.post(AUDIENCES, json={"name": "1", "rule": {"spent": 1}})
    assert wrong.status_code == 422
    assert len(wrong.json()["problems"]) == 2


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("reviewer", 403), ("analyst", 200), ("operator", 200)])
def test_who_may_change_audiences(client: TestClient, workspace: Workspace, vip: None, role: str, status: int) -> None:
    body = {"name": "rich", "rule": {"tier": "high"}}
    assert call(client, workspace, role, "POST", AUDIENCES, json=body) == status
    assert call(client, workspace, role, "DELETE", f"{AUDIENCES}/rich") == status
    assert call(client, workspace, role, "GET", AUDIENCES) == 200


def test_a_destinations_life(client: TestClient, workspace: Workspace, vip: None) -> None:
    made = client.post(DESTINATIONS, json=CRM)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    assert made.json()["secret"].startswith("whsec_")
    assert client.delete(f"{AUDIENCES}/vip").status_code == 409, "crm hears of it"
    (listed,) = client.get(DESTINATIONS).json()["destinations"]
    assert "secret" not in listed
    assert (listed["format"], listed["position"], listed["disabled_at"]) == ("standard", 0, None)
    assert client.post(DESTINATIONS, json=CRM).status_code == 409
    assert client.post(f"{DESTINATIONS}/crm:replay", json={"from": 9}).status_code == 400
    preview = client.get(f"{DESTINATIONS}/crm:replay?from=1").json()
    assert (preview["from"], preview["entries"], preview["letters"], preview["complete"]) == (1, 0, 0, True)
    assert client.get(f"{DESTINATIONS}/crm:replay?since=2026-11-01").json()["from"] == 1
    assert client.get(f"{DESTINATIONS}/crm:replay?since=yesterday").status_code == 400
    assert client.post(f"{DESTINATIONS}/crm:replay", json={"from": 1}).json()["position"] == 0
    assert client.get(f"{DESTINATIONS}:dead").json() == {"letters": [], "next": None}
    assert client.get(f"{DESTINATIONS}:dead?destination=crn").status_code == 404
    assert client.post(f"{DESTINATIONS}:retry", json={"destination": "crm"}).json() == {"letters": 0}
    assert client.post(f"{DESTINATIONS}:retry", json={"id": 4}).status_code == 404
    assert client.post(f"{DESTINATIONS}/crm:disable").json()["disabled_at"] is not None
    assert client.post(f"{DESTINATIONS}/crm:enable").json()["disabled_at"] is None
    assert client.post(f"{DESTINATIONS}/crm:disable").status_code == 200
    actions = [entry.action.removeprefix("destination.") for entry in workspace.parts.catalog.audit("crm")]
    assert actions == ["disable", "enable", "disable", "retry", "replay", "add"]
    assert workspace.parts.catalog.audit("crm")[-1].who.startswith("the owner")


def test_a_destination_is_changed_by_who_saw_it(client: TestClient, vip: None) -> None:
    made = client.post(DESTINATIONS, json={**CRM, "name": "erp"}).json()
    path = f"{DESTINATIONS}/erp"
    assert client.patch(path, json={"audiences": []}).status_code == 428
    seen = {"If-Match": f'"{made["state"]}"'}
    changed = client.patch(path, json={"audiences": []}, headers=seen)
    assert (changed.status_code, changed.json()["audiences"], changed.json()["tags"]) == (200, [], ["spend"])
    assert changed.headers["etag"] != seen["If-Match"]
    assert "secret" not in changed.json()
    assert client.patch(path, json={"audiences": ["vip"]}, headers=seen).status_code == 412
    wrong = client.patch(path, json={"url": "https://10.1.2.3/"}, headers={"If-Match": "*"})
    assert wrong.status_code == 422
    client.post(f"{path}:disable")


def test_a_letter_to_try_it_out_says_what_was_answered(client: TestClient, workspace: Workspace, vip: None) -> None:
    """That it is signed, and what a receiver sees, is shown in `tests/engage`."""
    client.post(DESTINATIONS, json={**CRM, "name": "lab", "url": "https://nobody.invalid/"})
    tried = client.post(f"{DESTINATIONS}/lab:test").json()
    assert (tried["delivered"], tried["status"]) == (False, None)
    assert "nobody.invalid" in tried["reason"]
    assert workspace.parts.catalog.audit("lab")[0].action == "destination.test"
    assert client.post(f"{DESTINATIONS}/nobody:test").status_code == 404
    client.post(f"{DESTINATIONS}/lab:disable")


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "http://crm.example.com/", "https://169.254.169.254/latest"])
def test_private_targets_need_leave(client: TestClient, vip: None, url: str) -> None:
    refused = client.post(DESTINATIONS, json={**CRM, "name": "inside", "url": url})
    assert refused.status_code == 422
    assert "--allow-private" in refused.json()["message"]
    allowed = client.post(DESTINATIONS, json={**CRM, "name": "inside", "url": url, "allow_private": True})
    assert allowed.status_code == 201
    client.post(f"{DESTINATIONS}/inside:disable")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.WRITE)])
def test_only_administrators_may(client: TestClient, workspace: Workspace, role: str) -> None:
    for method, path in (
        ("GET", DESTINATIONS),
        ("POST", DESTINATIONS),
        ("PATCH", f"{DESTINATIONS}/crm"),
        ("POST", f"{DESTINATIONS}/crm:test"),
        ("POST", f"{DESTINATIONS}/crm:disable"),
        ("POST", f"{DESTINATIONS}/crm:enable"),
        ("POST", f"{DESTINATIONS}/crm:replay"),
        ("GET", f"{DESTINATIONS}/crm:replay"),
        ("GET", f"{DESTINATIONS}:dead"),
        ("POST", f"{DESTINATIONS}:retry"),
    ):
        assert call(client, workspace, role, method, path, json={**CRM, "allow_private": True}) == 403
