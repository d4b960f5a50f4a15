"""What came in together, kept as it came until somebody looks: nobody watching costs next to nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.segment import GATEWAY
from limner.errors import DataError, did_you_mean
from limner.model.event import identifier_columns
from limner.ports.rejects import Reject

LONGEST = 4_000
"""Characters of a name, a message's properties or a rejected row; the rest is not kept here."""
_CUT = ("name", "properties", "traits")
_REFUSED_IDS = {"userId": "user_id", "anonymousId": "anonymous_id", "distinct_id": "distinct_id"}
"""Members of a refused message that say who it is about."""


class Outcome(StrEnum):
    STORED = "stored"
    """It is in the log, from now or from before."""
    REFUSED = "refused"
    """It could not become an event, and is among the rejects."""
    VIOLATES = "violates"
    """It breaks the tracking plan; the plan's mode decides whether it is stored."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing that came in."""

    id: int
    """Grows by one with each, also beyond a restart though not without a gap."""
    at: str
    """When it was stored or refused: ISO 8601 in the workspace's zone."""
    source: str
    name: str | None
    """The event's; None where nothing could be read."""
    event_id: str | None
    identifiers: tuple[tuple[str, str], ...]
    """Type and value, as they were sent."""
    outcome: Outcome
    reason: str | None
    message: Mapping[str, Any] | str | None
    """Of an event its time, properties and traits; what was refused as it was, as text when it is no JSON object."""

    def as_dict(self) -> dict[str, Any]:
        """``id, at, source, name, event_id, identifiers: [{type, value}], outcome, reason, message``."""
        return {
            "id": self.id,
            "at": self.at,
            "source": self.source,
            "name": self.name,
            "event_id": self.event_id,
            "identifiers": [{"type": type, "value": value} for type, value in self.identifiers],
            "outcome": self.outcome.value,
            "reason": self.reason,
            "message": self.message,
        }


@dataclass(frozen=True)
class Lot:
    """Events and rejects that were noted at once: the last ones of them, in the order of their ids."""

    first: int
    """The id of the first."""
    at: str
    events: pa.Table
    broken: Mapping[int, str]
    """Rows of ``events`` that break the tracking plan, and how."""
    rejects: Sequence[Reject] = field(repr=False)

    def __len__(self) -> int:
        return int(self.events.num_rows) + len(self.rejects)

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        return (*self._read_events(), *self._read_rejects())

    def _read_events(self) -> Iterator[Arrival]:
        types = identifier_columns(self.events)
        for row, event in enumerate(self.events.to_pylist()):
            reason = self.broken.get(row)
            message = {"time": event["time"].isoformat()}
            message |= {part: _read_object(event[part]) for part in ("properties", "traits") if event[part]}
            yield Arrival(
                id=self.first + row,
                at=self.at,
                source=event["source"],
                name=event["name"],
                event_id=event["event_id"],
                identifiers=tuple((type, event[name]) for name, type in types.items() if event[name] is not None),
                outcome=Outcome.STORED if reason is None else Outcome.VIOLATES,
                reason=reason,
                message=message,
            )

    def _read_rejects(self) -> Iterator[Arrival]:
        for id, reject in enumerate(self.rejects, self.first + self.events.num_rows):
            message = _read_object(reject.row)
            said = message if isinstance(message, dict) else {}
            yield Arrival(
                id=id,
                at=self.at,
                source=source_of(reject),
                name=_text(said.get("event")) or _text(said.get("type")),
                event_id=_text(said.get("messageId")),
                identifiers=tuple(
                    (type, text) for name, type in _REFUSED_IDS.items() if (text := _text(said.get(name)))
                ),
                outcome=Outcome.REFUSED,
                reason=reject.reason,
                message=message,
            )


def read_outcome(text: str) -> Outcome:
    """The outcome of that name. Raises DataError."""
    try:
        return Outcome(text)
    except ValueError:
        raise DataError(f"There is no outcome {text!r}.", hint=did_you_mean(text, list(Outcome))) from None


def source_of(reject: Reject) -> str:
    return reject.file.removeprefix(GATEWAY)


def cut_events(events: pa.Table, last: int) -> pa.Table:
    """A copy of the last rows: it keeps neither the others nor long texts in memory."""
    rows = range(max(0, events.num_rows - last), events.num_rows)
    events = events.take(pa.array(rows, pa.int64()))
    for name in _CUT:
        place = events.schema.get_field_index(name)
        column = events.column(place)
        if (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST:
            events = events.set_column(place, name, pc.utf8_slice_codeunits(column, 0, LONGEST))
    return events


def cut_reject(reject: Reject) -> Reject:
    return Reject(reject.file, reject.line, reject.reason[:LONGEST], reject.row[:LONGEST])


def _read_object(text: str) -> Any:
    """The JSON object; the text itself when it is none, which one that was cut is not either."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, dict) else text


def _text(value: object) -> str | None:
    return value[:LONGEST] if isinstance(value, str) and value else None
