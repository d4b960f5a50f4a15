"""Messages in their most usual form, read as a whole lot.

That is a track, page or screen with an id, no traits and nothing else that is odd: what nearly all lines of a busy
gateway are. `limner.collect.plain` reads one message at a time and says more of them, at fifteen times the cost; this
makes the very rows that it makes (tests/parity/test_usual.py), and leaves all others to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.enrichment.letters import spell_out
from limner.collect.enrichment.scan import ODD, QUOTE, NameTable, scan_objects
from limner.collect.enrichment.texts import Bytes, Spans
from limner.collect.instants import AHEAD_MICROSECONDS
from limner.collect.plain import EARLIEST, PRINTED
from limner.collect.segment import CONTEXT_KEPT, IDS, LONGEST_DELIVERY, LONGEST_ID
from limner.collect.usual.compact import compact
from limner.collect.usual.spans import Mask, are_texts, drop_nulls, put_members, take_texts
from limner.collect.usual.stamps import UNREAD, Instants, read_stamps
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.ports.journal import Delivery

TYPES = pa.array(["track", "page", "screen"])
TIMES = ("timestamp", "originalTimestamp", "sentAt")
NAMED = ("name", "category")
MESSAGE = ("type", "event", *IDS, *TIMES, *NAMED, "context", "properties", "traits", "externalIds")
CONTEXT = (*CONTEXT_KEPT, "externalIds")
DEVICE = ("id",)
KEPT = (*CONTEXT_KEPT, *NAMED)
"""What properties are given besides their own."""
GIVEN = {"ip": "ip", "userAgent": "user_agent"}
"""Of the context, unless it says so itself: what the delivery knows."""
LARGEST = 1 << 30
"""Bytes of a lot."""
Places = npt.NDArray[np.int64]
_table_of = cache(NameTable.of)


class Lot(NamedTuple):
    """Lines without the space between their tokens, and where their members are."""

    data: Bytes
    message: Spans
    """Members × rows × 2, in the order of `MESSAGE`."""
    context: Spans
    device: Spans
    own: Spans
    """Of the properties, those that would be given."""
    fine: Mask
    """Rows of which all that is left to judge is what their values say."""

    def of(self, *names: str) -> Spans:
        """These members of the messages."""
        return self.message[[MESSAGE.index(name) for name in names]]


def read_usual(
    lines: Sequence[bytes], owner: Places, deliveries: Sequence[Delivery], now: int
) -> tuple[Places, pa.Table]:
    """Which lines are in their most usual form, ascending, and their events. ``now``: see `instants.check_range`;
    ``owner``: the place of each line's delivery."""
    words = [word for delivery in deliveries for word in map(spell_given, _given(delivery))]
    data = b"".join((*lines, *filter(None, words)))
    if not lines or len(data) > LARGEST or not is_text(data):
        return np.zeros(0, np.int64), EVENT_BATCH.empty_table()
    lot = scan_lot(data, lines)
    given = place_given(words, sum(map(len, lines)))[:, owner]
    kinds = pc.index_in(take_texts(lot.data, lot.of("type")[0]), TYPES).fill_null(-1).to_numpy()
    additions = find_additions(lot, given, kinds)
    times = read_times(lot, owner, deliveries, now)
    fine = lot.fine & (kinds >= 0) & (times != UNREAD) & (additions[:, :, 0] >= 0).all(axis=0)
    fine &= are_texts(lot.data, lot.of("type", "event", *TIMES), 0) & are_texts(lot.data, lot.of(*IDS), LONGEST_ID)
    fine &= are_there(lot.of("messageId")[0]) & ((kinds != 0) | are_there(lot.of("event")[0]))
    fine &= ~are_there(lot.device[0]) | (lot.data[lot.device[0, :, 0]] == QUOTE)
    places = np.flatnonzero(fine)
    return places, build_events(lot, additions, kinds, times, owner, deliveries, places)


def is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def are_there(spans: Spans) -> Mask:
    there: Mask = spans[:, 1] > spans[:, 0]
    return there


def _given(delivery: Delivery) -> tuple[str | None, ...]:
    return tuple(getattr(delivery, name) for name in GIVEN.values())


def spell_given(text: str | None) -> bytes | None:
    """As JSON; nothing for what would have to be written with escapes."""
    if text is None:
        return b""
    return b'"%s"' % text.encode() if PRINTED.fullmatch(text) else None


def place_given(words: Sequence[bytes | None], begin: int) -> Spans:
    """Where those of each delivery lie, behind the lines; -1 where one cannot be written."""
    ends = begin + np.cumsum([len(word or b"") for word in words], dtype=np.int32)
    spans = np.stack([ends - [len(word or b"") for word in words], ends], axis=1).astype(np.int32)
    spans[[word == b"" for word in words]] = 0
    spans[[word is None for word in words]] = -1
    return spans.reshape(-1, len(GIVEN), 2).transpose(1, 0, 2)


def scan_lot(text: bytes, lines: Sequence[bytes]) -> Lot:
    data = np.frombuffer(bytearray(text), np.uint8)
    offsets = np.zeros(len(lines) + 1, np.int32)
    np.cumsum([len(line) for line in lines], out=offsets[1:])
    begins, ends = offsets[:-1].copy(), offsets[1:].copy()
    if b"\\" in text:
        ends = spell_out(data, begins, ends)
    whole = np.stack([begins, compact(data, begins, ends)], axis=1)
    message, fine = scan_members(data, whole, MESSAGE)
    fine &= are_there(whole)
    context, sound = scan_members(data, message[MESSAGE.index("context")], CONTEXT)
    device, told = scan_members(data, context[CONTEXT.index("device")], DEVICE)
    own, known = scan_members(data, message[MESSAGE.index("properties")], KEPT, nulls=True)
    lot = Lot(data, message, context, device, own, fine & sound & told & known)
    for unusual in (*lot.of("traits", "externalIds"), context[CONTEXT.index("externalIds")]):
        lot.fine[are_there(unusual)] = False
    return lot


def scan_members(data: Bytes, objects: Spans, names: tuple[str, ...], nulls: bool = False) -> tuple[Spans, Mask]:
    """Where these members of each object are, and whether that is certain. Those that are null are none; with
    ``nulls``, none is certain that has one."""
    begins, spans, _ = scan_objects(
        data, objects[:, 0].copy(), objects[:, 1].copy(), are_there(objects), _table_of(names), len(names)
    )
    before = (spans[:, :, 1] > spans[:, :, 0]).sum(axis=0) if nulls else 0
    drop_nulls(data, spans)
    certain: Mask = begins != ODD
    if nulls:
        certain &= (spans[:, :, 1] > spans[:, :, 0]).sum(axis=0) == before
    return spans, certain


def find_additions(lot: Lot, given: Spans, kinds: npt.NDArray[np.int32]) -> Spans:
    """What each row's properties are given, in the order of `KEPT`; -1 where one cannot be written."""
    found = np.concatenate([lot.context[: len(CONTEXT_KEPT)], lot.of(*NAMED)])
    for name, spans in zip(GIVEN, given, strict=True):
        place = KEPT.index(name)
        found[place] = np.where(are_there(found[place])[:, None], found[place], spans)
    found[len(CONTEXT_KEPT) :, kinds == 0] = 0  # a track's name is none of its properties
    odd = (found < 0).any(axis=(0, 2))
    found[lot.own[:, :, 1] > lot.own[:, :, 0]] = 0
    found[:, odd] = -1
    return found


def read_times(lot: Lot, owner: Places, deliveries: Sequence[Delivery], now: int) -> Instants:
    """When each happened, by our clock; `UNREAD` where that is not certain. See `limner.collect.plain`."""
    stamps = [read_stamps(lot.data, spans) for spans in lot.of(*TIMES)]
    there = [are_there(spans) for spans in lot.of(*TIMES)]
    received = np.array([each.received_at for each in deliveries], np.int64)[owner]
    sent_at = np.array([UNREAD if each.sent_at is None else each.sent_at for each in deliveries], np.int64)[owner]
    told = there[0] | there[1] | there[2]
    times = np.where(there[0], stamps[0], np.where(there[1], stamps[1], stamps[2]))
    sent = np.where(sent_at == UNREAD, stamps[2], sent_at)
    unread = told & ((times == UNREAD) | (there[2] & (sent == UNREAD)))
    late = np.where(sent == UNREAD, 0, received - sent)
    moved = times + np.where(np.abs(late) > LONGEST_DELIVERY, late, 0)
    unread |= told & ~((moved >= EARLIEST) & (moved <= now + AHEAD_MICROSECONDS))
    return np.where(unread, UNREAD, np.where(told, moved, received))


def build_events(
    lot: Lot,
    additions: Spans,
    kinds: npt.NDArray[np.int32],
    times: Instants,
    owner: Places,
    deliveries: Sequence[Delivery],
    places: Places,
) -> pa.Table:
    """Of the rows at these places."""
    data, message = lot.data, lot.message[:, places]
    lot = lot._replace(message=message)
    kinds, of_each = kinds[places], pa.array(owner[places])
    types = TYPES.take(pa.array(kinds))
    objects = lot.of("properties")[0]
    received = pa.array([delivery.received_at for delivery in deliveries], pa.int64()).take(of_each)
    instant = EVENT_BATCH.field("time").type
    arrays = [
        take_texts(data, lot.of("messageId")[0]),
        pa.array([delivery.source for delivery in deliveries], pa.string()).take(of_each),
        pc.if_else(pa.array(kinds == 0), take_texts(data, lot.of("event")[0]), types),
        pa.array(times[places]).cast(instant),
        received.cast(instant),
        put_members(data, objects, additions[:, places], list(KEPT)),
        pa.nulls(len(places), pa.string()),
    ]
    events = pa.Table.from_arrays(arrays, schema=EVENT_BATCH)
    device = lot.device[0][places]
    for kind, spans in zip(("user_id", "anonymous_id", "device_id"), (*lot.of("userId", "anonymousId"), device)):
        if are_there(spans).any():
            events = events.append_column(f"{IDENTIFIER_PREFIX}{kind}", take_texts(data, spans))
    return events
