"""Why a tag has its value: which events it was folded from, how many, when the first and the last.

Asked for one customer at a time, and answered by folding: every fold of a plan gets companions with the same
selection and window that count its events and take their first and last time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from limner.fold.candidates import Candidate, find_candidates
from limner.fold.encode import is_told
from limner.fold.fold import measure, measure_one
from limner.fold.inquiries import Question, Replay, list_inquiries
from limner.fold.operations import Operations, find_feeding
from limner.fold.plan import Measurement, Plan
from limner.fold.population import Population
from limner.fold.properties import TIME, list_grains
from limner.model.column import NULL_NUMBER
from limner.model.fold import Fold, Measure
from limner.model.parse_given import OWN_EVENTS
from limner.model.timeline import NULL_CODE, Column, Kind, Slice


@dataclass(frozen=True, slots=True)
class Ground:
    """The events one fold matched for one customer, in its window."""

    names: tuple[str, ...]
    """Names of those events, in the definition's order; in alphabetical order where it takes all names."""
    count: int
    first: int | None
    """µs UTC; None = no event."""
    last: int | None


NOTHING = Ground((), 0, None, None)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan's folds matched for one customer."""

    plan: Plan
    by_tag: Mapping[str, tuple[Ground, ...]]
    """Of a tag that is a fold, its own; of others, one for each behaviour its conditions ask for."""
    population: Population | None = None
    """The summary that lifts are told from."""
    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By tag whose value was entered by hand: who did, why, in which form."""
    candidates: Mapping[str, Sequence[Candidate]] = field(default_factory=dict)
    """By tag that is a trait: what was said of it."""

    def of(self, tag: str) -> tuple[Ground, ...]:
        return self.by_tag.get(tag, ())

    @property
    def firsts(self) -> frozenset[str]:
        """Tags whose value is fed by the first event they match, not by the last."""
        return _find_firsts(self.plan)


@lru_cache(maxsize=8)
def _find_firsts(plan: Plan) -> frozenset[str]:
    folds = ((tag.name, tag.definition) for tag in plan.tags)
    return frozenset(name for name, fold in folds if isinstance(fold, Fold) and fold.measure is Measure.FIRST)


def find_grounds(
    plan: Plan, slice: Slice, as_of: int, known_at: int | None = None, population: Population | None = None
) -> Grounds:
    """The grounds of every tag of the plan for the one customer of the slice."""
    counted, listed, inquiries = list_inquiries(plan)
    answers = measure_one(counted, slice, as_of, known_at)
    lists = measure(listed, slice, as_of, known_at) if listed.tags else {}
    names = _Names(plan, slice, known_at)
    by_tag: dict[str, tuple[Ground, ...]] = {}
    for measurement, tags, questions in inquiries:
        if isinstance(questions, Replay):
            taken = np.isin(slice.columns["seq"], lists[questions.listed, "values"])
            ground = _replay_trait(measurement, questions.operations, np.flatnonzero(taken), slice, plan)
        else:
            ground = _read_ground(measurement, questions, answers, names)
        alone = (ground,)
        for tag in tags:
            by_tag[tag] = (*by_tag[tag], ground) if tag in by_tag else alone
    candidates = find_candidates(plan, slice, as_of, known_at, population) if _has_told(plan) else {}
    return Grounds(plan, by_tag, population, candidates=candidates)


@lru_cache(maxsize=8)
def _has_told(plan: Plan) -> bool:
    return any(is_told(measurement.fold) for run in plan.passes for measurement in run.measurements)


def find_entries(grounds: Grounds, slice: Slice) -> dict[str, int]:
    """By tag whose value was entered by hand, the seq of that event of the slice's one customer."""
    rows, (codes, traits) = slice.columns, _find_entered(grounds.plan)
    found: dict[str, int] = {}
    if not codes or not traits or not (entered := np.isin(rows["name"], codes)).any():
        return found
    for measurement in traits:
        last = grounds.of(measurement.tags[0])[0].last
        here = np.flatnonzero(entered & (rows[TIME] == last) & _has_property(slice, measurement.column))
        if len(here):
            found |= dict.fromkeys(measurement.tags, int(rows["seq"][here[-1]]))
    return found


@lru_cache(maxsize=8)
def _find_entered(plan: Plan) -> tuple[list[int], list[Measurement]]:
    """Codes of the events values are entered with, and what may be entered."""
    traits = [m for run in plan.passes for m in run.measurements if m.fold.measure is Measure.TRAIT]
    return [code for code, name in enumerate(plan.vocabulary.names) if name in OWN_EVENTS], traits


def _read_ground(
    measurement: Measurement, questions: tuple[Question, ...], answers: Mapping[str, int], known: _Names
) -> Ground:
    matched = questions if len(questions) == 1 else [one for one in questions if answers[one.counted]]
    if len(matched) == 1:
        one = matched[0]
        if not (count := answers[one.counted]):
            return NOTHING
        span = answers[one.first], answers[one.last]
        if len(one.names) == 1:
            return Ground(one.names, count, *span)
        if not one.names:
            return Ground(known.between(measurement.column, span), count, *span)
    if not matched:
        return NOTHING
    count = sum(answers[question.counted] for question in matched)
    span = min(answers[q.first] for q in matched), max(answers[q.last] for q in matched)
    if all(question.names for question in matched):
        found = (name for q in matched for name, count in zip(q.names, q.counts, strict=True) if answers[count])
        return Ground(tuple(dict.fromkeys(found)), count, *span)
    return Ground(known.between(measurement.column, span), count, *span)


def _replay_trait(
    measurement: Measurement, operations: Operations, taken: npt.NDArray[np.intp], slice: Slice, plan: Plan
) -> Ground:
    """The events the trait's value was made of, or that took it away. ``taken``: rows of those the fold takes."""
    codes = slice.columns["name"][taken].tolist()
    present = _has_property(slice, measurement.column)[taken].tolist()
    feeding = find_feeding(operations, codes, present)
    if not feeding:
        return NOTHING
    named, wanted = {plan.vocabulary.names[codes[place]] for place in feeding}, measurement.fold.selection.names
    times = slice.columns[TIME][taken[feeding]].tolist()
    return Ground(tuple(sorted(named, key=wanted.index if wanted else None)), len(feeding), times[0], times[-1])


def _has_property(slice: Slice, column: Column | None) -> npt.NDArray[np.bool_]:
    """Per row: does the slice have the property there?"""
    if column is None or column.name not in slice.columns:
        return np.zeros(len(slice.columns[TIME]), bool)
    values = slice.columns[column.name]
    return values != (NULL_CODE if column.kind is Kind.TEXT else NULL_NUMBER)  # type: ignore[no-any-return]


class _Names:
    """Names of the customer's events in spans of time; many tags rest on the same."""

    def __init__(self, plan: Plan, slice: Slice, known_at: int | None) -> None:
        self._plan, self._slice, self._known_at = plan, slice, known_at
        self._found: dict[tuple[str | None, int, int], tuple[str, ...]] = {}

    def between(self, column: Column | None, bounds: tuple[int, int]) -> tuple[str, ...]:
        """Of those from the first to the last that have the property, in alphabetical order."""
        key = (None if column is None else column.name, *bounds)
        if key not in self._found:
            self._found[key] = self._find(column, bounds)
        return self._found[key]

    def _find(self, column: Column | None, bounds: tuple[int, int]) -> tuple[str, ...]:
        grain = _grain_of("" if column is None else column.path)
        part = self._slice.elements[grain] if grain else self._slice
        rows = part.columns
        low, high = rows[TIME].searchsorted(np.int64(bounds[0])), rows[TIME].searchsorted(np.int64(bounds[1]), "right")
        codes = rows["name"][low:high]
        if self._known_at is not None:
            known = rows["received_at"][low:high] <= self._known_at  # type: ignore[operator]
            return _sort_names(self._plan, frozenset(codes[known & self._has(part, column)[low:high]].tolist()))
        if column is not None and column.name in rows:
            codes = codes[self._has(part, column)[low:high]]
        return _sort_names(self._plan, frozenset(codes.tolist()))

    def _has(self, part: Slice, column: Column | None) -> npt.NDArray[np.bool_]:
        """Per row: has it the property? Of one that the rows do not have, and of none, all do."""
        if column is None or column.name not in part.columns:
            return np.ones(len(part.columns[TIME]), np.bool_)
        return _has_property(part, column)


@lru_cache(maxsize=4096)
def _sort_names(plan: Plan, codes: frozenset[int]) -> tuple[str, ...]:
    return tuple(sorted(plan.vocabulary.names[code] for code in codes))


@lru_cache(maxsize=1024)
def _grain_of(path: str) -> str:
    return next(iter(list_grains([path])), "")
