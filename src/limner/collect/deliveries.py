"""What clients delivered, as chunks of events: the same readers that files are read with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.collect.chunk import ITEM_BATCH, Chunk
from limner.collect.lines import Lines, encoding_fault
from limner.collect.segment import GATEWAY, Envelope, MessageReader
from limner.model.event import EVENT_BATCH
from limner.ports.journal import Delivery, Kind
from limner.ports.rejects import Reject
from limner.ports.rows import Rows


class Item(msgspec.Struct):
    id: str
    attributes: str
    valid_from: int | None = None


_items = msgspec.json.Decoder(Item)
_refusals = msgspec.json.Decoder(tuple[str, str])


def read_deliveries(deliveries: Sequence[Delivery], rows: Rows, zone: str) -> Iterator[Chunk]:
    """The deliveries' events and items, in order; at most a chunk per kind and run of deliveries.

    ``zone``: IANA zone of times written without an offset.
    """
    for kind, group in groupby(deliveries, key=lambda delivery: delivery.kind):
        if kind is Kind.MESSAGES:
            yield read_messages(list(group), rows, zone)
        elif kind is Kind.ITEMS:
            yield read_items(list(group))
        elif kind is Kind.REFUSED:
            yield read_refused(list(group))


def read_messages(deliveries: Sequence[Delivery], rows: Rows, zone: str) -> Chunk:
    """Segment messages. An event without an id is known by what it says: the same twice is one."""
    owner = np.repeat(np.arange(len(deliveries)), [len(delivery.lines) for delivery in deliveries])
    text, kept, rejects = _decode([line for delivery in deliveries for line in delivery.lines], owner, deliveries)
    envelope = Envelope(
        source=pa.array([delivery.source for delivery in deliveries], pa.string()).take(pa.array(kept)),
        received_at=pa.array([delivery.received_at for delivery in deliveries], pa.int64()).take(pa.array(kept)),
        sent_at=pa.array([delivery.sent_at for delivery in deliveries], pa.int64()).take(pa.array(kept)),
        ip=pa.array([delivery.ip for delivery in deliveries], pa.string()).take(pa.array(kept)),
        user_agent=pa.array([delivery.user_agent for delivery in deliveries], pa.string()).take(pa.array(kept)),
    )
    latest = max(delivery.received_at for delivery in deliveries)
    reader = MessageReader(rows, GATEWAY, "", zone, latest)
    return reader.read(Lines(text, np.zeros(len(text), np.int64), rejects, 0), envelope)


def read_items(deliveries: Sequence[Delivery]) -> Chunk:
    """Versions of items, already judged when they were put into the journal."""
    items = [_items.decode(line) for delivery in deliveries for line in delivery.lines]
    table = pa.table(
        {
            "id": pa.array([item.id for item in items], pa.string()),
            "attributes": pa.array([item.attributes for item in items], pa.string()),
            "valid_from": pa.array([item.valid_from for item in items], pa.int64()).cast(pa.timestamp("us", "UTC")),
        }
    ).cast(ITEM_BATCH)
    return Chunk(EVENT_BATCH.empty_table(), np.zeros(0, np.int64), [], table, len(items))


def read_refused(deliveries: Sequence[Delivery]) -> Chunk:
    """What was known to be no event when it came in."""
    rejects = [
        Reject(f"{GATEWAY}{delivery.source}", 0, reason, text)
        for delivery in deliveries
        for reason, text in map(_refusals.decode, delivery.lines)
    ]
    return Chunk(EVENT_BATCH.empty_table(), np.zeros(0, np.int64), rejects, None, len(rejects))


def refuse_delivery(delivery: Delivery, reason: str) -> Chunk:
    """All of it as rejects."""
    file = f"{GATEWAY}{delivery.source}"
    rejects = [Reject(file, 0, reason, line.decode("utf-8", "backslashreplace")) for line in delivery.lines]
    return Chunk(EVENT_BATCH.empty_table(), np.zeros(0, np.int64), rejects, None, len(rejects))


def _decode(
    lines: list[bytes], owner: npt.NDArray[np.int64], deliveries: Sequence[Delivery]
) -> tuple[pa.StringArray, npt.NDArray[np.int64], list[Reject]]:
    """The lines as text, the delivery each is of, and rejects for those that are not UTF-8."""
    try:
        return pa.array(lines, pa.binary()).cast(pa.string()), owner, []
    except pa.ArrowInvalid:
        faults = [encoding_fault(line) for line in lines]
    rejects = [
        Reject(f"{GATEWAY}{deliveries[place].source}", 0, fault, line.decode("utf-8", "backslashreplace"))
        for line, place, fault in zip(lines, owner.tolist(), faults, strict=True)
        if fault is not None
    ]
    good = np.array([fault is None for fault in faults])
    return pa.array([line.decode() for line in np.array(lines, object)[good]], pa.string()), owner[good], rejects
