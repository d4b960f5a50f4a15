"""The shape in which events travel from the collectors to the log: one Arrow table, a row an event.

Identifiers are columns ``id.TYPE`` (text, null = absent); a second one of the same type in one event is ``id.TYPE#2``.
"""

from __future__ import annotations

import pyarrow as pa

EVENT_BATCH = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("received_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("properties", pa.string()),  # a JSON object, null = none
        pa.field("traits", pa.string()),  # a JSON object, null = none
    ]
)
"""Columns every batch has, before its ``id.*`` columns."""

IDENTIFIER_PREFIX = "id."


def identifier_columns(batch: pa.Table) -> dict[str, str]:
    """Column name to identifier type, in the batch's order.

    >>> identifier_columns(pa.table({"name": ["a"], "id.phone": ["1"], "id.phone#2": ["2"]}))
    {'id.phone': 'phone', 'id.phone#2': 'phone'}
    """
    columns = [name for name in batch.column_names if name.startswith(IDENTIFIER_PREFIX)]
    return {name: name.removeprefix(IDENTIFIER_PREFIX).split("#")[0] for name in columns}
