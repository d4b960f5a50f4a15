"""What is read as a lot by kernels is, row by row, what is read message by message."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.parity.test_plain import NOW, TIMES, Chance

from limner.collect import plain
from limner.collect.enrichment import letters
from limner.collect.messages import find_owners
from limner.collect.plain import TOKENS, Odd, _read_instant, build_table, read_plain
from limner.collect.usual.compact import compact
from limner.collect.usual.lot import read_usual
from limner.collect.usual.stamps import UNREAD, read_stamps
from limner.ports.journal import Delivery, Kind


class Usual(Chance):
    """Mostly what clients write."""

    def message(self) -> dict[str, Any]:
        message = super().message()
        if self.random() < 0.7:
            message |= {"type": self.choice(("track", "page", "screen")), "messageId": str(self.random()), "event": "e"}
            message.pop("traits", None)
        if self.random() < 0.5:
            message["context"] = {"device": {"id": self.choice(("d1", "", 3, None))}, "locale": "zh-CN"}
        return message

    def line(self) -> bytes:
        line = super().line()
        if self.random() < 0.1:  # a name twice, deeper down
            line = line.replace(b'"sku"', b'"amount"')
        return line


@pytest.mark.parametrize("seed", range(4))
def test_a_lot_is_read_as_its_messages_are(seed: int) -> None:
    chance = Usual(seed)
    deliveries = [chance.delivery(tuple(chance.line() for _ in range(chance.randrange(6)))) for _ in range(300)]
    deliveries = [one for one in deliveries if all(is_text(line) for line in one.lines)]
    lines = [(line, delivery) for delivery in deliveries for line in delivery.lines]
    places, events = read_usual([line for line, _ in lines], find_owners(deliveries), deliveries, NOW)
    assert 0.2 < len(places) / len(lines) < 0.95  # both kinds are there
    plain, rows = read_plain(lines, NOW)
    row_of = dict(zip(plain, rows, strict=True))
    assert set(places.tolist()) <= row_of.keys()
    slow = build_table([row_of[place] for place in places.tolist()])
    assert events.schema.equals(slow.schema)
    assert events.to_pylist() == slow.to_pylist()


def is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_lots_with_bytes_that_are_no_text_and_empty_ones_are_left() -> None:
    delivery = Delivery(Kind.MESSAGES, "web", NOW, (b'{"type":"track","event":"\xff","messageId":"m"}',))
    for lines in ((), delivery.lines):
        places, events = read_usual(lines, np.zeros(len(lines), np.int64), [delivery], NOW)
        assert (len(places), events.num_rows) == (0, 0)


def test_space_goes_and_only_plain_tokens_stay() -> None:
    chance = Chance(7)
    words = "{ } [ ] , : true nul null -0 10 0.5 0.0005 1.50 123456789.12345 1234567890.5 123456789012345 1e5 01 -7.25"
    pieces = [*words.encode().split(), b" ", b"\n", b'"a b"', b'"\\n"']
    for _ in range(3_000):
        text = b"".join(chance.choice(pieces) for _ in range(chance.randrange(1, 6)))
        tight = b"".join(strip_spaces(text))
        data = np.frombuffer(bytearray(text), np.uint8)
        (end,) = compact(data, np.array([0], np.int32), np.array([len(text)], np.int32)).tolist()
        if end:
            assert data[:end].tobytes() == tight
            assert TOKENS.fullmatch(tight)
        elif is_json(text) and tight:
            assert not TOKENS.fullmatch(tight)


def is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def strip_spaces(text: bytes) -> list[bytes]:
    """Outside of quotes."""
    return [part if place % 2 else part.replace(b" ", b"").replace(b"\n", b"") for place, part in cut_quotes(text)]


def cut_quotes(text: bytes) -> list[tuple[int, bytes]]:
    parts = text.split(b'"')
    return [(place, b'"' + part + b'"' if place % 2 else part) for place, part in enumerate(parts)]


def test_stamps_are_read_as_texts_are() -> None:
    chance = Chance(3)
    usual = [text for text in TIMES if isinstance(text, str)]
    leaps = ("2024-02-29T23:59:59.999999+12:59", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z")
    texts = [*usual, *leaps]
    for _ in range(3_000):
        letters = list(chance.choice(usual[:4]))
        for _ in range(chance.randrange(3)):
            letters[chance.randrange(len(letters))] = chance.choice("0123456789-:.TZ+ ")
        texts.append("".join(letters))
    data = "".join(f'"{text}"' for text in texts).encode()
    ends = np.cumsum([len(text.encode()) + 2 for text in texts])
    spans = np.stack([ends - [len(text.encode()) + 2 for text in texts], ends], axis=1).astype(np.int32)
    found = read_stamps(np.frombuffer(bytearray(data), np.uint8), spans).tolist()
    for text, instant in zip(texts, found, strict=True):
        try:
            expected = _read_instant(text)
        except (Odd, ValueError, OverflowError):
            expected = UNREAD
        assert instant == expected, text


def test_letters_are_spelled_out_as_in_a_line_by_itself() -> None:
    chance = Chance(11)
    pieces = (*(rb"\u4e2d \u00e9 \u0026 \u0022 \u005c \u000a \u007f \u0080 \uFFFF \ud83d \ude00 \u12 \x".split()),
              rb"\ud83d\ude00", rb"\/", rb"\\", rb"\"", rb"\n", b"\\", b"u4e2d", b"a", "\u4e2d".encode())  # fmt: skip
    lines = [b"".join(chance.choices(pieces, k=chance.randrange(8))) for _ in range(3_000)]
    ends = np.cumsum([len(line) for line in lines], dtype=np.int32)
    begins = (ends - [len(line) for line in lines]).astype(np.int32)
    data = np.frombuffer(bytearray(b"".join(lines)), np.uint8)
    shorter = letters.spell_out(data, begins, ends)
    for line, begin, end in zip(lines, begins.tolist(), shorter.tolist(), strict=True):
        assert data[begin:end].tobytes() == plain.spell_out(line), line
