"""Clients that say outright who belongs together and who no longer does: 神策's ``$BindID`` and ``$UnbindID``.

An event's identifiers link by themselves. Taking them apart is a split by hand, and so is a later binding of what was
taken apart a merge by hand: both are events of the log, with the client as their author.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from limner.errors import Conflict, NotFound
from limner.identity.one_id import OneId
from limner.model.event import identifier_columns

BIND, UNBIND = "$BindID", "$UnbindID"


def follow_bindings(events: pa.Table, one_id: OneId) -> None:
    """Do what the events say, in their order. ``events`` are in the log already; following them twice changes nothing
    more."""
    told = events.filter(pc.is_in(events["name"], pa.array([BIND, UNBIND])))
    for row in told.to_pylist():
        author = f"source {row['source']}"
        if row["name"] == UNBIND:
            for key in _unbound(row["properties"]):
                _quietly(one_id.split, key, author=author, reason=UNBIND)
        else:
            keys = [f"{kind}:{row[name]}" for name, kind in identifier_columns(told).items() if row[name] is not None]
            for other in keys[1:]:
                _quietly(one_id.merge, keys[0], other, author=author, reason=BIND)


def _unbound(properties: str | None) -> list[str]:
    """The keys in ``{"unbind": [{"type", "value"}]}``."""
    found = msgspec.json.decode(properties or "{}").get("unbind")
    entries = found if isinstance(found, list) else []
    return [f"{entry.get('type')}:{entry.get('value')}" for entry in entries if isinstance(entry, dict)]


def _quietly(decide: Any, *keys: str, **why: str) -> None:
    try:
        decide(*keys, **why)
    except (Conflict, NotFound):
        return  # it is so already, or nobody has these identifiers
