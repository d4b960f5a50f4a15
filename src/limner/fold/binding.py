"""A program at one instant: windows as limits, tests as sets of values, the population's shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from limner.fold.comparison import LOWEST, Intervals, number_intervals, time_intervals
from limner.fold.measures.code import Code
from limner.fold.measures.traits import KNOWN, TRUSTED
from limner.fold.plan import Anchor, Plan
from limner.fold.population import Population
from limner.fold.program import BASE, UNSEEN, Program, Table
from limner.fold.votes import spell_votes
from limner.fold.window import is_hourly, limits_of, limits_of_day
from limner.fold.words import word_table
from limner.model.clock import local_day, local_midnight
from limner.model.fold import PropertyTest, Selection
from limner.model.timeline import Column, Kind

RECEIVED = BASE.index("received_at")


@dataclass(frozen=True, slots=True)
class Instant:
    """When a fold is made, and with what knowledge of everybody else."""

    as_of: int
    known_at: int | None = None
    population: Population | None = None


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests of every selection, as `limner.fold.call.Call` describes them."""

    addresses: Mapping[str, int]
    """Of ``selections``, ``tests`` and ``pool``."""
    kept: tuple[npt.NDArray[np.generic], ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """What the kernel reads besides the program."""

    as_of: int
    today: int
    """as_of's local day."""
    windows: Table
    midnight: int
    """At which that day began."""
    measures: Table
    """The program's, with the population's addresses."""
    tests: Tests
    kept: tuple[npt.NDArray[np.generic], ...]
    """Arrays whose addresses are in the tables."""


def bind(
    plan: Plan,
    program: Program,
    instant: Instant,
    anchors: Mapping[tuple[str, str], npt.NDArray[np.generic]],
) -> Binding:
    """``anchors``: instants and days of the anchors' matches, by (key, part)."""
    measures, kept = _add_population(plan, program, instant.population)
    midnight = local_midnight(instant.as_of, plan.vocabulary.zone)
    return Binding(
        as_of=instant.as_of,
        today=local_day(instant.as_of, plan.vocabulary.zone),
        windows=_windows(program, instant.as_of, midnight, plan.vocabulary.zone, anchors),
        midnight=midnight,
        measures=measures,
        tests=_bind_tests(plan, program, instant.as_of if program.dated else 0, instant.known_at),
        kept=(*kept, *anchors.values()),
    )


@lru_cache(maxsize=64)
def _bind_tests(plan: Plan, program: Program, as_of: int, known_at: int | None) -> Tests:
    tests = _Tests(plan, program, as_of)
    ranges = [tests.add(selection, known_at) for selection in program.selections]
    tables = {
        "selections": np.hstack([np.array(ranges, np.int64).reshape(-1, 2), program.ranges]),
        "tests": np.array(tests.rows, np.int64).reshape(-1, 4),
        "pool": np.array(tests.pool, np.int64),
    }
    addresses = {name: table.ctypes.data for name, table in tables.items()}
    return Tests(addresses, (*tests.kept, *tables.values()))


class _Tests:
    """Collects the tests of all selections. ``known_at`` is one more test of each: received by then."""

    def __init__(self, plan: Plan, program: Program, as_of: int) -> None:
        self.plan, self.program, self.as_of = plan, program, as_of
        self.rows: list[list[int]] = []
        self.pool: list[int] = []
        self.kept: list[npt.NDArray[np.uint8]] = []

    def add(self, selection: Selection, known_at: int | None) -> tuple[int, int]:
        first = len(self.rows)
        for test in selection.where:
            column = self.plan.tested_column(test)
            place = self.program.columns.index(column.name if column else UNSEEN)
            if column is not None and column.kind is Kind.TEXT:
                self.add_words(place, test, column)
            else:
                self.add_intervals(place, self.intervals(test, column))
        if known_at is not None:
            self.add_intervals(RECEIVED, ((LOWEST, known_at),))
        return first, len(self.rows)

    def add_words(self, place: int, test: PropertyTest, column: Column) -> None:
        vocabulary = self.plan.vocabulary
        words = vocabulary.dictionaries.get(column.name, ())
        self.kept.append(word_table(test.op, test.operand, words, self.as_of, vocabulary.zone))
        self.rows.append([place, self.kept[-1].ctypes.data, 0, 0])

    def add_intervals(self, place: int, intervals: Intervals) -> None:
        self.rows.append([place, 0, len(self.pool) // 2, len(intervals)])
        self.pool += [edge for interval in intervals for edge in interval]

    def intervals(self, test: PropertyTest, column: Column | None) -> Intervals:
        if column is not None and column.kind is Kind.TIME:
            return time_intervals(test.op, test.operand, self.as_of, self.plan.vocabulary.zone)
        return number_intervals(test.op, test.operand, column.scale if column else 0)


def _windows(
    program: Program, as_of: int, midnight: int, zone: str, anchors: Mapping[tuple[str, str], npt.NDArray[np.generic]]
) -> Table:
    return (
        _windows_of_day(program, midnight, zone)
        if _is_of_day(program)
        else _limit(program, as_of, midnight, zone, anchors)
    )


@lru_cache(maxsize=64)
def _is_of_day(program: Program) -> bool:
    """Do its windows mean the same all day, and for everybody?"""
    return not any(window.anchor is not None or is_hourly(window) for window in program.windows)


@lru_cache(maxsize=64)
def _windows_of_day(program: Program, midnight: int, zone: str) -> Table:
    table = _limit(program, midnight, midnight, zone, {})
    table.flags.writeable = False
    return table


def _limit(
    program: Program, as_of: int, midnight: int, zone: str, anchors: Mapping[tuple[str, str], npt.NDArray[np.generic]]
) -> Table:
    rows = []
    for window in program.windows:
        limits = limits_of(window, as_of, zone) if is_hourly(window) else limits_of_day(window, midnight, zone)
        instants = days = 0
        if window.anchor is not None:
            key = Anchor(window.anchor, window.anchor_at).key
            instants, days = anchors[key, "values"].ctypes.data, anchors[key, "day"].ctypes.data
        rows.append([*limits[:4], instants, days, *limits[4:]])
    return np.array(rows, np.int64).reshape(-1, 8)


def _add_population(
    plan: Plan, program: Program, population: Population | None
) -> tuple[Table, list[npt.NDArray[np.generic]]]:
    """The measures with the addresses of the population's values and shares where it has weighed the fold, and of the
    votes of sources where they decide."""
    measures, weights = program.measures.copy(), {} if population is None else population.weights
    kept: list[npt.NDArray[np.generic]] = []
    if not weights and not program.traits:
        return measures, kept
    for m, key in enumerate(program.keys):
        if (known := weights.get(key)) is not None and len(known.values):
            values, shares = np.ascontiguousarray(known.values, np.int64), known.shares()
            measures[m, 9:12] = values.ctypes.data, shares.ctypes.data, len(values)
            kept += [values, shares]
        elif measures[m, 0] == Code.TRAIT and measures[m, 7] == TRUSTED:
            votes = spell_votes(key, program.traits[key], plan.vocabulary.sources, population)
            measures[m, 9:11] = votes.ctypes.data, len(votes) - KNOWN
            kept.append(votes)
    return measures, kept
