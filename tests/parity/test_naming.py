"""Whoever is named by an event is foretold of its delivery before it is read, or anybody is."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.parity.test_plain import NOW, Chance
from tests.parity.test_usual import is_text

from limner.adapters.duckdb.rows import DuckDBRows
from limner.collect.clean import clean
from limner.collect.contract import Contract
from limner.collect.messages import read_messages
from limner.identity.mentions import KINDS, ODD, PLAIN, judge_values, list_sets, read_mentions
from limner.identity.naming import FEW, list_identifiers, read_named
from limner.identity.normalise import PLACEHOLDERS, normalise_batch, normalise_key
from limner.model.event import identifier_columns
from limner.model.tracking import parse_tracking
from limner.ports.journal import Delivery, Kind


@pytest.fixture(scope="module")
def rows() -> DuckDBRows:
    return DuckDBRows(threads=1)


def carry(delivery: Delivery, rows: DuckDBRows) -> list[frozenset[tuple[str, str]]]:
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
        named = read_named([delivery])
        for together in carry(delivery, rows):
            carried += len(together)
            assert named is None or any(together <= one for one in list_sets(named.mentions))
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
        '{"type":"track","event":"\\u0024BindID","userId":"a"}',
        '{"type":"track","event":"$\\u0042indID","userId":"a"}',
        "[1]",
        "{",
    )
    for line in lines:
        assert read_named([Delivery(Kind.MESSAGES, "web", NOW, (line.encode(),))]) is None, line
    assert read_named([Delivery(Kind.ITEMS, "web", NOW, (b"{}",))]) is None
    assert read_named([Delivery(Kind.ROWS, "web", NOW, (b"{}",))]) is None
    refused = read_named([Delivery(Kind.REFUSED, "web", NOW, (b'["why","what"]',))])
    assert refused is not None
    assert not refused.mentions.people


def test_all_identifiers_of_a_message_are_named_as_they_are_stored() -> None:
    message: dict[str, Any] = {
        "type": "alias",
        "userId": "ｕ１",
        "anonymousId": "a",
        "previousId": 7,
        "traits": {"phone": "138 0000 0000", "城市": "上海"},
        "context": {"device": {"id": "d"}, "traits": {"email": "A@B.c"}, "externalIds": [{"type": "OpenID", "id": 5}]},
    }
    named = read_named([Delivery(Kind.MESSAGES, "web", NOW, (json.dumps(message).encode(),))])
    assert named is not None
    (found,) = list_sets(named.mentions)
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


class Known(Chance):
    """Mostly of people whose identifiers are plain."""

    def message(self) -> dict[str, Any]:
        message = super().message()
        for name in ("userId", "anonymousId", "previousId"):
            if name in message and self.random() < 0.9:
                message[name] = self.choice(("u1", "u2", "a-1", "13800000000", ""))
        for name in ("traits", "previousId"):
            if self.random() < 0.7:
                message.pop(name, None)
        if self.random() < 0.5:
            message["context"] = {"device": self.choice(({"id": "d1"}, {"id": None}, {}, None)), "locale": "zh-CN"}
        return message


@pytest.mark.parametrize("seed", range(3))
def test_lines_read_together_mention_whom_each_mentions(seed: int) -> None:
    chance = Known(seed)
    lines = [chance.line() for _ in range(1_000)]
    mentions, _, others = read_mentions(lines)
    told = [line for place, line in enumerate(lines) if place not in set(others)]
    assert 0.2 < len(told) / len(lines) < 0.9  # both kinds are there
    for line, together in zip(told, list_sets(mentions), strict=True):
        if is_text(line):  # else it becomes no event
            assert together == frozenset(list_identifiers(json.loads(line))), line
    assert len(set(mentions.people)) == len(mentions.people)
    assert {kind for kind, _ in mentions.people} <= set(KINDS)


def test_values_are_plain_only_if_they_stay_as_they_are() -> None:
    chance = Chance(5)
    letters = "0001899.-+_:eEuxNa~ ＠\\"
    values = [*PLACEHOLDERS, "u1", "1380000", "1.50", "0", "1e+5", "1.38E+10", "x" * 512 + "1", "7" * 512, "a.b1@c"]
    values += ["".join(chance.choices(letters, k=chance.randrange(1, 7))) for _ in range(5_000)]
    texts = [json.dumps(value, ensure_ascii=False).encode() for value in values]
    ends = np.cumsum([len(text) for text in texts])
    spans = np.stack([ends - [len(text) for text in texts], ends], axis=1).astype(np.int32)
    looks = judge_values(np.frombuffer(b"".join(texts), np.uint8), spans[None])[0].tolist()
    for value, look in zip(values, looks, strict=True):
        assert look in (PLAIN, ODD)
        assert look == ODD or normalise_key("user_id", value) == value, value
    assert 0.2 < looks.count(PLAIN) / len(looks) < 0.9


def test_escapes_in_what_a_message_says_leave_no_doubt() -> None:
    """As many clients write all that is not ASCII."""
    message = {"type": "track", "event": "购买", "userId": "u1", "properties": {"城市": "上海", "备注": "a\\\n"}}
    line = json.dumps(message).encode()
    mentions, escaped, others = read_mentions([line])
    assert (escaped, others) == ([0], [])
    assert list_sets(mentions) == [{("user_id", "u1")}]
    named = read_named([Delivery(Kind.MESSAGES, "web", NOW, (line,) * (FEW + 1))])
    assert named is not None
    assert named.keys == {"城市", "备注"}
