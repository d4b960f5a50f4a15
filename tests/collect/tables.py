"""Tables of events as the reader makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from limner.model.event import EVENT_BATCH


def events_of(*rows: Mapping[str, Any]) -> pa.Table:
    """A row each: ``name``, ``properties`` and ``traits`` (objects, or texts as they are), ``id.*``."""

    def text(value: Any) -> str | None:
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def column(name: str, default: Any = None) -> Sequence[Any]:
        return [row.get(name, default) for row in rows]

    times = pa.array([1] * len(rows), pa.timestamp("us", tz="UTC"))
    table = pa.table(
        {
            "event_id": [str(number) for number in range(len(rows))],
            "source": column("source", "web"),
            "name": column("name", "view"),
            "time": times,
            "received_at": times,
            "properties": pa.array([text(value) for value in column("properties")], pa.string()),
            "traits": pa.array([text(value) for value in column("traits")], pa.string()),
        },
        schema=EVENT_BATCH,
    )
    for name in sorted({name for row in rows for name in row if name.startswith("id.")}):
        table = table.append_column(name, pa.array(column(name), pa.string()))
    return table
