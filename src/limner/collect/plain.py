"""Messages written as nearly all clients write them, read without the engine: it plans for 50 ms however few there are,
while somebody waits for what they change.

What a message means is said by `segment`. This reads only messages that leave no doubt about it: a track, identify,
page or screen whose texts are texts without escapes, each name once, times in ISO 8601 with their offset, and numbers
that every JSON library writes alike. Of each it makes the very row that `segment` makes (tests/parity/test_plain.py);
all others it leaves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import NamedTuple

import msgspec
import pyarrow as pa

from limner.collect.faults import DEEPEST
from limner.collect.instants import AHEAD_MICROSECONDS
from limner.collect.segment import (
    CONTEXT_KEPT,
    IDS,
    LONGEST_DELIVERY,
    LONGEST_ID,
    PROFILE_EVENTS,
    TRAIT_IDENTIFIERS,
)
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.ports.journal import Delivery

TYPES = ("track", "identify", "page", "screen")
TOKENS = re.compile(
    rb'(?:"[^"\\\x00-\x1f]*+"|[{}\[\],:]|true|false|null'
    rb"|(?:-?[1-9]\d{0,8}(?:\.\d{0,4}[1-9])?|-?[1-9]\d{9,14}|0(?:\.\d{0,2}[1-9])?)(?![\d.eE]))*+"
)
"""JSON that everybody writes alike: no escapes, and numbers in their shortest form."""
ESCAPES = re.compile(rb"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|.)", re.DOTALL)
UNIT = re.compile(rb"\\u[\da-fA-F]{4}")
FREE = re.compile(r'[^"\\\x00-\x1f\x7f]+')
"""What need not be written as escapes."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-2]):[0-5]\d)", re.ASCII)
PRINTED = re.compile(r'[^"\\\x00-\x1f\x7f-\uffff]+')
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = 365 * 86_400_000_000
"""As in `instants`."""
MICROSECOND = timedelta(microseconds=1)
IDENTIFIERS = ("user_id", "anonymous_id", *TRAIT_IDENTIFIERS)
NULL = b"null"
EMPTY = b"{}"
Members = Mapping[str, bytes]
"""Of an object, as they are written; those that are null are left out."""

_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Odd(Exception):
    """Not plain."""


class Row(NamedTuple):
    """`EVENT_BATCH`, instants as µs, and identifiers by their type."""

    event_id: str
    source: str
    name: str
    time: int
    received_at: int
    properties: str | None
    traits: str | None
    identifiers: Mapping[str, str]


def read_plain(lines: Iterable[tuple[bytes, Delivery]], now: int) -> tuple[list[int], list[Row]]:
    """The rows of those lines that are plain, and which they are. ``now``: see `instants.check_range`."""
    places, rows = [], []
    for place, (line, delivery) in enumerate(lines):
        try:
            rows.append(read_row(line, delivery, now))
        except (Odd, msgspec.DecodeError, RecursionError, ValueError):
            continue
        places.append(place)
    return places, rows


def build_table(rows: Sequence[Row]) -> pa.Table:
    """As events, with a column for each type of identifier that one of them has."""
    columns = list(zip(*rows, strict=True)) or [()] * len(Row._fields)
    arrays = [
        pa.array(values, pa.int64() if pa.types.is_timestamp(field.type) else field.type).cast(field.type)
        for field, values in zip(EVENT_BATCH, columns)
    ]
    events = pa.Table.from_arrays(arrays, schema=EVENT_BATCH)
    for kind in IDENTIFIERS:
        values = [row.identifiers.get(kind) for row in rows]
        if any(value is not None for value in values):
            events = events.append_column(f"{IDENTIFIER_PREFIX}{kind}", pa.array(values, pa.string()))
    return events


def read_row(line: bytes, delivery: Delivery, now: int) -> Row:
    """`Odd`, or what reading JSON raises, when the line is not plain."""
    message = _read_compact(msgspec.json.format(spell_out(line), indent=-1))
    context = _read_object(message, "context")
    kind = _read_text(message, "type")
    if kind not in TYPES or "externalIds" in message or "externalIds" in context:
        raise Odd
    ids = {name: _read_id(message, name) for name in IDS}
    event = _read_text(message, "event")
    if kind == "track" and event is None:
        raise Odd
    named = kind == "track" or (kind == "identify" and event in PROFILE_EVENTS)
    properties = _read_properties(message, context, kind, delivery)
    traits = _read_traits(message, context, kind)
    identifiers = {"user_id": ids["userId"], "anonymous_id": ids["anonymousId"]}
    if traits is not None:
        known = _read_members(traits)
        identifiers |= {name: _read_text(known, name) for name in TRAIT_IDENTIFIERS}
    device = _read_string(_read_object(context, "device"), "id")
    identifiers["device_id"] = identifiers.get("device_id") if device is None else device
    return Row(
        ids["messageId"] or md5(line.rstrip(b"\r\n "), usedforsecurity=False).hexdigest(),
        delivery.source,
        event if named and event is not None else kind,
        _read_time(message, delivery, now),
        delivery.received_at,
        properties,
        None if traits is None else traits.decode(),
        {name: value for name, value in identifiers.items() if value is not None},
    )


def spell_out(line: bytes) -> bytes:
    """With the letters themselves where they need not be escapes."""
    return ESCAPES.sub(_read_escape, line) if b"\\" in line else line


def _read_escape(escape: re.Match[bytes]) -> bytes:
    if escape[0] == b"\\/":
        return b"/"
    letters = str(json.loads(b'"%s"' % escape[0])) if UNIT.match(escape[0]) else ""
    written = letters.encode("utf-8", "replace")
    return written if FREE.fullmatch(letters) and written.decode() == letters else escape[0]


def _read_compact(text: bytes) -> Members:
    text.decode()
    if TOKENS.fullmatch(text) is None or text.count(b"{") + text.count(b"[") > DEEPEST:
        raise Odd
    return _read_members(text)


def _read_members(text: bytes) -> Members:
    """Of an object in which each name occurs once."""
    members = {name: bytes(value) for name, value in _objects.decode(text).items()}
    values = sum(map(len, members.values())) + 4 * len(members) + 1
    shorter = text != EMPTY and values + sum(map(len, members)) != len(text)
    if shorter and values + sum(len(name.encode()) for name in members) != len(text):
        raise Odd
    return {name: value for name, value in members.items() if value != NULL}


def _read_object(members: Members, name: str) -> Members:
    """Nothing, when it is not there."""
    return _read_members(members[name]) if name in members else {}


def _read_string(members: Members, name: str) -> str | None:
    text = members.get(name)
    if text is None:
        return None
    if not text.startswith(b'"'):
        raise Odd
    return text[1:-1].decode()


def _read_text(members: Members, name: str) -> str | None:
    """One that is not blank, nor looks like that at its beginning."""
    text = _read_string(members, name)
    if text is not None and not text >= "!":
        raise Odd
    return text


def _read_id(members: Members, name: str) -> str | None:
    text = _read_text(members, name)
    if text is not None and (text[0] in "{[" or len(text.encode()) > LONGEST_ID):
        raise Odd
    return text


def _read_traits(message: Members, context: Members, kind: str) -> bytes | None:
    own = message.get("traits", EMPTY)
    traits = context.get("traits", EMPTY) if kind == "identify" and own == EMPTY else own
    if not (own.startswith(b"{") and traits.startswith(b"{")):
        raise Odd
    return None if kind != "identify" or traits == EMPTY else traits


def _read_properties(message: Members, context: Members, kind: str, delivery: Delivery) -> str | None:
    own = message.get("properties", EMPTY)
    if not own.startswith(b"{"):
        raise Odd
    added = [
        b'"%s":%s' % (name.encode(), value)
        for name, value in _find_additions(message, context, kind, delivery)
        if not _has_member(own, name)
    ]
    if not added:
        return own.decode() if "properties" in message else None
    return (b"{%s%s%s" % (b",".join(added), b"}" if own == EMPTY else b",", own[1:] if own != EMPTY else b"")).decode()


def _find_additions(message: Members, context: Members, kind: str, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
    given = {"ip": delivery.ip, "userAgent": delivery.user_agent}
    for name in CONTEXT_KEPT:
        text = given.get(name)
        if name in context:
            yield name, context[name]
        elif text is not None:
            if PRINTED.fullmatch(text) is None:
                raise Odd
            yield name, b'"%s"' % text.encode()
    if kind in ("page", "screen"):
        yield from ((name, message[name]) for name in ("name", "category") if name in message)


def _has_member(text: bytes, name: str) -> bool:
    if b'"%s"' % name.encode() not in text:
        return False
    found = _objects.decode(text).get(name)
    if found is not None and bytes(found) == NULL:
        raise Odd
    return found is not None


def _read_time(message: Members, delivery: Delivery, now: int) -> int:
    """When it happened, by our clock."""
    texts = {name: _read_text(message, name) for name in ("timestamp", "originalTimestamp", "sentAt")}
    told = next((text for text in texts.values() if text is not None), None)
    if told is None:
        return delivery.received_at
    time, sent = _read_instant(told), delivery.sent_at
    if sent is None and texts["sentAt"] is not None:
        sent = _read_instant(texts["sentAt"])
    if sent is not None and abs(delivery.received_at - sent) > LONGEST_DELIVERY:
        time += delivery.received_at - sent
    if not EARLIEST <= time <= now + AHEAD_MICROSECONDS:
        raise Odd
    return time


def _read_instant(text: str) -> int:
    """µs UTC."""
    if TIME.fullmatch(text) is None:
        raise Odd
    return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND
