"""Whatever /openapi.json allows, and what it does not, sent to a real server: no failure of its own, and every answer
as the document says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tests.clients.server import Server

import limner

TAGS = """
tags:
  views: {layer: fact, fold: {count: '*', of: view}}
  spend: {layer: fact, fold: {sum: amount}}
  city: {layer: fact, fold: {trait: city}}
"""
MAPPING = "event: answered\ntime: at\nidentify: {user_id: who}\nproperties: {score: score}\n"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
ENDLESS = {"GET /api/v1/events:live", "GET /api/v1/changes/live"}
"""Their answers end when the server does; other tests ask them."""
FUZZED = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
QUICK, DEEP = 5, 100
"""Examples of each operation."""
PARTS = 4
"""Of the operations, each a test: all of them take minutes."""


@dataclass(frozen=True)
class Shop:
    """A server, keys to it, and names of things it has."""

    url: str
    write_key: str
    api_key: str
    known: dict[str, Any]

    def with_known(self, given: Any) -> Any:
        """The same members, with values that mean something here."""
        return (
            {name: self.known.get(name, value) for name, value in given.items()} if isinstance(given, dict) else given
        )

    def key_for(self, path: str) -> str | None:
        """What an operation wants in the head; 神策's have it in the query."""
        if path.startswith("/api/"):
            return f"Bearer {self.api_key}"
        return str(requests.auth._basic_auth_str(self.write_key, "")) if path.startswith("/v1/") else None  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    server = Server(tmp_path_factory.mktemp("fuzz") / "shop")
    (server.folder / "tags" / "shop.yaml").write_text(TAGS)
    with limner.open(server.folder) as workspace:
        workspace.tags_apply()
        workspace.webhooks_create("forms", MAPPING)
        spare = workspace.keys_create("spare").key.id
    known = {
        **{"key": "user_id:u1", "name": "views", "write_key": server.write_key, "source": "forms", "id": spare},
        **{"keys": ["user_id:u1", "c1"], "as_of": "2026-11-20", "known_at": "2026-11-20", "token": server.write_key},
        **{"rule": {"views": {"gte": 1}}, "tag": {"layer": "fact", "fold": {"sum": "amount"}}, "mapping": MAPPING},
    }
    url = f"http://127.0.0.1:{server.port}"
    with server:
        for n in range(20):
            properties = {"amount": n, "sku": f"s{n}"}
            view = {"event": "view", "userId": f"u{n % 5}", "messageId": str(n), "properties": properties}
            requests.post(f"{url}/v1/track", json=view, auth=(server.write_key, ""), timeout=60).raise_for_status()
        yield Shop(url, server.write_key, server.api_key, known)
        server.stop()
    assert "Traceback" not in server.said


def read_operations(shop: Shop) -> dict[str, Any]:
    schema = schemathesis.openapi.from_url(f"{shop.url}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    return {label: one for one in operations if (label := f"{one.method.upper()} {one.path}") not in ENDLESS}


def fuzz(shop: Shop, operation: Any, mode: schemathesis.GenerationMode, examples: int) -> None:
    """Send ``examples`` of what the document allows, or of what it does not."""

    @settings(FUZZED, max_examples=examples)
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), key_in_ten=st.integers(0, 9))
    def send(case: Any, known: bool, key_in_ten: int) -> None:
        with_key = key_in_ten != 5
        if known:  # else hardly anything that is sent is about something there is
            case.path_parameters = shop.with_known(case.path_parameters)
            case.query, case.body = shop.with_known(case.query), shop.with_known(case.body)
        if operation.path in ("/sa", "/debug") and with_key:
            case.query = {**(case.query or {}), "token": shop.write_key}
        key = shop.key_for(operation.path)
        headers = {"Authorization": key} if key and with_key else {}
        response = case.call(headers=headers, timeout=60)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            told = json.loads(response.content)
            assert told["status"] == response.status_code
            assert told["code"] != "unexpected"

    with suppress(Unsatisfiable):  # where nothing is asked for, nothing can be wrong with it
        send()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_answer_is_as_the_document_says(shop: Shop, part: int) -> None:
    operations = list(read_operations(shop).values())
    assert len(operations) > 30
    for operation in operations[part::PARTS]:
        for mode in schemathesis.GenerationMode:
            fuzz(shop, operation, mode, QUICK)


@pytest.mark.slow
def test_every_answer_is_as_the_document_says_at_length(shop: Shop) -> None:
    for operation in read_operations(shop).values():
        for mode in schemathesis.GenerationMode:
            fuzz(shop, operation, mode, DEEP)
