"""Timelines for tests: from plain event dicts to a Slice and its Vocabulary, as the log and the timelines make them.

An event is ``{"name", "time", "customer"?, "received_at"?, "source"?, "event_id"?, "properties"?, "traits"?}``;
times are ISO texts or µs UTC, naive ones in the zone. Customers are numbers, 0 by default.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from limner.model.timeline import NULL_CODE, NULL_NUMBER, Column, Kind, Slice, Vocabulary

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SCALE = 4
Event = Mapping[str, Any]


def instant(moment: str | int, zone: str = "Asia/Shanghai") -> int:
    """µs UTC of an ISO text."""
    if isinstance(moment, int):
        return moment
    parsed = datetime.fromisoformat(moment)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(zone))
    return (aware - EPOCH) // timedelta(microseconds=1)


def local(moment: int, zone: str) -> datetime:
    return (EPOCH + timedelta(microseconds=moment)).astimezone(ZoneInfo(zone))


def values_at(event: Event, path: str) -> list[Any]:
    """What stands at a path: one value, or one per element of a list; missing is None."""
    if path == "time":
        return [event["time"]]
    root: Any = event.get("traits") if path.startswith("traits.") else event.get("properties")
    path = path.removeprefix("traits.")
    head, bracket, rest = path.partition("[]")
    found = dig(root, head)
    if not bracket:
        return [found]
    return [dig(item, rest.removeprefix(".")) if rest else item for item in (found or [])]


def dig(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def as_number(value: Any, scale: int = SCALE) -> int | None:
    """Stored form of a number: times 10**scale, half away from zero; None if it does not convert."""
    if value is None or isinstance(value, bool | Mapping | list):
        return None
    try:
        return int(Decimal(str(value)).scaleb(scale).to_integral_value(ROUND_HALF_UP))
    except InvalidOperation:
        return None


def as_word(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping | list):
        return None
    return json.dumps(int(value) if isinstance(value, float) and value == int(value) else value)


def seen_in(events: Iterable[Event], path: str) -> frozenset[str]:
    """JSON types of scalars at a path, numbers alone if nine of ten are; the 1 that unsets a trait is none of it."""
    told = [
        event
        for event in events
        if event["name"] not in ("profile_unset", "tag_unset") or not path.startswith("traits.")
    ]
    values = [value for event in told for value in values_at(event, path)]
    values = [value for value in values if value is not None and not isinstance(value, Mapping | list)]
    kinds = {bool: "boolean", int: "number", float: "number"}
    types = [kinds.get(type(value), "string") for value in values]
    if types.count("number") > 0 and len(types) - types.count("number") <= len(types) / 10:
        return frozenset({"number"})
    return frozenset(types)


@dataclass
class Timelines:
    """A slice with everything a plan asks for."""

    slice: Slice
    vocabulary: Vocabulary
    events: list[dict[str, Any]]

    def seen(self, path: str) -> frozenset[str]:
        return seen_in(self.events, path)


def build_timelines(
    events: Sequence[Event],
    paths: Iterable[tuple[str, Kind]],
    zone: str = "Asia/Shanghai",
    customers: Sequence[int] | None = None,
) -> Timelines:
    """Sorted by (customer, time, event_id). ``paths`` are promoted; ``customers`` may name some
    that have no events (their timelines are empty)."""
    complete = [complete_event(event, i, zone) for i, event in enumerate(events)]
    complete.sort(key=lambda event: (event["customer"], event["time"], event["event_id"]))
    numbers = sorted({event["customer"] for event in complete} | set(customers or ()))
    columns = [Column(f"p{i}", path, kind, SCALE) for i, (path, kind) in enumerate(sorted(paths), 1)]
    names = tuple(dict.fromkeys(event["name"] for event in complete))
    sources = tuple(dict.fromkeys(event["source"] for event in complete))
    dictionaries: dict[str, dict[str, int]] = {c.name: {} for c in columns if c.kind is Kind.TEXT}
    grains = {column.grain for column in columns} - {""}
    made = {
        grain: build_slice(complete, grain, numbers, columns, names, sources, dictionaries, zone)
        for grain in sorted(grains | {""})
    }
    whole = made.pop("")
    return Timelines(
        slice=Slice(whole.customers, whole.offsets, whole.columns, "", made),
        vocabulary=Vocabulary(
            names,
            sources,
            {(column.path, column.kind): column for column in columns},
            {name: tuple(words) for name, words in dictionaries.items()},
            zone,
        ),
        events=complete,
    )


def complete_event(event: Event, position: int, zone: str) -> dict[str, Any]:
    time = instant(event["time"], zone)
    return {
        "customer": event.get("customer", 0),
        "event_id": event.get("event_id", f"e{position:06d}"),
        "name": event["name"],
        "source": event.get("source", "web"),
        "time": time,
        "received_at": instant(event["received_at"], zone) if "received_at" in event else time,
        "properties": event.get("properties", {}),
        "traits": event.get("traits", {}),
    }


def build_slice(
    events: Sequence[dict[str, Any]],
    grain: str,
    customers: Sequence[int],
    columns: Sequence[Column],
    names: Sequence[str],
    sources: Sequence[str],
    dictionaries: dict[str, dict[str, int]],
    zone: str,
) -> Slice:
    """Rows of one grain: events, or the elements of a list; those repeat what is the event's."""
    kept = [column for column in columns if column.grain in ("", grain)]
    rows: list[tuple[dict[str, Any], int, list[Any]]] = []
    for seq, event in enumerate(events, 1):
        found = [values_at(event, column.path) for column in kept]
        length = max((len(v) for v, c in zip(found, kept) if c.grain == grain), default=0) if grain else 1
        rows += [(event, seq, [v[i if c.grain else 0] for v, c in zip(found, kept)]) for i in range(length)]
    counts = [sum(event["customer"] == number for event, _, _ in rows) for number in customers]
    days = [local(event["time"], zone) for event, _, _ in rows]
    arrays: dict[str, np.ndarray] = {
        "time": np.array([event["time"] for event, _, _ in rows], np.int64),
        "received_at": np.array([event["received_at"] for event, _, _ in rows], np.int64),
        "day": np.array([day.toordinal() - EPOCH.toordinal() for day in days], np.int32),
        "hour": np.array([day.hour for day in days], np.int8),
        "name": np.array([names.index(event["name"]) for event, _, _ in rows], np.int32),
        "source": np.array([sources.index(event["source"]) for event, _, _ in rows], np.int16),
        "seq": np.array([seq for _, seq, _ in rows], np.int64),
    }
    for i, column in enumerate(kept):
        values = [values[i] for _, _, values in rows]
        if column.kind is Kind.NUMBER:
            numbers = [as_number(value, column.scale) for value in values]
            arrays[column.name] = np.array([NULL_NUMBER if n is None else n for n in numbers], np.int64)
        else:
            codes = dictionaries[column.name]
            words = [as_word(value) for value in values]
            arrays[column.name] = np.array(
                [NULL_CODE if word is None else codes.setdefault(word, len(codes)) for word in words], np.int32
            )
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Slice(np.array(customers, np.int32), offsets, arrays, grain)
