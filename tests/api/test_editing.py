"""Two editors never overwrite each other in silence, and what is sent twice is done once: of every operation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app

API = "/api/v1"
ALONE = {
    "DELETE /session": "one's own session",
    "PUT /session/language": "one's own choice",
    "PUT /session/password": "one's own, and it says the old one",
    "DELETE /profiles/{key}/notes/{id}": "a note is never changed, only taken back",
}
"""Changes that nobody else can have made meanwhile."""
ORDERS = {
    "POST /audiences/{name}:snapshot": "adds one",
    "POST /destinations/{name}:test": "asks",
    "POST /forms/{name}:fill": "events: what was entered before stays on the timeline, with author and reason",
    "POST /jobs/{id}:cancel": "a job has no other editor than time",
    "POST /jobs/{id}:resume": "a job has no other editor than time",
    "POST /models/{name}:evaluate": "its version is told by the job",
    "POST /models/{name}:fit": "adds a version",
    "POST /models/{name}:publish": "names the version",
    "POST /packages/{name}:send": "adds a delivery",
    "POST /profiles/{key}/next-best-action": "adds an event",
    "POST /profiles/{key}/notes": "adds a note",
    "POST /profiles/{key}/recommendations": "asks",
    "POST /tags/{name}:import": "adds a run",
    "POST /tags/{name}:preview": "asks",
    "POST /templates/{name}:apply": "names that are known stay as they are",
    "POST /users/{name}:signout": "ends what there is",
}
"""What is posted to a thing without changing what somebody has written about it."""
ASKED = {
    *("/tags:preview", "/tags:explain", "/tags/{name}:preview", "/profiles:lookup", "/profiles:export"),
    *(f"/audiences:{word}" for word in ("estimate", "insight", "differences", "cross", "overlap", "trend")),
    "/profiles/{key}/recommendations",
}
"""Posted to, and change nothing."""
STREAMED = {"/imports", "/tags/{name}:import"}
"""Whose body is a file; to send it again gives the same."""
SAVED = {"POST /audiences": "/audiences/{name}", "POST /packages": "/packages/{name}"}
"""What makes a thing, or changes the one of its name."""
STRICT = {
    *("PUT /tags/{name}", "DELETE /tags/{name}", "PUT /events:plan", "POST /webhooks/{source}:map", *SAVED),
    *("PATCH /personas/{name}", "POST /personas/{name}:write", "PATCH /destinations/{name}"),
    *(f"POST /users/{{name}}:{word}" for word in ("password", "role", "disable", "enable")),
    *("PATCH /keys/{id}", *(f"POST /keys/{{id}}:{word}" for word in ("rotate", "disable"))),
}
"""Without `If-Match` they change nothing that is there: what they replace is as long as somebody's afternoon, or it is
who may come in."""
PLANS = {"text": "events: {b: {}}"}, {"text": "events: {c: {}}"}
DEFINITION = {"layer": "fact", "title": {"en": "Orders"}, "fold": {"count": "*", "of": "order_paid"}}
MAPPING = "event: answered\ntime: at\nidentify: {user_id: who}\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("editing") / "shop"
    keys = limner.init(folder)
    (folder / "tags" / "shop.yaml").write_text("tags: {mood: {layer: fact, hand: text}}", encoding="utf-8")
    person = {"type": "identify", "userId": "u1", "messageId": "1", "timestamp": "2026-01-01T10:00:00Z"}
    (folder / "one.jsonl").write_text(json.dumps(person), encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.import_files(folder / "one.jsonl")
        workspace.tags_apply()
        client = TestClient(create_app(workspace, Event()), raise_server_exceptions=False)
        client.headers["Authorization"] = f"Bearer {keys.api_key}"
        yield client


def read_operations(client: TestClient) -> dict[str, Any]:
    """By ``METHOD /path``, without the prefix."""
    paths = client.get("/openapi.json").json()["paths"]
    return {
        f"{method.upper()} {path.removeprefix(API)}": operation
        for path, operations in paths.items()
        for method, operation in operations.items()
        if path.startswith(f"{API}/")
    }


def takes(operation: dict[str, Any], header: str) -> bool:
    return any(each["in"] == "header" and each["name"].lower() == header for each in operation.get("parameters", ()))


def is_edit(name: str) -> bool:
    """Does it change a thing that somebody may have read before?"""
    method, _, path = name.partition(" ")
    if name in ALONE or name in ORDERS:
        return False
    return method in ("PUT", "PATCH", "DELETE") or (method == "POST" and ("{" in path or name in SAVED))


def read_path(name: str) -> str:
    """Where what an operation changes is read."""
    return SAVED.get(name, re.sub(r"(?<=[}]):\w+$", "", name.partition(" ")[2]))


def test_every_edit_says_what_it_saw(shop: TestClient) -> None:
    operations = read_operations(shop)
    edits = {name: operation for name, operation in operations.items() if is_edit(name)}
    assert len(edits) > 25
    assert [name for name, operation in edits.items() if not takes(operation, "if-match")] == []
    assert {*ALONE, *ORDERS, *STRICT} <= operations.keys(), "what is no more is no exception"
    assert [name for name in (*ALONE, *ORDERS) if takes(operations[name], "if-match")] == []


def test_what_is_edited_is_read_with_its_state(shop: TestClient) -> None:
    operations = read_operations(shop)
    for name in filter(is_edit, operations):
        shown = operations[f"GET {read_path(name)}"]["responses"]["200"]
        assert "ETag" in shown.get("headers", {}), name


def test_every_write_can_be_sent_twice(shop: TestClient) -> None:
    for name, operation in read_operations(shop).items():
        method, _, path = name.partition(" ")
        writes = method != "GET" and path not in ASKED | STREAMED and not path.startswith("/session")
        assert takes(operation, "idempotency-key") == writes, name


def put(path: str, body: Any) -> Callable[[TestClient], Any]:
    return lambda client: client.put(API + path, json=body)


def enter(mood: str) -> Callable[[TestClient], Any]:
    return put("/profiles/user_id:u1/tags/mood", {"value": mood})


def post(path: str, body: Any) -> Callable[[TestClient], Any]:
    return lambda client: client.post(API + path, json=body)


PACKAGE = {"name": "letter", "audience": "calm"}
HOOK = {"name": "crm", "url": "https://example.com/in", "tags": ["mood"]}
WRITTEN = DEFINITION | {"owner": "anna"}
RULE = {"name": "calm", "rule": {"mood": "calm"}}
EDITS: list[tuple[str, Callable[[TestClient], Any], str, Any, Any]] = [
    ("PUT /tags/{name}", put("/tags/orders", DEFINITION), "orders", WRITTEN, DEFINITION | {"owner": "bob"}),
    ("POST /audiences", post("/audiences", RULE), "calm", RULE | {"title": "Anna"}, RULE | {"title": "Bob"}),
    ("POST /packages", post("/packages", PACKAGE), "letter", PACKAGE | {"format": "ndjson"}, PACKAGE),
    (
        "POST /webhooks/{source}:map",
        post("/webhooks", {"source": "forms", "mapping": MAPPING}),
        "forms",
        {"mapping": MAPPING + "# anna"},
        {"mapping": MAPPING + "# bob"},
    ),
    ("POST /destinations/{name}:disable", post("/destinations", HOOK), "crm", None, None),
    (
        "PATCH /destinations/{name}",
        post("/destinations", HOOK | {"name": "erp"}),
        "erp",
        {"url": "https://example.com/anna"},
        {"url": "https://example.com/bob"},
    ),
    ("POST /users/{name}:role", post("/users", {"name": "eve"}), "eve", {"role": "analyst"}, {"role": "operator"}),
    ("POST /users/{name}:password", post("/users", {"name": "fay"}), "fay", None, None),
    ("POST /users/{name}:disable", post("/users", {"name": "gus"}), "gus", None, None),
    ("PATCH /keys/{id}", post("/keys", {"name": "ci", "role": "write"}), "", {"rate": 5}, {"rate": None}),
    ("POST /keys/{id}:rotate", post("/keys", {"name": "web", "role": "write"}), "", None, None),
    ("POST /keys/{id}:disable", post("/keys", {"name": "app", "role": "write"}), "", None, None),
    ("PUT /events:plan", put("/events:plan", {"text": "events: {a: {}}"}), "", *PLANS),
    ("PUT /profiles/{key}/tags/{name}", enter("angry"), "mood", {"value": "calm"}, {"value": "sad"}),
]


@pytest.mark.parametrize(("operation", "make", "name", "first", "second"), EDITS, ids=[each[0] for each in EDITS])
def test_the_second_of_two_editors_is_told(
    shop: TestClient, operation: str, make: Callable[[TestClient], Any], name: str, first: Any, second: Any
) -> None:
    new = make(shop)
    assert new.is_success, new.text
    name = name or new.json().get("id", "")

    def place(path: str) -> str:
        return API + re.sub(r"{\w+}", name, path.replace("{key}", "user_id:u1"))

    def change(body: Any, **headers: str) -> Any:
        method, _, path = operation.partition(" ")
        return shop.request(
            method, place(path), json=body, headers={key.replace("_", "-"): headers[key] for key in headers}
        )

    read = shop.get(place(read_path(operation)))
    assert change(first, if_match=read.headers["ETag"]).is_success
    told = change(second, if_match=read.headers["ETag"])
    assert (told.status_code, told.json()["code"]) == (412, "stale")
    assert "was changed by somebody else since you read it" in told.json()["message"]
    if operation in STRICT:
        blind = change(second)
        assert (blind.status_code, blind.json()["code"]) == (428, "unseen")
    after = shop.get(place(read_path(operation))).headers["ETag"]
    assert after != read.headers["ETag"]
    assert change(second, if_match=after).is_success
