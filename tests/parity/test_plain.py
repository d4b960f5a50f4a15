"""Messages that are plain are the events the engine reads in them; those it would read otherwise are not plain."""

from __future__ import annotations

import json
import random
from typing import Any

import pyarrow as pa
import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.collect.chunk import Chunk
from limner.collect.messages import read_by_engine, read_messages
from limner.collect.plain import read_plain
from limner.collect.segment import CONTEXT_KEPT, TRAIT_IDENTIFIERS
from limner.ports.journal import Delivery, Kind

NOW = 1_795_364_502_000_000  # 2026-11-22T16:21:42Z
PLAIN_TEXTS = ("u1", "张三", "order paid", "a/b", "~", "!x", "x\x7fy", "😀", "x&y", "NaN", "1.5", "{x", "[1]", "null")
ODD_TEXTS = ("", " ", " x", "\t", '"', "\\", "\n", "\u2028", "x" * 600, "\ud83d\ude00", "\x00")
NUMBERS = (0, -0.0, 1, -1, 10, 1.5, -2.25, 0.001, 0.0001, 0.00001, 1e-7, 1e15, 1e16, 1e22, 12345678901, 10**15, 10**16,
           10**20, -(10**18), 2**63, 2**64, 123456789.12345, 0.1 + 0.2, 99999.99999, 1e300, 5e-324)  # fmt: skip
RAW_NUMBERS = ("1.50", "1E3", "-0", "1e2", "0.0", "100.10", "1.0", "NaN", "Infinity", "01")
TIMES = (
    *(
        "2026-11-22T16:21:41Z",
        "2026-11-22T16:21:41.5Z",
        "2026-11-22T16:21:41.123456+08:00",
        "2026-11-22T10:00:00-05:30",
    ),
    *("2026-11-22T16:21:41.1234567Z", "2026-11-22 16:21:41", "2026-11-22", "2026-02-30T00:00:00Z", "2026年11月22日"),
    *("1970-06-01T00:00:00Z", "1971-01-01T00:00:00Z", "2026-11-23T16:21:42Z", "2026-11-23T16:21:43Z", "1795364501"),
    *("2027-11-22T16:21:42Z", "2026-11-22T24:00:00Z", "2026-11-22T16:21:60Z", "0001-01-01T00:00:00Z", "x"),
    *("2026-11-22T16:21:41+14:00", "2026-11-22T16:21:41z", "٢٠٢٦-11-22T16:21:41Z", 1795364501000, None),
)


class Chance(random.Random):
    def text(self) -> Any:
        return self.choice(PLAIN_TEXTS if self.random() < 0.98 else (*ODD_TEXTS, None, 7, 1.5, True, {"a": 1}, []))

    def value(self, depth: int = 0) -> Any:
        kind = self.random()
        if kind < 0.45:
            return self.text()
        if kind < 0.75 or depth > 2:
            return self.choice((0, 1, -3, 12.5, 0.25, True, False) if self.random() < 0.95 else (*NUMBERS, None))
        return self.object(depth + 1) if kind < 0.9 else [self.value(depth + 1) for _ in range(self.randrange(3))]

    def object(self, depth: int = 0) -> dict[str, Any]:
        names = ("amount", "sku", "城市", "a b", *CONTEXT_KEPT, "name", "category", "id", *TRAIT_IDENTIFIERS)
        return {self.choice(names): self.value(depth) for _ in range(self.randrange(4))}

    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = {"type": self.choice(("track", "identify", "page", "screen", "track", "identify"))}
        if self.random() < 0.1:
            message["type"] = self.choice(("group", "alias", "Track", "", None, 3))
        texts = {"event": 0.8, "messageId": 0.9, "userId": 0.8, "anonymousId": 0.5, "previousId": 0.1, "groupId": 0.1}
        message |= {name: self.text() for name, share in texts.items() if self.random() < share}
        if self.random() < 0.1:
            message["event"] = self.choice(("profile_set_once", "profile_delete", "profile_unset"))
        shares = {"timestamp": 0.8, "originalTimestamp": 0.2, "sentAt": 0.4, "receivedAt": 0.1}
        usual = TIMES[:4]
        message |= {
            name: self.choice(usual if self.random() < 0.9 else TIMES)
            for name, share in shares.items()
            if self.random() < share
        }
        parts = {"properties": 0.8, "traits": 0.4, "context": 0.6, "integrations": 0.2}
        message |= {name: self.object() for name, share in parts.items() if self.random() < share}
        message |= {name: self.value() for name in ("properties", "traits", "context") if self.random() < 0.02}
        message |= {name: self.value() for name in ("name", "category") if self.random() < 0.3}
        if isinstance(message.get("context"), dict):
            message["context"] |= {"traits": self.object()} if self.random() < 0.3 else {}
            message["context"] |= {"device": self.object()} if self.random() < 0.2 else {}
        if self.random() < 0.03:
            message["externalIds"] = self.choice(([{"id": "o1", "type": "openid"}], [], None))
        members = list(message.items())
        self.shuffle(members)
        return dict(members)

    def line(self) -> bytes:
        spaced = self.choice((None, (",", ":"), (" ,  ", ":\t")))
        line = json.dumps(self.message(), ensure_ascii=self.random() < 0.1, separators=spaced)
        if self.random() < 0.1:
            line = line.replace("/", "\\/").replace("&", "\\u0026")
        odd = self.random()
        if odd < 0.03:
            line = line.replace("1", self.choice(RAW_NUMBERS), 1)
        elif odd < 0.06:
            line = f'{line[:-1]}, "{self.choice(("userId", "type", "context", "properties"))}": {{}}}}'
        elif odd < 0.07:
            line = line[: self.randrange(len(line))]
        elif odd < 0.08:
            line = self.choice(("[1]", "3", "{}", '{"type":"track"} x', "[" * 500, '{"a":' * 450 + "1" + "}" * 450))
        text = line.encode("utf-8", "surrogatepass")
        return text[:5] + b"\xff" + text[5:] if odd > 0.99 else text

    def delivery(self, lines: tuple[bytes, ...]) -> Delivery:
        sent_at = self.choice((None, None, NOW, NOW - 5_000_000, NOW - 5_000_001, NOW + 86_400_000_000))
        usual = ((None, None), ("10.0.0.1", "Mozilla/5.0 (X11)"))
        ip, agent = self.choice(usual if self.random() < 0.9 else (("::1", 'a"b'), (None, "é"), ("", "")))
        return Delivery(Kind.MESSAGES, "web", NOW - self.randrange(3), lines, sent_at, ip, agent)


@pytest.fixture(scope="module")
def rows() -> DuckDBRows:
    return DuckDBRows(threads=1)


def show(chunk: Chunk) -> tuple[list[dict[str, Any]], list[Any], list[Any], int]:
    events = [{k: v for k, v in row.items() if v is not None} for row in chunk.events.to_pylist()]
    refused = [chunk.refuse(row, "why") for row in range(chunk.events.num_rows)]
    return events, sorted(chunk.rejects, key=lambda reject: (reject.row, reject.reason)), refused, chunk.rows_read


@pytest.mark.parametrize("seed", range(4))
def test_plain_messages_are_read_as_the_engine_reads_them(rows: DuckDBRows, seed: int) -> None:
    chance = Chance(seed)
    deliveries = [chance.delivery(tuple(chance.line() for _ in range(chance.randrange(4)))) for _ in range(400)]
    lines = [(line, delivery) for delivery in deliveries for line in delivery.lines]
    places, _ = read_plain(lines, NOW)
    assert 0.2 < len(places) / len(lines) < 0.95  # both kinds are there
    quick, slow = (read(deliveries, rows, "Asia/Shanghai") for read in (read_messages, read_by_engine))
    for mine, engine in zip(show(quick), show(slow), strict=True):
        assert mine == engine
    assert quick.events.schema.field("time").type == pa.timestamp("us", "UTC")
    assert set(quick.events.column_names) == set(slow.events.column_names)


def test_what_clients_write_is_plain() -> None:
    usual: list[dict[str, Any]] = [
        {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m", "properties": {"amount": 12.5}},
        {"type": "identify", "userId": "u1", "traits": {"phone": "13800000000", "城市": "上海", "age": 30}},
        {"type": "page", "anonymousId": "a", "userId": None, "name": "首页", "context": {"page": {"path": "/"}}},
    ]
    for escaped in (False, True):  # as Python, PHP and others do unless they are told not to
        texts = [json.dumps({**one, "timestamp": "2026-11-22T16:21:41.123Z"}, ensure_ascii=escaped) for one in usual]
        lines = [text.replace("/", "\\/" if escaped else "/").encode() for text in texts]
        delivery = Delivery(Kind.MESSAGES, "web", NOW, tuple(lines))
        places, _ = read_plain([(line, delivery) for line in lines], NOW)
        assert places == [0, 1, 2]
