"""Portraits: a customer's folded values as people and programs read them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from limner.fold.evidence import Ground, Grounds
from limner.fold.properties import fold_key
from limner.model.clock import iso_time, local_day
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.fold import Fold, Measure
from limner.model.portrait import Portrait, TagReading, TagValue
from limner.model.references import tags_read
from limner.model.tag import Tag

NULLS = {ValueType.TEXT: NULL_CODE, ValueType.BOOL: -1}
"""What a stored null is, where it is not NULL_NUMBER or NaN."""


def draw_portrait(
    folded: Folded,
    row: int,
    tags: Sequence[Tag],
    identifiers: Sequence[Mapping[str, Any]],
    zone: str,
    *,
    grounds: Grounds | None = None,
) -> Portrait:
    """The portrait of the customer in ``row``. Every tag, and all it reads, must have a column in ``folded``.

    Without ``grounds`` (`limner.fold.evidence.find_grounds`), ``since`` and ``evidence`` are None.
    """
    painter = _Painter(folded, row, zone, tags, grounds)
    readings = {tag.name: painter.read(tag) for tag in tags}
    customer = f"c{folded.customers[row]}"
    return Portrait(customer, iso_time(folded.as_of, zone), tuple(identifiers), readings)


class _Painter:
    """Reads one customer's tags; what derived tags ask of others is worked out once."""

    def __init__(self, folded: Folded, row: int, zone: str, tags: Sequence[Tag], grounds: Grounds | None) -> None:
        self.folded, self.row, self.zone, self.grounds = folded, row, zone, grounds
        self.tags = {tag.name: tag for tag in (*tags, *(grounds.plan.tags if grounds else ()))}
        self.known: dict[str, tuple[float, int | None]] = {}

    def read(self, tag: Tag) -> TagReading:
        value = self.value(tag.name)
        confidence, since = self.weigh(tag)
        if value is None:
            return TagReading(None, None, tag.layer, None, self.evidence(tag))
        said = None if since is None else iso_time(since, self.zone)
        return TagReading(value, confidence, tag.layer, said, self.evidence(tag))

    def value(self, name: str) -> TagValue:
        return read_value(self.folded.columns[name], self.row, self.folded.as_of, self.zone)

    def weigh(self, tag: Tag) -> tuple[float, int | None]:
        """(confidence, time of the last event that fed the value). A derived tag is as sure as its least sure input
        and as new as its newest."""
        if tag.name not in self.known:
            column = self.folded.columns[tag.name]
            inputs = {name: self.weigh(self.tags[name]) for name in tags_read(tag.definition) if name in self.tags}
            sure = [confidence for name, (confidence, _) in inputs.items() if self.value(name) is not None]
            if column.confidence is not None:
                sure.append(round(float(column.confidence[self.row]), 4))
            first = isinstance(tag.definition, Fold) and tag.definition.measure is Measure.FIRST
            own = [ground.first if first else ground.last for ground in self.grounds_of(tag)]
            times = [time for time in (*own, *(time for _, time in inputs.values())) if time is not None]
            self.known[tag.name] = min(sure, default=1.0), max(times, default=None)
        return self.known[tag.name]

    def grounds_of(self, tag: Tag) -> tuple[Ground, ...]:
        return self.grounds.of(tag.name) if self.grounds else ()

    def evidence(self, tag: Tag) -> dict[str, Any] | None:
        if self.grounds is None:
            return None
        grounds = [self.say(ground) for ground in self.grounds_of(tag)]
        if isinstance(tag.definition, Fold):
            return grounds[0] | self.shares(tag.name, tag.definition)
        told: dict[str, Any] = {"tags": {name: self.value(name) for name in tags_read(tag.definition)}}
        return told | ({"did": grounds} if grounds else {})

    def say(self, ground: Ground) -> dict[str, Any]:
        first, last = (None if time is None else iso_time(time, self.zone) for time in (ground.first, ground.last))
        return {"events": list(ground.names), "count": ground.count, "first": first, "last": last}

    def shares(self, name: str, fold: Fold) -> dict[str, Any]:
        """top: the winner's share of the weight and, if lift is asked for, how that compares with everybody's."""
        column = self.folded.columns[name]
        if fold.measure is not Measure.TOP or column.confidence is None or self.value(name) is None:
            return {}
        share = float(column.confidence[self.row])
        told: dict[str, Any] = {"share": round(share, 4)}
        if fold.evidence is not None and fold.evidence.lift > 0:
            usual = self.usual_share(fold, int(column.values[self.row]))
            told["lift"] = round(share / usual, 4) if usual else None
        return told

    def usual_share(self, fold: Fold, value: int) -> float | None:
        """The share of the weight a stored value has in the population; None where nobody made the summary."""
        population = self.grounds.population if self.grounds else None
        weights = population.weights.get(fold_key(fold)) if population else None
        return float(weights.shares()[weights.values == value].sum()) if weights else None


def read_column(column: TagColumn, as_of: int, zone: str) -> TagColumn:
    """The column as read at ``as_of``: a stored day of the last match becomes the whole local days since."""
    if not column.since_last:
        return column
    days = column.values.astype(np.int64, copy=False)
    since = np.where(days == NULL_NUMBER, NULL_NUMBER, local_day(as_of, zone) - days)
    return replace(column, values=since, since_last=False)


def read_value(column: TagColumn, row: int, as_of: int, zone: str) -> TagValue:
    """One customer's value as JSON has it; None = no value.

    Integers are int, decimals the shortest number, times ISO 8601 in the zone, hours and weekdays lists of counts.
    """
    if column.offsets is not None:
        return _read_list(column, int(column.offsets[row]), int(column.offsets[row + 1]))
    value: Any = column.values[row].tolist()
    if column.type is ValueType.COUNTS:
        return cast(list[int], value) if any(value) else None
    if value == NULLS.get(column.type, NULL_NUMBER) or not math.isfinite(value):
        return None
    read: TagValue = value
    match column.type:
        case ValueType.TEXT:
            read = column.dictionary[value]
        case ValueType.BOOL:
            read = value == 1
        case ValueType.TIME:
            read = iso_time(value, zone)
        case ValueType.DECIMAL:
            read = shorten(value, column.scale)
        case ValueType.INTEGER if column.since_last:
            read = local_day(as_of, zone) - value
    return read


def _read_list(column: TagColumn, start: int, end: int) -> TagValue:
    items: list[int] = column.values[start:end].tolist()
    if column.type is ValueType.TEXTS:
        return [column.dictionary[code] for code in items] or None
    return [shorten(item, column.scale) for item in items] or None


def shorten(value: int, scale: int) -> int | float:
    """A decimal (times 10**scale) as the number with the fewest digits.

    >>> shorten(1_200_000, 4), shorten(1_234_500, 4)
    (120, 123.45)
    """
    unit: int = 10**scale
    whole, rest = divmod(value, unit)
    return value / unit if rest else whole
