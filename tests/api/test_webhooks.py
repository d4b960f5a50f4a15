"""Webhooks over HTTP: administrators make them, and only what is signed just now comes in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.signing import sign

import limner
from limner.api.app import create_app
from limner.errors import Unavailable
from limner.govern.roles import Role
from limner.workspace import Workspace

MAPPING = "event: answered\ntime: at\nidentify: {phone: phone}\nproperties: {score: score}\n"
ROW = {"at": "2026-11-01T10:00:00Z", "phone": "13800000000", "score": 9}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("webhooks") / "shop"
    limner.init(folder)
    with limner.open(folder) as workspace:
        workspace.intake.start()
        yield workspace


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    ready = Event()
    ready.set()
    with TestClient(create_app(workspace, ready), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def secret(workspace: Workspace) -> str:
    return str(workspace.webhooks_create("survey", MAPPING, "data").secret)


class Caller:
    """Somebody with a key."""

    def __init__(self, client: TestClient, key: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {key}"}

    def __call__(self, method: str, path: str, document: Any = None, **more: str) -> tuple[int, dict[str, Any]]:
        response = self._client.request(method, f"/api/v1/{path}", json=document, headers=self._headers | more)
        return response.status_code, response.json()


@pytest.fixture
def admin(workspace: Workspace, client: TestClient) -> Caller:
    return Caller(client, workspace.keys.issue("ada", Role.ADMIN))


def post(client: TestClient, body: bytes, headers: dict[str, str], source: str = "survey") -> tuple[int, str]:
    """Status and code of the answer."""
    response = client.post(f"/v1/webhooks/{source}", content=body, headers=headers)
    document = response.json()
    if response.status_code != 200:
        assert {"code", "message", "status"} <= document.keys()
    return response.status_code, document.get("code", "")


def body_of(*rows: Any) -> bytes:
    return json.dumps({"data": rows}).encode()


def test_an_administrator_makes_maps_rotates_and_disables_one(admin: Caller, client: TestClient) -> None:
    status, made = admin("POST", "webhooks", {"source": "erp", "mapping": MAPPING})
    assert (status, made["path"], made["rows"]) == (201, "/v1/webhooks/erp", None)
    body = json.dumps([ROW]).encode()
    assert post(client, body, sign(made["secret"], body), "erp") == (200, "")
    status, rotated = admin("POST", "webhooks/erp:rotate", {"now": True})
    assert status == 200
    assert post(client, body, sign(made["secret"], body, "2"), "erp") == (401, "unauthorised")
    seen = {"If-Match": f'"{rotated["state"]}"'}
    status, mapped = admin("POST", "webhooks/erp:map", {"mapping": MAPPING, "rows": "list"}, **seen)
    assert (status, mapped["rows"], "secret" in mapped) == (200, "list", False)
    listed = admin("GET", "webhooks")[1]["webhooks"]
    assert mapped in listed
    assert made["secret"] not in json.dumps(listed)
    status, ended = admin("POST", "webhooks/erp:disable")
    assert (status, ended["disabled_at"] is None) == (200, False)
    assert post(client, body, sign(rotated["secret"], body, "3"), "erp") == (404, "not_found")
    assert admin("POST", "webhooks/erp:rotate") == (409, admin("POST", "webhooks/erp:rotate")[1])


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"source": "a/b", "mapping": MAPPING}, 400),
        ({"source": "a", "mapping": "event: ["}, 422),
        ({"source": "a", "mapping": MAPPING + "join: {file: /etc/passwd, on: a}"}, 422),
        ({"source": "a"}, 422),
        ({"source": "a", "mapping": MAPPING, "secret": "mine"}, 422),
    ],
)
def test_what_makes_no_sense_makes_no_webhook(admin: Caller, document: dict[str, Any], status: int) -> None:
    before = admin("GET", "webhooks")
    assert admin("POST", "webhooks", document)[0] == status
    assert admin("GET", "webhooks") == before


def test_only_administrators_see_them(workspace: Workspace, client: TestClient) -> None:
    assert client.get("/api/v1/webhooks").status_code == 401
    for role in set(Role) - {Role.ADMIN}:
        caller = Caller(client, workspace.keys.issue(f"a {role}", role))
        for method, path in (
            ("GET", "webhooks"),
            ("POST", "webhooks/survey:rotate"),
            ("POST", "webhooks/survey:disable"),
        ):
            assert caller(method, path)[0] == 403


def test_a_secret_is_not_to_be_kept_on_the_way(workspace: Workspace, client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {workspace.keys.issue('ada', Role.ADMIN)}"}
    asked = {"source": "shop", "mapping": MAPPING}
    assert client.post("/api/v1/webhooks", json=asked, headers=headers).headers["cache-control"] == "no-store"


def test_signed_rows_come_in_once_however_often_they_are_tried(
    workspace: Workspace, client: TestClient, secret: str
) -> None:
    workspace.intake.settle()  # what other tests posted
    before = workspace.parts.log.watermark()
    body, second = body_of(ROW, {**ROW, "score": 8}), int(time.time())
    for tried in range(3):
        assert post(client, body, sign(secret, body, "once", second - tried)) == (200, "")
    workspace.intake.settle()
    assert workspace.parts.log.watermark() == before + 2
    (event, _) = workspace.timeline("phone:13800000000", 2)["events"]
    assert (event["source"], event["name"], event["properties"]) == ("survey", "answered", {"score": 8})


def test_nobody_else_comes_in(workspace: Workspace, client: TestClient, secret: str) -> None:
    workspace.intake.settle()
    before = workspace.parts.log.watermark(), len(workspace.rejects_list())
    body, second = body_of(ROW), int(time.time())
    right = sign(secret, body, "nobody")
    refused = [
        {},
        {**right, "webhook-signature": ""},
        {**right, "webhook-signature": "v1,AAAA"},
        {**right, "webhook-id": "other"},
        sign(secret, body + b" ", "nobody"),
        sign("whsec_" + "A" * 43 + "=", body, "nobody"),
        sign(secret, body, "nobody", second - 400),
        sign(secret, body, "nobody", second + 400),
    ]
    for headers in refused:
        assert post(client, body, headers) == (401, "unauthorised"), headers
    assert post(client, body, right, "nothing") == (404, "not_found")
    workspace.intake.settle()
    assert (workspace.parts.log.watermark(), len(workspace.rejects_list())) == before
    assert post(client, body, right) == (200, "")
    assert post(client, body, right) == (401, "unauthorised"), "a copy"


def test_what_was_not_safe_may_be_sent_again_as_it_is(
    workspace: Workspace, client: TestClient, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = body_of(ROW)
    headers = sign(secret, body, "unsafe")

    def full(_: object) -> None:
        raise Unavailable("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(workspace.intake, "offer", full)
        assert post(client, body, headers) == (503, "unavailable")
    assert post(client, body, headers) == (200, "")


def test_a_signed_body_that_is_none_is_told_and_kept(workspace: Workspace, client: TestClient, secret: str) -> None:
    for number, body in enumerate((b'{"data": [', b'{"items": []}', b"[1")):
        assert post(client, body, sign(secret, body, f"bad-{number}")) == (400, "data")
    body = body_of(ROW, {**ROW, "at": "some day"}, 7)
    assert post(client, body, sign(secret, body, "mixed")) == (200, "")
    kept = {reject["row"]: reject for reject in workspace.rejects_list("gateway:survey")}
    assert {'{"data": [', '{"items": []}', "[1", "7"} < set(kept)
    assert len(kept) == 5


def test_rejected_rows_come_in_once_the_mapping_is_mended(workspace: Workspace, client: TestClient) -> None:
    strict = MAPPING.replace("score: score", "score: score * 1")
    secret = str(workspace.webhooks_create("nps", strict).secret)
    body = json.dumps([{**ROW, "score": "nine"}, {**ROW, "score": "ten"}]).encode()
    assert post(client, body, sign(secret, body), "nps") == (200, "")
    assert len(workspace.rejects_list("gateway:nps")) == 2
    assert workspace.rejects_retry().as_dict()["accepted"] == 0
    workspace.webhooks_map("nps", MAPPING)
    assert workspace.rejects_retry().as_dict()["accepted"] == 2
    assert workspace.rejects_list("gateway:nps") == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200), id=st.text(max_size=20), stamp=st.text(max_size=20), signature=st.text(max_size=60)
)
def test_whatever_is_sent_is_answered(
    client: TestClient, secret: str, body: bytes, id: str, stamp: str, signature: str
) -> None:
    headers = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signature}
    sent = {
        name: value.encode("utf-8", "ignore").replace(b"\n", b"").replace(b"\r", b"") for name, value in headers.items()
    }
    assert client.post("/v1/webhooks/survey", content=body, headers=sent).status_code == 401
    assert client.post("/v1/webhooks/survey", content=body, headers=sign(secret, body, "fuzz")).status_code in (
        200,
        400,
        401,
    )
