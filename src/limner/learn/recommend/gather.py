"""From timelines to interactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.learn.recommend.options import Options, Source
from limner.model.fold import Span
from limner.model.timeline import Kind, Slice, Vocabulary

Numbers = npt.NDArray[np.int64]
HOUR = 3_600_000_000
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Seen:
    """One row per interaction, in the order of the slices."""

    customer: Numbers
    item: Numbers
    """Place in ``items``."""
    items: tuple[str, ...]
    source: Numbers
    """Place among the declared sources."""
    time: Numbers
    """µs UTC."""
    day: Numbers
    hour: Numbers
    """Local."""
    place: Numbers
    """Place in ``places``; -1 = not said."""
    places: tuple[str, ...]

    def weights(self, sources: Sequence[Source]) -> npt.NDArray[np.float64]:
        return np.array([source.weight for source in sources])[self.source]


class Names:
    """Texts to places, over dictionaries of several columns."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self._read: dict[str, Numbers] = {}

    def translate(self, column: str, codes: npt.NDArray[Any], dictionary: Sequence[str]) -> Numbers:
        """Places of the texts with these codes; -1 of none."""
        known = self._read.get(column)
        if known is None or len(known) != len(dictionary) + 1:
            listed = [self.places.setdefault(text, len(self.places)) for text in dictionary]
            known = self._read[column] = np.array([*listed, -1], np.int64)  # the last is that of the code -1
        return np.asarray(known[codes], np.int64)


def gather(slices: Iterable[Slice], vocabulary: Vocabulary, options: Options, until: int | None = None) -> Seen:
    """All interactions up to an instant (µs UTC). A property that was never promoted was never seen."""
    items, places = Names(), Names()
    parts: list[list[Numbers]] = []
    for part in slices:
        for number, source in enumerate(options.sources):
            found = _read(part, vocabulary, source, options.place, items, places, until)
            if found is not None and len(found[0]):
                parts.append([found[0], found[1], np.full(len(found[0]), number), *found[2:]])
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.zeros(0, np.int64)] * 7
    customer, item, origin, time, day, hour, place = columns
    return Seen(customer, item, tuple(items.places), origin, time, day, hour, place, tuple(places.places))


def _read(
    part: Slice,
    vocabulary: Vocabulary,
    source: Source,
    where: str | None,
    items: Names,
    places: Names,
    until: int | None,
) -> list[Numbers] | None:
    column = vocabulary.columns.get((source.item, Kind.TEXT))
    if column is None:
        return None
    rows = part.elements.get(column.grain) if column.grain else part
    if rows is None or column.name not in rows.columns:
        return None
    codes = [code for code, name in enumerate(vocabulary.names) if name == source.event]
    named, time = rows.columns[column.name].astype(np.int64), rows.columns["time"].astype(np.int64, copy=False)
    mask = np.isin(rows.columns["name"], codes) & (named >= 0)
    if until is not None:
        mask &= time <= until
    chosen = np.flatnonzero(mask)
    customer = np.repeat(rows.customers, np.diff(rows.offsets))[chosen].astype(np.int64)
    item = items.translate(column.name, named[chosen], vocabulary.dictionaries[column.name])
    said = vocabulary.columns.get((where, Kind.TEXT)) if where else None
    if said is not None and said.name in rows.columns:
        stood = places.translate(said.name, rows.columns[said.name][chosen], vocabulary.dictionaries[said.name])
    else:
        stood = np.full(len(chosen), -1)
    basic = [rows.columns[name][chosen].astype(np.int64) for name in ("time", "day", "hour")]
    return [customer, item, *basic, stood]


def find_excluded(seen: Seen, options: Options, now: int) -> npt.NDArray[np.bool_]:
    """Which interactions keep their item from being offered at an instant again."""
    if options.exclude is None:
        most = max(source.weight for source in options.sources)
        return np.array([source.weight == most for source in options.sources])[seen.source]
    since = np.full(len(options.sources), np.iinfo(np.int64).max)
    for number, source in enumerate(options.sources):
        if (span := options.exclude.get(source.event)) is not None:
            since[number] = now - micros_of(span)
    return np.asarray(seen.time > since[seen.source], np.bool_)


def micros_of(span: Span) -> int:
    return span.length * (DAY if span.unit == "d" else HOUR)
