"""Portraits: a customer's folded values as people and programs read them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from limner.fold.dated import DatedColumn
from limner.fold.evidence import Ground, Grounds
from limner.fold.properties import fold_key
from limner.model.clock import iso_time, local_day
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.fold import Fold, Measure
from limner.model.portrait import Portrait, Prediction, TagReading, TagValue
from limner.model.references import tags_read
from limner.model.tag import Dated, Predicted, Quantiles, Tag


class Row(Protocol):
    """One customer's row of some columns, read at an instant."""

    @property
    def customer(self) -> int: ...

    @property
    def as_of(self) -> int: ...

    def value(self, name: str) -> TagValue: ...

    def confidence(self, name: str) -> float | None:
        """Of a measure that knows it; None = certain."""
        ...

    def code(self, name: str) -> int:
        """What is stored."""
        ...

    def spell(self, name: str, stored: int) -> TagValue:
        """How another value of the column reads, that is stored so."""
        ...


@dataclass(frozen=True, slots=True)
class FoldedRow:
    """`Row` of what a fold gave."""

    folded: Folded
    row: int
    zone: str

    @property
    def customer(self) -> int:
        return int(self.folded.customers[self.row])

    @property
    def as_of(self) -> int:
        return self.folded.as_of

    def value(self, name: str) -> TagValue:
        return read_value(self.folded.columns[name], self.row, self.folded.as_of, self.zone)

    def confidence(self, name: str) -> float | None:
        confidence = self.folded.columns[name].confidence
        return None if confidence is None else float(confidence[self.row])

    def code(self, name: str) -> int:
        return int(self.folded.columns[name].values[self.row])

    def spell(self, name: str, stored: int) -> TagValue:
        return spell_stored(self.folded.columns[name], self.zone)(stored, self.folded.as_of)


def draw_portrait(
    row: Row,
    tags: Sequence[Tag],
    identifiers: Sequence[Mapping[str, Any]],
    zone: str,
    *,
    grounds: Grounds | None = None,
    inputs: Mapping[str, Sequence[str]] | None = None,
) -> Portrait:
    """The portrait of the customer in the row, which must have every tag and all it reads.

    Without ``grounds`` (`limner.fold.evidence.find_grounds`), ``since`` and ``evidence`` are None. ``inputs``: those
    of every tag (`find_inputs`), where they are known.
    """
    painter = Painter(row, zone, find_inputs(tags) if inputs is None else inputs, grounds)
    readings = {tag.name: painter.read(tag) for tag in tags}
    return Portrait(f"c{row.customer}", iso_time(row.as_of, zone), tuple(identifiers), readings)


def find_confidence(row: Row, name: str, inputs: Mapping[str, Sequence[str]]) -> float:
    """How sure a value of the row is: a derived one as its least sure input."""
    return Painter(row, "", inputs, None).weigh(name)[0]


def find_inputs(tags: Sequence[Tag]) -> dict[str, tuple[str, ...]]:
    """The tags that each tag reads itself."""
    return {tag.name: tuple(tags_read(tag.definition)) for tag in tags}


class Painter:
    """Reads one customer's tags; what derived tags ask of others is worked out once."""

    def __init__(self, row: Row, zone: str, inputs: Mapping[str, Sequence[str]], grounds: Grounds | None) -> None:
        self.row, self.zone, self.grounds, self.inputs = row, zone, grounds, inputs
        self.firsts = grounds.firsts if grounds else frozenset()
        self.values: dict[str, TagValue] = {}
        self.times: dict[int, str] = {}
        self.known: dict[str, tuple[float, int | None]] = {}

    def read(self, tag: Tag) -> TagReading:
        value = self.value(tag.name)
        confidence, since = self.weigh(tag.name)
        if value is None:
            return TagReading(None, None, tag.layer, None, self.evidence(tag))
        said = None if since is None else self.say_time(since)
        if isinstance(tag.definition, Predicted) and said is not None:
            return Prediction(value, confidence, tag.layer, said, self.evidence(tag), said)
        return TagReading(value, confidence, tag.layer, said, self.evidence(tag))

    def value(self, name: str) -> TagValue:
        if name not in self.values:
            self.values[name] = self.row.value(name)
        return self.values[name]

    def weigh(self, name: str) -> tuple[float, int | None]:
        """(confidence, time of the last event that fed the value). A derived tag is as sure as its least sure input
        and as new as its newest."""
        if name not in self.known:
            inputs = {other: self.weigh(other) for other in self.inputs.get(name, ())}
            sure = [confidence for other, (confidence, _) in inputs.items() if self.value(other) is not None]
            own = self.row.confidence(name)
            if own is not None:
                sure.append(round(own, 4))
            newest = None
            if (column := self.dated(name)) is not None:
                newest = column.run.at
            elif self.grounds is not None:
                times = [ground.first if name in self.firsts else ground.last for ground in self.grounds.of(name)]
                known = [time for time in (*times, *(time for _, time in inputs.values())) if time is not None]
                newest = max(known, default=None)
            self.known[name] = min(sure, default=1.0), newest
        return self.known[name]

    def dated(self, name: str) -> DatedColumn | None:
        """The column its value was read from, if a run wrote it."""
        population = self.grounds.population if self.grounds else None
        return population.dated.get(name) if population else None

    def evidence(self, tag: Tag) -> dict[str, Any] | None:
        if self.grounds is None:
            return None
        grounds = [self.say(ground) for ground in self.grounds.of(tag.name)]
        if isinstance(tag.definition, Fold):
            entered = self.grounds.entries.get(tag.name)
            more = self.shares(tag.name, tag.definition) | self.candidates(tag.name, tag.definition)
            return grounds[0] | more | ({"entered": entered} if entered else {})
        if isinstance(tag.definition, Dated):
            column = self.dated(tag.name)
            return {"run": None if column is None else column.run.as_dict(self.zone)}
        if isinstance(tag.definition, Quantiles):
            return {"tags": self.inputs_read(tag.name), "bounds": self.bounds(tag.name)}
        told: dict[str, Any] = {"tags": self.inputs_read(tag.name)}
        return told | ({"did": grounds} if grounds else {})

    def inputs_read(self, name: str) -> dict[str, TagValue]:
        return {other: self.value(other) for other in self.inputs[name]}

    def bounds(self, name: str) -> list[float] | None:
        """The numbers that cut the population."""
        population = self.grounds.population if self.grounds else None
        return list(population.bounds.get(name, ())) or None if population else None

    def say_time(self, time: int) -> str:
        """Many tags rest on the same few events."""
        if time not in self.times:
            self.times[time] = iso_time(time, self.zone)
        return self.times[time]

    def say(self, ground: Ground) -> dict[str, Any]:
        first, last = (None if time is None else self.say_time(time) for time in (ground.first, ground.last))
        return {"events": list(ground.names), "count": ground.count, "first": first, "last": last}

    def shares(self, name: str, fold: Fold) -> dict[str, Any]:
        """top: the winner's share of the weight and, if lift is asked for, how that compares with everybody's."""
        share = self.row.confidence(name) if fold.measure is Measure.TOP else None
        if share is None or self.value(name) is None:
            return {}
        told: dict[str, Any] = {"share": round(share, 4)}
        if fold.evidence is not None and fold.evidence.lift > 0:
            usual = self.usual_share(fold, self.row.code(name))
            told["lift"] = round(share / usual, 4) if usual else None
        return told

    def candidates(self, name: str, fold: Fold) -> dict[str, Any]:
        """trait: what it was chosen from, the chosen value first; nothing where there was no choice, unless sources
        are trusted and so who said it matters."""
        listed = self.grounds.candidates.get(name, ()) if self.grounds else ()
        if len(listed) < (1 if fold.resolve == "trusted" else 2) or self.value(name) is None:
            return {}
        chosen = self.row.code(name)
        return {
            "candidates": [
                {
                    "value": self.row.spell(name, one.value),
                    "source": one.source,
                    "when": self.say_time(one.time),
                    "weight": one.weight,
                }
                for one in sorted(listed, key=lambda one: one.value != chosen)
            ]
        }

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
        stored: Any = column.values[int(column.offsets[row]) : int(column.offsets[row + 1])].tolist()
    else:
        stored = column.values[row].tolist()
    return spell_stored(column, zone)(stored, as_of)


def spell_stored(column: TagColumn, zone: str) -> Callable[[Any, int], TagValue]:
    """How what is stored in such a column reads at an instant: of lists and counts a Python list, else one value."""
    words, scale = column.dictionary, column.scale
    if column.since_last:
        return lambda day, as_of: None if day == NULL_NUMBER else local_day(as_of, zone) - day
    spelt: dict[ValueType, Callable[[Any, int], TagValue]] = {
        ValueType.INTEGER: lambda value, as_of: None if value == NULL_NUMBER else value,
        ValueType.DECIMAL: lambda value, as_of: None if value == NULL_NUMBER else shorten(value, scale),
        ValueType.FLOAT: lambda value, as_of: value if math.isfinite(value) else None,
        ValueType.TEXT: lambda code, as_of: None if code == NULL_CODE else words[code],
        ValueType.BOOL: lambda flag, as_of: None if flag < 0 else flag == 1,
        ValueType.TIME: lambda time, as_of: None if time == NULL_NUMBER else iso_time(time, zone),
        ValueType.TEXTS: lambda codes, as_of: [words[code] for code in codes] or None,
        ValueType.NUMBERS: lambda items, as_of: [shorten(item, scale) for item in items] or None,
        ValueType.COUNTS: lambda counts, as_of: counts if any(counts) else None,
    }
    return spelt[column.type]


def shorten(value: int, scale: int) -> int | float:
    """A decimal (times 10**scale) as the number with the fewest digits.

    >>> shorten(1_200_000, 4), shorten(1_234_500, 4)
    (120, 123.45)
    """
    unit: int = 10**scale
    whole, rest = divmod(value, unit)
    return value / unit if rest else whole
