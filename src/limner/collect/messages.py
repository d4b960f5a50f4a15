"""Segment messages that clients delivered, as events: those in their most usual form as a lot, few others that are
plain one by one, all others by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.collect.chunk import Chunk
from limner.collect.lines import Lines, encoding_fault
from limner.collect.plain import build_table, read_plain
from limner.collect.segment import GATEWAY, Envelope, MessageReader
from limner.collect.usual.lot import read_usual
from limner.ports.journal import Delivery
from limner.ports.rejects import Reject
from limner.ports.rows import Rows

FEW = 1_000
"""Lines up to which planning the engine's query costs more than reading them one by one."""
Places = npt.NDArray[np.int64]


def read_messages(deliveries: Sequence[Delivery], rows: Rows, zone: str) -> Chunk:
    """An event without an id is known by what it says: the same twice is one. ``zone``: of times without an offset."""
    lines = [line for delivery in deliveries for line in delivery.lines]
    owner, latest = find_owners(deliveries), max(delivery.received_at for delivery in deliveries)
    places, events = read_usual(lines, owner, deliveries, latest)
    usual = _take(events, places, lines, owner, deliveries)
    others = np.setdiff1d(np.arange(len(lines)), places)
    if not len(others):
        return usual
    found = _read_others(lines, others, owner, deliveries, rows, zone)
    return _merge(usual, found) if len(places) else found


def read_by_engine(deliveries: Sequence[Delivery], rows: Rows, zone: str) -> Chunk:
    """The same, all by the engine."""
    lines = [line for delivery in deliveries for line in delivery.lines]
    return _read_lines(lines, np.arange(len(lines)), find_owners(deliveries), deliveries, rows, zone)


def _take(
    events: pa.Table, places: Places, lines: Sequence[bytes], owner: Places, deliveries: Sequence[Delivery]
) -> Chunk:
    """The events of the lines at these places, as the chunk's ``lines``."""

    def refuse(row: int, reason: str) -> Reject:
        place = places[row]
        return Reject(f"{GATEWAY}{deliveries[owner[place]].source}", 0, reason, lines[place].decode())

    return Chunk(events, places, [], None, len(places), refuse=refuse)


def _read_others(
    lines: Sequence[bytes], places: Places, owner: Places, deliveries: Sequence[Delivery], rows: Rows, zone: str
) -> Chunk:
    """Few one by one, where they are plain; all others by the engine."""
    if len(places) > FEW:
        return _read_lines(lines, places, owner, deliveries, rows, zone)
    latest = max(delivery.received_at for delivery in deliveries)
    told = [(lines[place], deliveries[owner[place]]) for place in places.tolist()]
    found, events = read_plain(told, latest)
    plain = _take(build_table(events), places[found], lines, owner, deliveries)
    odd = np.setdiff1d(places, plain.lines)
    return _merge(plain, _read_lines(lines, odd, owner, deliveries, rows, zone)) if len(odd) else plain


def _read_lines(
    lines: Sequence[bytes], places: Places, owner: Places, deliveries: Sequence[Delivery], rows: Rows, zone: str
) -> Chunk:
    """Those at these places, which the chunk's ``lines`` tell."""
    text, kept, rejects = decode_lines([lines[place] for place in places.tolist()], owner[places], deliveries)
    of_each = pa.array(owner[places[kept]])
    envelope = Envelope(
        source=pa.array([delivery.source for delivery in deliveries], pa.string()).take(of_each),
        received_at=pa.array([delivery.received_at for delivery in deliveries], pa.int64()).take(of_each),
        sent_at=pa.array([delivery.sent_at for delivery in deliveries], pa.int64()).take(of_each),
        ip=pa.array([delivery.ip for delivery in deliveries], pa.string()).take(of_each),
        user_agent=pa.array([delivery.user_agent for delivery in deliveries], pa.string()).take(of_each),
    )
    latest = max(delivery.received_at for delivery in deliveries)
    chunk = MessageReader(rows, GATEWAY, "", zone, latest).read(Lines(text, places[kept], rejects, 0), envelope)

    def refuse(row: int, reason: str) -> Reject:
        return replace(chunk.refuse(row, reason), line=0)

    return replace(chunk, rejects=[replace(reject, line=0) for reject in chunk.rejects], refuse=refuse)


def _merge(first: Chunk, second: Chunk) -> Chunk:
    """Both, their events in the order of their ``lines``."""
    lines, size = np.concatenate([first.lines, second.lines]), first.events.num_rows
    order = np.argsort(lines)
    events = pa.concat_tables([first.events, second.events], promote_options="default").take(pa.array(order))

    def refuse(row: int, reason: str) -> Reject:
        place = int(order[row])
        return first.refuse(place, reason) if place < size else second.refuse(place - size, reason)

    read = first.rows_read + second.rows_read
    return Chunk(events, lines[order], first.rejects + second.rejects, None, read, refuse=refuse)


def find_owners(deliveries: Sequence[Delivery]) -> Places:
    """The place of the delivery each of their lines is of."""
    return np.repeat(np.arange(len(deliveries)), [len(delivery.lines) for delivery in deliveries])


def decode_lines(
    lines: Sequence[bytes], owner: Places, deliveries: Sequence[Delivery]
) -> tuple[pa.StringArray, Places, list[Reject]]:
    """The lines as text, which of them these are, and rejects for those that are not UTF-8."""
    try:
        return pa.array(lines, pa.binary()).cast(pa.string()), np.arange(len(lines)), []
    except pa.ArrowInvalid:
        faults = [encoding_fault(line) for line in lines]
    rejects = [
        Reject(f"{GATEWAY}{deliveries[place].source}", 0, fault, line.decode("utf-8", "backslashreplace"))
        for line, place, fault in zip(lines, owner.tolist(), faults, strict=True)
        if fault is not None
    ]
    good = np.flatnonzero([fault is None for fault in faults])
    return pa.array([lines[place].decode() for place in good.tolist()], pa.string()), good, rejects
