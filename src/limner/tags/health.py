"""The health of tags: how many have a value, how fresh and how stable it is, whom it tells apart, who uses it, and
which other tag says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.model.column import Folded, TagColumn, ValueType
from limner.model.references import events_read, folds_read, tags_read
from limner.model.tag import Tag
from limner.tags.association import (
    correlation,
    cramers_v,
    entropy,
    equal_share,
    mutual_information,
    stability_index,
)
from limner.tags.spread import Cells, Codes, Values, count, cut, encode, read_values

ALIKE = 0.98
"""From here on two tags are said to be near-duplicates."""
SAMPLE = 10_000
"""Customers over whom tags are compared with each other."""
MOST_TWINS = 5
MOST_COMPARED = 1_000
"""Tags that are compared with each other; of more, see `choose_pairs`."""

Past = Mapping[str, Mapping[str, Any]]
"""What was found about tags a week ago, by name."""
Rest = Callable[[], None]
"""What is done between two pieces of the work."""


def hurry() -> None:
    """No rest: somebody waits."""


@dataclass(frozen=True, slots=True)
class Twin:
    """Another tag that says nearly the same."""

    tag: str
    measure: str
    """``equal``: share with the same value; ``correlation``; ``association``: Cramér's V."""
    value: float


@dataclass(frozen=True, slots=True)
class Power:
    """What a tag tells about a goal."""

    bits: float
    """Mutual information."""
    share: float
    """Of the goal's entropy: 0 = nothing, 1 = all there is to know."""


@dataclass(frozen=True, slots=True)
class Health:
    name: str
    size: int
    """Customers looked at."""
    coverage: float | None
    """Share with a value; None where nobody was looked at."""
    distinct: int
    """Different values."""
    newest: int | None
    """Time of the newest event it reads, µs UTC; None = there is none."""
    stability: float | None
    """Population stability index against a week ago; None = nothing was kept then, or it was defined otherwise."""
    power: Mapping[str, Power]
    """By goal."""
    twins: Sequence[Twin]
    cells: Cells
    counts: Sequence[int]
    digest: str
    """Of the definition."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Read:
    column: TagColumn
    values: Values
    cells: Cells
    codes: Codes


def examine_tags(
    tags: Sequence[Tag],
    digests: Mapping[str, str],
    folded: Folded,
    today: int,
    goals: Sequence[str],
    newest: Mapping[str, int],
    past: Past,
    rest: Rest = hurry,
) -> list[Health]:
    """All tags over the same customers. ``today``: the local day of as_of; ``newest``: see `newest_events`; ``rest``:
    taken between two pieces of the work, where nobody waits for it."""
    read: dict[str, _Read] = {}
    for tag in tags:
        if tag.name in folded.columns:
            read[tag.name] = _read(folded.columns[tag.name], today)
            rest()
    twins = find_twins(read, rest)
    events = events_behind(tags)
    shown = []
    for tag in tags:
        if tag.name in read:
            one, names = read[tag.name], events[tag.name]
            known = ~np.isnan(one.values)
            times = list(newest.values()) if names is None else [newest[name] for name in names if name in newest]
            shown.append(
                Health(
                    tag.name,
                    len(known),
                    float(known.mean()) if len(known) else None,
                    len(np.unique(one.values[known])),
                    max(times, default=None),
                    _stability(one, digests[tag.name], past.get(tag.name)),
                    {goal: _power(one.codes, read[goal].codes) for goal in goals if goal in read and goal != tag.name},
                    twins[tag.name],
                    one.cells,
                    count(one.codes, one.cells),
                    digests[tag.name],
                )
            )
            rest()
    return shown


def _read(column: TagColumn, today: int) -> _Read:
    values = read_values(column, today)
    cells = cut(column, values)
    return _Read(column, values, cells, encode(column, values, cells))


def _stability(one: _Read, digest: str, before: Mapping[str, Any] | None) -> float | None:
    if before is None or before["digest"] != digest:
        return None
    cells = Cells.of(before["cells"])
    return stability_index(before["counts"], count(encode(one.column, one.values, cells), cells))


def _power(tag: Codes, goal: Codes) -> Power:
    bits, all_there_is = mutual_information(tag, goal), entropy(goal)
    return Power(bits, bits / all_there_is if all_there_is else 0.0)


def find_twins(read: Mapping[str, _Read], rest: Rest = hurry) -> dict[str, list[Twin]]:
    """Pairs that are alike over a sample, for each of the two; those most alike first."""
    found: dict[str, list[Twin]] = {name: [] for name in read}
    size = len(next(iter(read.values())).codes) if read else 0
    rows = np.linspace(0, max(size - 1, 0), min(size, SAMPLE)).astype(np.int64)
    taken = {name: (one, one.values[rows], one.codes[rows]) for name, one in read.items()}
    varying = [name for name, (_, _, codes) in taken.items() if len(codes) and codes.min() != codes.max()]
    for left, right in choose_pairs(varying, {name: taken[name][2] for name in varying}):
        if alike := _alike(*taken[left], *taken[right]):
            measure, value = alike
            found[left].append(Twin(right, measure, value))
            found[right].append(Twin(left, measure, value))
        rest()
    return {name: sorted(twins, key=lambda twin: (-twin.value, twin.tag))[:MOST_TWINS] for name, twins in found.items()}


def choose_pairs(names: Sequence[str], codes: Mapping[str, Codes]) -> Iterator[tuple[str, str]]:
    """All pairs; of more tags than `MOST_COMPARED`, whose pairs would be tens of millions, each with a few of those
    that part the customers as it does, and so many that part them differently with each other."""
    if len(names) <= MOST_COMPARED:
        yield from combinations(names, 2)
        return
    alike: dict[bytes, list[str]] = {}
    for name in names:
        alike.setdefault(codes[name].tobytes(), []).append(name)
    for those in alike.values():
        for at, name in enumerate(those):
            yield from ((name, other) for other in those[at + 1 : at + 1 + MOST_TWINS])
    yield from combinations([those[0] for those in alike.values()][:MOST_COMPARED], 2)


def _alike(one: _Read, x: Values, x_codes: Codes, other: _Read, y: Values, y_codes: Codes) -> tuple[str, float] | None:
    """The first of the measures that fits both and is high."""
    texts = [each.column.type is ValueType.TEXT for each in (one, other)]
    if one.column.type is other.column.type and one.column.dictionary == other.column.dictionary:
        same = equal_share(x, y)
        if same is not None and same >= ALIKE:
            return "equal", same
    if not any(texts):
        related = correlation(x, y)
        if related is not None and abs(related) >= ALIKE and _both_often(x, y):
            return "correlation", abs(related)
    associated = cramers_v(x_codes, y_codes)
    return ("association", associated) if associated is not None and associated >= ALIKE else None


def _both_often(x: Values, y: Values) -> bool:
    """Does whoever has one have the other, as a rule? Else a few customers would speak for all."""
    one, other = ~np.isnan(x), ~np.isnan(y)
    return bool((one & other).sum() >= ALIKE * (one | other).sum())


def events_behind(tags: Sequence[Tag]) -> dict[str, set[str] | None]:
    """The events each tag rests on, through the tags it reads as well; None = all."""
    known = {tag.name: tag for tag in tags}
    found: dict[str, set[str] | None] = {}

    def look(name: str) -> set[str] | None:
        if name in found or name not in known:
            return found.get(name, set())
        found[name] = set()
        definition = known[name].definition
        named = [events_read(fold) for fold in folds_read(definition)]
        parts: list[set[str] | None] = [set(events) if events else None for events in named]
        parts += [look(other) for other in tags_read(definition)]
        found[name] = None if None in parts else set().union(*(part for part in parts if part))
        return found[name]

    for tag in tags:
        look(tag.name)
    return found


def newest_events(
    names: Sequence[str], slices: Iterable[tuple[npt.NDArray[Any], npt.NDArray[Any]]], as_of: int
) -> dict[str, int]:
    """The time of the newest event up to as_of by name. ``slices``: (code, time) of some rows each."""
    newest = np.full(len(names), np.iinfo(np.int64).min)
    for codes, times in slices:
        due = times <= as_of
        np.maximum.at(newest, codes[due], times[due])
    found: dict[str, int] = {}
    for name, time in zip(names, newest.tolist()):
        if time > np.iinfo(np.int64).min:
            found[name] = max(time, found.get(name, time))
    return found
