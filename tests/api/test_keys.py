"""Keys over HTTP: made by administrators, and what each role may see with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from limner.govern.roles import Role
from limner.workspace import Workspace

Call = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture(scope="session")
def workspace(anybody: TestClient) -> Workspace:
    workspace: Workspace = anybody.app.state.workspace  # type: ignore[attr-defined]
    return workspace


@pytest.fixture(scope="session")
def secrets(workspace: Workspace) -> dict[str, str]:
    return {role.value: workspace.keys.issue(f"a {role}", role) for role in Role}


@pytest.fixture
def call(anybody: TestClient, secrets: dict[str, str]) -> Call:
    """Call a path in a role; status and document."""

    def call(role: str, method: str, path: str, **more: object) -> tuple[int, dict[str, object]]:
        headers = {"Authorization": f"Bearer {secrets.get(role, role)}", "If-Match": "*"}
        response = anybody.request(method, f"/api/v1/{path}", headers=headers, **more)  # type: ignore[arg-type]
        return response.status_code, response.json()

    return call


ME = "profiles/user_id:U1"
TRY = {"json": {"tag": {"layer": "fact", "fold": {"count": "*"}}, "sample": 5}}
RULE = {"json": {"rule": {"tier": "high"}}}
LOOKING = {"viewer", "operator", "analyst", "reviewer", "admin"}


@pytest.mark.parametrize(
    ("method", "path", "more", "welcome"),
    [
        ("GET", ME, {}, LOOKING),
        ("GET", f"{ME}/identities", {}, LOOKING),
        ("GET", f"{ME}/timeline", {}, {"operator", "analyst", "admin"}),
        ("POST", "profiles:lookup", {"json": {"keys": ["user_id:U1"]}}, LOOKING),
        ("GET", "tags", {}, LOOKING),
        ("GET", "tags/spend", {}, LOOKING),
        ("POST", "tags:preview", TRY, {"analyst", "reviewer", "admin"}),
        ("POST", "audiences:estimate", RULE, LOOKING),
        ("POST", "audiences:insight", {"json": {"rule": {"tier": "high"}, "tags": ["favourite"]}}, LOOKING),
        ("GET", "keys", {}, {"admin"}),
        ("POST", "keys", {"json": {"name": "x", "role": "viewer"}}, {"admin"}),
    ],
)
def test_who_may_do_what(call: Call, method: str, path: str, more: dict[str, object], welcome: set[str]) -> None:
    answers = {role.value: call(role, method, path, **more) for role in Role}
    assert {role for role, (status, _) in answers.items() if status < 300} == welcome
    for status, problem in (answer for role, answer in answers.items() if role not in welcome):
        assert (status, problem["code"]) == (403, "forbidden")
        assert {"type", "title", "status", "detail", "message"} <= set(problem)


def test_an_unknown_key_is_not_forbidden_but_unknown(call: Call) -> None:
    status, problem = call("nobody", "GET", "keys")
    assert (status, problem["code"]) == (401, "unauthorised")


def test_a_viewer_sees_identifiers_masked(call: Call) -> None:
    for role, value in (("viewer", "U***"), ("analyst", "U***"), ("operator", "U1"), ("admin", "U1")):
        portrait, identities = call(role, "GET", ME)[1], call(role, "GET", f"{ME}/identities")[1]
        assert portrait["identifiers"] == [{"type": "user_id", "value": value}]
        assert identities["identifiers"][0]["value"] == value  # type: ignore[index]
        found = call(role, "POST", "profiles:lookup", json={"keys": ["user_id:U1"]})[1]["profiles"][0]  # type: ignore[index]
        assert found["key"] == "user_id:U1"
        assert found["profile"]["identifiers"][0]["value"] == value
        assert portrait["tags"]["tier"]["value"] == "high"  # type: ignore[index]


def test_a_draft_that_repeats_a_personal_property_shows_it_to_few(call: Call) -> None:
    draft = {"json": {"tag": {"layer": "fact", "fold": {"last": "mobile", "of": "order_paid"}}, "sample": 40}}
    for role, shown in (("analyst", "+44****0958"), ("admin", "+442079460958")):
        document = call(role, "POST", "tags:preview", **draft)[1]
        assert shown in {cell["value"] for cell in document["values"]}  # type: ignore[attr-defined]
        assert ("+442079460958" in str(document)) == (role == "admin")


def test_events_are_masked_for_those_who_read_them_but_may_not_see(call: Call) -> None:
    for role, shown in (("analyst", "+44****0958"), ("operator", "+442079460958")):
        events = call(role, "GET", f"{ME}/timeline")[1]["events"]
        assert {event["properties"].get("mobile") for event in events} == {None, shown}  # type: ignore[attr-defined]


def test_an_administrator_makes_rotates_and_disables_a_key(
    anybody: TestClient, call: Call, workspace: Workspace
) -> None:
    status, made = call("admin", "POST", "keys", json={"name": "web", "role": "write", "source": "site", "rate": 50})
    assert status == 201
    assert (made["source"], made["rate"], made["disabled_at"]) == ("site", 50, None)
    status, listed = call("admin", "GET", "keys")
    assert {name: value for name, value in made.items() if name != "secret"} in listed["keys"]  # type: ignore[operator]
    status, rotated = call("admin", "POST", f"keys/{made['id']}:rotate")
    assert rotated["old_secret_until"] is not None
    assert workspace.keys.find(str(made["secret"])) is not None
    status, again = call("admin", "POST", f"keys/{made['id']}:rotate", json={"now": True})
    found = [workspace.keys.find(str(key["secret"])) is not None for key in (made, rotated, again)]
    assert found == [False, False, True]
    status, ended = call("admin", "POST", f"keys/{made['id']}:disable")
    assert (status, "secret" in ended) == (200, False)
    assert workspace.keys.find(str(again["secret"])) is None
    status, problem = call("admin", "POST", f"keys/{made['id']}:rotate")
    assert (status, problem["code"]) == (409, "conflict")
    acts = workspace.parts.catalog.audit(str(made["id"]))[::-1]
    assert [entry.action for entry in acts] == ["key.create", "key.rotate", "key.rotate", "key.disable"]
    assert {entry.who.startswith("a admin (key ") for entry in acts} == {True}


def test_a_secret_is_not_to_be_kept_on_the_way(anybody: TestClient, secrets: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {secrets['admin']}"}
    response = anybody.post("/api/v1/keys", json={"name": "web", "role": "write"}, headers=headers)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"name": "", "role": "write"}, 400),
        ({"name": "x", "role": "emperor"}, 422),
        ({"name": "x", "role": "viewer", "source": "site"}, 400),
        ({"name": "x", "role": "write", "rate": -1}, 400),
        ({"name": "x"}, 422),
        ({"name": "x", "role": "write", "digest": "mine"}, 422),
    ],
)
def test_what_makes_no_sense_makes_no_key(call: Call, asked: dict[str, object], status: int) -> None:
    before = call("admin", "GET", "keys")[1]
    assert call("admin", "POST", "keys", json=asked)[0] == status
    assert call("admin", "GET", "keys")[1] == before


def test_an_unknown_id_is_a_problem_document(call: Call) -> None:
    status, problem = call("admin", "POST", "keys/k9:disable")
    assert (status, problem["code"]) == (404, "not_found")


def test_a_disabled_reader_is_turned_away_at_once(call: Call) -> None:
    made = call("admin", "POST", "keys", json={"name": "x", "role": "viewer"})[1]
    assert call(str(made["secret"]), "GET", "tags")[0] == 200
    call("admin", "POST", f"keys/{made['id']}:disable")
    assert call(str(made["secret"]), "GET", "tags")[0] == 401


def test_a_reader_over_its_rate_is_told_when_to_come_back(anybody: TestClient, call: Call) -> None:
    made = call("admin", "POST", "keys", json={"name": "x", "role": "viewer", "rate": 0.01})[1]
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert anybody.get("/api/v1/tags", headers=headers).status_code == 200
    response = anybody.get("/api/v1/tags", headers=headers)
    assert response.status_code == 429
    assert 90 <= int(response.headers["retry-after"]) <= 100
    assert response.json()["code"] == "too_many"
