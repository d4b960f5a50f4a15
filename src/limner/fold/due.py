"""When a portrait changes although nothing happens: an event leaves a window of hours, a day ends, an instant passes.

A fold is a function of the events up to as_of, of windows counted back from as_of, and of dates compared with as_of.
So between two looks a customer's values can only differ if as_of has crossed an *edge*: the time of an event (or a
date it holds, or a tag's) plus an offset that a definition names. What counts in days moves at local midnight, for
everybody. Edges are found generously: one too many costs a fold, one too few would leave a value stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.compiled import kernel
from limner.fold.comparison import DATED
from limner.fold.dates import DAY, HOUR, read_moment, start_of_day
from limner.fold.plan import Plan
from limner.fold.properties import TIME, fold_key, list_grains
from limner.model.clock import local_day
from limner.model.column import NULL_NUMBER, Folded, TagColumn, ValueType
from limner.model.condition import Did, TagTest
from limner.model.fold import Fold, Measure, PropertyTest, Span, Window
from limner.model.references import conditions_in, leaves, selections_read
from limner.model.timeline import Column, Kind, Slice

Instants = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
NEVER = np.iinfo(np.int64).max
CLOCK_SHIFTS = tuple(range(-HOUR, HOUR + 1, HOUR // 2))
"""The same wall clock some days earlier is that many hours earlier, or as much as clocks were put forward or back."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A promoted property that selections compare with as_of."""

    column: str
    kind: Kind
    grain: str
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the values of a plan may change by themselves; offsets in µs."""

    events: tuple[int, ...]
    """Counted from the time of any event; 0: an event whose time is yet to come."""
    clocks: tuple[int, ...]
    """Counted from local midnight, for everybody."""
    properties: tuple[Dated, ...]
    tags: Mapping[str, tuple[int, ...]]
    """Counted from the instant a tag has as its value."""

    @property
    def are_everybodys(self) -> bool:
        """Is nobody due before everybody is, once all events there are have happened?"""
        return self.events == (0,) and not self.properties and not self.tags


def find_edges(plan: Plan) -> Edges:
    """All edges of a plan."""
    folds = [measurement.fold for run in plan.passes for measurement in run.measurements]
    events, clocks = {0}, {0}
    behaviour = list(_dated_behaviour(plan))
    events.update(offset for path, _, offsets in behaviour if path == TIME for offset in offsets)
    for fold in folds:
        events.update(_window_offsets(fold.window))
        clocks.update(_window_clocks(fold.window))
        if fold.measure is Measure.SEQUENCE and fold.steps[-1].absent and fold.span and fold.span.unit == "h":
            events.update((fold.span.length * HOUR, fold.span.length * HOUR + 1))
    measured = [Dated(c.name, c.kind, _grain(path), offsets) for path, c, offsets in behaviour if c and path != TIME]
    properties = (*_dated_properties(plan, folds), *measured)
    return Edges(tuple(sorted(events)), tuple(sorted(clocks)), properties, _dated_tags(plan))


def next_for_all(edges: Edges, as_of: int, zone: str) -> int:
    """The first instant after ``as_of`` at which everybody is due."""
    today = local_day(as_of, zone)
    instants = (start_of_day(day, zone) + clock for day in range(today - 1, today + 2) for clock in edges.clocks)
    return min(instant for instant in instants if instant > as_of)


def look_ahead(
    edges: Edges, plan: Plan, slice: Slice, folded: Folded, there: Mask, kept: Mask | None = None
) -> tuple[Instants, dict[int, int]]:
    """When the customers of a slice are due: those ``there``, who were folded, in their order; and, by their numbers,
    the others that are ``kept`` (None = all), whose first event is yet to come."""
    due, ahead = next_due(edges, plan, slice, folded.as_of, is_over(slice, folded, kept)), dict[int, int]()
    if len(folded.customers) < len(slice):
        missing = ~there if kept is None else kept & ~there
        ahead = dict(zip(slice.customers[missing].tolist(), due[missing].tolist(), strict=True))
        due = due[there]
    lower_to_tags(edges, folded.columns, folded.as_of, plan.vocabulary.zone, due)
    return due, ahead


def is_over(slice: Slice, folded: Folded, kept: Mask | None) -> bool:
    """Is nothing yet to come of those who are kept (None = all), and were folded?"""
    rows = slice.offsets[-1] if kept is None else np.diff(slice.offsets)[kept].sum()
    return bool(folded.events == rows)


def next_due(edges: Edges, plan: Plan, slice: Slice, as_of: int, over: bool = False) -> Instants:
    """Per customer of the slice the first instant after ``as_of`` at which an event, or a date in one, crosses an
    edge; `NEVER` = not before everybody's next. ``over``: no event is later than ``as_of``."""
    due = np.full(len(slice), NEVER, np.int64)
    times = slice.columns[TIME].astype(np.int64, copy=False)
    for offset in edges.events:
        if offset > 0 or not over:
            first_after(times, slice.offsets, as_of - offset, offset, due)
    for dated in edges.properties:
        part = slice.elements.get(dated.grain) if dated.grain else slice
        if part is None or dated.column not in part.columns or not part.offsets[-1]:
            continue
        for instants in _instants_of(dated, part, plan):
            _note_rows(instants, part.offsets, dated.offsets, as_of, due)
    return due


def lower_to_tags(edges: Edges, columns: Mapping[str, TagColumn], as_of: int, zone: str, due: Instants) -> None:
    """The same for the dates that tags have as their values: lowers ``due``, which is of the columns' customers."""
    for tag, offsets in edges.tags.items():
        for instants in _instants_in(columns[tag], zone):
            for offset in offsets:
                _note(instants, offset, as_of, due)


@kernel
def first_after(times: Instants, ends: Instants, instant: int, offset: int, due: Instants) -> None:
    """Lowers each customer's due to the first of its times after ``instant``, plus the offset."""
    for i in range(len(due)):
        row = ends[i + 1] - 1
        while row >= ends[i] and times[row] > instant:
            due[i] = min(due[i], times[row] + offset)
            row -= 1


def _note(instants: Instants, offset: int, as_of: int, due: Instants) -> None:
    ahead = (instants != NULL_NUMBER) & (instants > as_of - offset)
    np.minimum(due, np.where(ahead, instants + offset, NEVER), out=due)


def _note_rows(instants: Instants, ends: Instants, offsets: Sequence[int], as_of: int, due: Instants) -> None:
    """The same for a value per row: a customer's first counts."""
    filled = np.flatnonzero(np.diff(ends))
    for offset in offsets:
        ahead = (instants != NULL_NUMBER) & (instants > as_of - offset)
        candidates = np.where(ahead, instants + offset, NEVER)
        due[filled] = np.minimum(due[filled], np.minimum.reduceat(candidates, ends[:-1][filled]))


def _window_offsets(window: Window) -> Iterator[int]:
    """Events enter and leave a window that much after their time; one counted from an anchor never moves."""
    if window.anchor is not None or window.between is not None:
        return
    before: Iterable[int] = (0,)
    if window.before is not None:
        length = window.before.length
        before = (length * HOUR,) if window.before.unit == "h" else [length * DAY + shift for shift in CLOCK_SHIFTS]
        yield from before
    if window.within is not None and window.within.unit == "h":
        yield from (start + window.within.length * HOUR for start in before)


def _window_clocks(window: Window) -> Iterator[int]:
    """Days counted back from some hours ago change that long after midnight."""
    if window.before is not None and window.before.unit == "h" and window.within and window.within.unit == "d":
        hours = window.before.length * HOUR
        yield from (part for part in (hours % DAY, *(hours % DAY + shift for shift in CLOCK_SHIFTS)) if part >= 0)


def _span_offsets(test: PropertyTest | TagTest | Did) -> tuple[int, ...]:
    """A date is passed by as_of, or by as_of less or plus the span. What counts in days moves at midnight."""
    operand = test.operand
    hours = operand.length * HOUR if isinstance(operand, Span) and operand.unit == "h" else 0
    return (0,) if not hours else (-hours, -hours + 1, 0, hours)


def _dated_properties(plan: Plan, folds: Iterable[Fold]) -> Iterator[Dated]:
    tests = [test for fold in folds for selection in selections_read(fold) for test in selection.where]
    for test in dict.fromkeys(test for test in tests if test.op in DATED):
        column = plan.tested_column(test)
        if column is not None:
            yield Dated(column.name, column.kind, _grain(test.path), _span_offsets(test))


def _grain(path: str) -> str:
    return next(iter(list_grains([path])), "")


def _dated_leaves(plan: Plan) -> Iterator[TagTest | Did]:
    for tag in plan.derived:
        for condition in conditions_in(tag.definition):
            yield from (leaf for leaf in leaves(condition) if leaf.op in DATED)


def _dated_behaviour(plan: Plan) -> Iterator[tuple[str, Column | None, tuple[int, ...]]]:
    """What folds inside conditions measure to compare it with as_of: its path, its column, the offsets."""
    columns = {m.key: m.column for run in plan.passes for m in run.measurements}
    for leaf in _dated_leaves(plan):
        if isinstance(leaf, Did) and leaf.fold.path is not None:
            yield leaf.fold.path, columns[fold_key(leaf.fold)], _span_offsets(leaf)


def _dated_tags(plan: Plan) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for leaf in _dated_leaves(plan):
        if isinstance(leaf, TagTest):
            found[leaf.tag] = (*found.get(leaf.tag, ()), *_span_offsets(leaf))
    return found


def _instants_of(dated: Dated, part: Slice, plan: Plan) -> tuple[Instants, ...]:
    values: Any = part.columns[dated.column]
    if dated.kind is not Kind.TEXT:
        return (values.astype(np.int64, copy=False), values.astype(np.int64, copy=False) + 1)
    return _moments(plan.vocabulary.dictionaries.get(dated.column, ()), values, plan.vocabulary.zone)


def _instants_in(column: TagColumn, zone: str) -> tuple[Instants, ...]:
    """The instants a tag's values are, first and just passed; none for what is no date."""
    values: Any = column.values
    if column.type is ValueType.TIME:
        return values, np.where(values == NULL_NUMBER, NULL_NUMBER, values + 1)
    if column.type is ValueType.TEXT:
        return _moments(column.dictionary, values, zone)
    return ()


def _moments(words: Sequence[str], codes: npt.NDArray[np.int32], zone: str) -> tuple[Instants, Instants]:
    """First instant of the dates that codes spell, and the first one past them; null where a word is none."""
    used, places = np.unique(codes, return_inverse=True)
    read = [None if code < 0 else read_moment(words[code], zone) for code in used.tolist()]
    begins = np.array([NULL_NUMBER if moment is None else moment[0] for moment in read], np.int64)
    passed = np.array([NULL_NUMBER if moment is None else moment[1] + 1 for moment in read], np.int64)
    return begins[places], passed[places]
