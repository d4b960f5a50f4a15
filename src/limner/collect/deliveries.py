"""What clients delivered, as chunks of events: the same readers that files are read with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import msgspec
import numpy as np
import pyarrow as pa

from limner.collect.bind import bind, columns_named
from limner.collect.chunk import ITEM_BATCH, Chunk
from limner.collect.lines import Lines
from limner.collect.mapped import RowReader
from limner.collect.mapping import parse_mapping
from limner.collect.messages import decode_lines, find_owners, read_messages
from limner.collect.objects import ObjectReader
from limner.collect.rowfile import RowFile
from limner.collect.segment import GATEWAY
from limner.errors import DataError, DefinitionError
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
    """The deliveries' events and items, in order; at most a chunk per kind and run of deliveries, of webhooks one each.

    ``zone``: IANA zone of times written without an offset.
    """
    for kind, group in groupby(deliveries, key=lambda delivery: delivery.kind):
        if kind is Kind.MESSAGES:
            yield read_messages(list(group), rows, zone)
        elif kind is Kind.ITEMS:
            yield read_items(list(group))
        elif kind is Kind.REFUSED:
            yield read_refused(list(group))
        elif kind is Kind.ROWS:
            yield from read_webhooks(list(group), rows, zone)


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


def read_webhooks(deliveries: Sequence[Delivery], rows: Rows, zone: str) -> Iterator[Chunk]:
    """Objects that webhooks posted, read with their mappings: a chunk for each source and mapping."""
    groups: dict[tuple[str, str], dict[object, Delivery]] = {}
    for delivery in deliveries:
        group = groups.setdefault((delivery.source, delivery.mapping or ""), {})
        once = (delivery.delivery_id, delivery.lines) if delivery.delivery_id else id(delivery)
        group.setdefault(once, delivery)  # its sender may have tried twice
    for group in groups.values():
        posted = list(group.values())
        try:
            yield _read_rows(posted, rows, zone)
        except (DataError, DefinitionError) as error:
            refused = [refuse_delivery(delivery, error.message) for delivery in posted]
            yield replace(
                refused[0], rejects=[r for c in refused for r in c.rejects], rows_read=len(find_owners(posted))
            )


def _read_rows(deliveries: Sequence[Delivery], rows: Rows, zone: str) -> Chunk:
    """Objects of one webhook. An event without an id of its own is known by its delivery's, its row, and its number
    among equal rows there: another try of a delivery is the same events, another delivery is not."""
    file = f"{GATEWAY}{deliveries[0].source}"
    mapping = replace(parse_mapping(deliveries[0].mapping or "", "the webhook's mapping"), source=deliveries[0].source)
    lines = [line for delivery in deliveries for line in delivery.lines]
    owner = find_owners(deliveries)
    text, kept, rejects = decode_lines(lines, owner, deliveries)
    batch = ObjectReader(rows, file, tuple(columns_named(mapping, rows))).read(Lines(text, owner[kept], rejects, 0))
    bound = bind(mapping, RowFile(file, tuple(batch.table.column_names), iter(())), batch.table, rows)
    chunk = RowReader(rows, file, bound, zone, max(delivery.received_at for delivery in deliveries)).read(batch)
    events = chunk.events
    if mapping.gives_events:
        owners = chunk.lines.tolist()
        received = pa.array([deliveries[owner].received_at for owner in owners], pa.int64())
        events = events.set_column(
            events.schema.get_field_index("received_at"),
            EVENT_BATCH.field("received_at"),
            received.cast(pa.timestamp("us", "UTC")),
        )
        if not mapping.event_id:
            ids = _name_rows([deliveries[owner].delivery_id for owner in owners], events["event_id"].to_pylist())
            events = events.set_column(0, EVENT_BATCH.field("event_id"), pa.array(ids, pa.string()))

    def refuse(row: int, reason: str) -> Reject:
        return replace(chunk.refuse(row, reason), line=0)

    rejects = [replace(reject, line=0) for reject in chunk.rejects]
    return replace(chunk, events=events, rejects=rejects, refuse=refuse)


def _name_rows(delivery_ids: Sequence[str | None], made: Sequence[str]) -> list[str]:
    """Ids from deliveries' and from those made of rows (``DIGEST-NUMBER``), numbered within a delivery."""
    counted: Counter[tuple[str | None, str]] = Counter()
    ids = []
    for delivery_id, text in zip(delivery_ids, made, strict=True):
        digest = text.partition("-")[0]
        counted[delivery_id, digest] += 1
        ids.append(f"{delivery_id or 'row'}-{digest}-{counted[delivery_id, digest]}")
    return ids


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
    rejects = [
        Reject(file, 0, reason, line.decode("utf-8", "backslashreplace"), delivery.mapping) for line in delivery.lines
    ]
    return Chunk(EVENT_BATCH.empty_table(), np.zeros(0, np.int64), rejects, None, len(rejects))
