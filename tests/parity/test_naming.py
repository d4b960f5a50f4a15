"""Whoever is named by an event is foretold of its delivery before it is read, or anybody is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.parity.test_plain import NOW, Chance

from limner.adapters.duckdb.rows import DuckDBRows
from limner.collect.clean import clean
from limner.collect.contract import Contract
from limner.collect.messages import read_messages
from limner.identity.naming import read_named
from limner.identity.normalise import normalise_batch
from limner.model.event import identifier_columns
from limner.model.tracking import parse_tracking
from limner.ports.journal import Delivery, Kind


@pytest.fixture(scope="module")
def rows() -> DuckDBRows:
    return DuckDBRows(threads=1)


def list_sets(delivery: Delivery, rows: DuckDBRows) -> list[frozenset[tuple[str, str]]]:
    """What the events of a delivery carry."""
    chunk = read_messages([delivery], rows, "Asia/Shanghai")
    events = normalise_batch(clean(chunk, Contract(parse_tracking({}))).chunk.events)
    kinds = identifier_columns(events)
    return [
        frozenset((kind, row[name]) for name, kind in kinds.items() if row[name] is not None)
        for row in events.to_pylist()
    ]


@pytest.mark.parametrize("seed", range(3))
def test_all_that_events_carry_is_foretold(rows: DuckDBRows, seed: int) -> None:
    chance, sure, carried = Chance(seed), 0, 0
    for _ in range(60):
        delivery = chance.delivery(tuple(chance.line() for _ in range(chance.randrange(1, 4))))
        named = read_named(delivery)
        for together in list_sets(delivery, rows):
            carried += len(together)
            assert named is None or any(together <= one for one in named.sets)
            is_alias = len(together) > 1 and len({kind for kind, _ in together}) == 1
            assert named is None or named.aliases or not is_alias
        sure += named is not None
    assert sure > 20
    assert carried > 50


def test_what_leaves_doubt_may_be_anybody() -> None:
    lines = (
        '{"type":"track","event":"x","userId":"a","userId":"b"}',
        '{"type":"track","event":"x","userId":"a","user\\u0049d":"b"}',
        '{"type":"track","event":"x","userId":1.0}',
        '{"type":"identify","userId":"a","traits":{"phone":"13800000001","phone":"13800000002"}}',
        '{"type":"track","event":"$UnbindID","userId":"a","properties":{"unbind":[{"type":"user_id","value":"b"}]}}',
        '{"type":"track","event":"x","userId":"a","context":"{}"}',
        "[1]",
        "{",
    )
    for line in lines:
        assert read_named(Delivery(Kind.MESSAGES, "web", NOW, (line.encode(),))) is None, line
    assert read_named(Delivery(Kind.ITEMS, "web", NOW, (b"{}",))) is None
    assert read_named(Delivery(Kind.ROWS, "web", NOW, (b"{}",))) is None
    refused = read_named(Delivery(Kind.REFUSED, "web", NOW, (b'["why","what"]',)))
    assert refused is not None
    assert not refused.sets


def test_all_identifiers_of_a_message_are_named_as_they_are_stored() -> None:
    message: dict[str, Any] = {
        "type": "alias",
        "userId": "ｕ１",
        "anonymousId": "a",
        "previousId": 7,
        "traits": {"phone": "138 0000 0000", "城市": "上海"},
        "context": {"device": {"id": "d"}, "traits": {"email": "A@B.c"}, "externalIds": [{"type": "OpenID", "id": 5}]},
    }
    named = read_named(Delivery(Kind.MESSAGES, "web", NOW, (json.dumps(message).encode(),)))
    assert named is not None
    (found,) = named.sets
    assert found == {
        ("user_id", "u1"),
        ("user_id", "7"),
        ("anonymous_id", "a"),
        ("phone", "+8613800000000"),
        ("email", "a@b.c"),
        ("device_id", "d"),
        ("openid", "5"),
    }
    assert {"城市", "device", "id", "phone"} <= named.keys
    assert named.aliases
