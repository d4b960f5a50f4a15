"""From a pass of a plan to its program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from limner.fold.classes import classify, name_table
from limner.fold.comparison import DATED, HIGHEST, NULL, number_intervals
from limner.fold.dates import HOUR
from limner.fold.measures.code import Code
from limner.fold.measures.traits import FREQUENT, LATEST, TRUSTED
from limner.fold.operations import Operations, operations_of
from limner.fold.plan import TIME_COLUMN, Anchor, Measurement, Pass, Plan
from limner.fold.program import ABSENT, BASE, NUMBER, ROWS, UNSEEN, Program, Slot, Table
from limner.fold.shape import DTYPES, HISTOGRAMS
from limner.fold.spelling import Spelling, spell
from limner.fold.window import hull_of
from limner.fold.words import as_text, code_of
from limner.model.column import ValueType
from limner.model.fold import Fold, Measure, Op, Selection, Window
from limner.model.timeline import Column, Kind, Vocabulary

CODES: Mapping[Measure, Code] = {
    Measure.COUNT: Code.COUNT,
    Measure.SUM: Code.SUM,
    Measure.AVG: Code.AVG,
    Measure.MIN: Code.LOWEST,
    Measure.MAX: Code.HIGHEST,
    Measure.MEDIAN: Code.MEDIAN,
    Measure.FIRST: Code.FIRST,
    Measure.LAST: Code.LAST,
    Measure.DISTINCT: Code.DISTINCT,
    Measure.DAYS: Code.DAYS,
    Measure.STREAK: Code.STREAK,
    Measure.TOP: Code.TOP,
    Measure.SHARE: Code.SHARE,
    Measure.LIST: Code.LIST,
    Measure.HOURS: Code.HOURS,
    Measure.WEEKDAYS: Code.WEEKDAYS,
    Measure.INTERVAL: Code.INTERVAL,
    Measure.SINCE: Code.LAST_DAY,
    Measure.TRAIT: Code.TRAIT,
}
PARTS = {Code.TALLY: "weights", Code.CLAIMS: "rows said"}
"""What stands beside the values of a summary."""
ORDERING = frozenset({Code.LOWEST, Code.HIGHEST, Code.TOP, Code.TRAIT})
"""Codes that may ask which of two words is smaller."""
WAYS = {"latest": LATEST, "trusted": TRUSTED, "frequent": FREQUENT}
MEASURE_WIDTH = 12
"""Cells of a measure: see `limner.fold.kernel.run_measure`."""


class Job(NamedTuple):
    """A measure before it has its place in the tables."""

    key: str
    code: Code
    operations: int
    """An address, 0 = none."""
    selection: int
    column: int
    weight: int
    window: int
    measurement: Measurement | None = None


def encode(plan: Plan, run: Pass, summed: Code | None = None) -> Program:
    """``summed``: what a summary of the population is made of instead: the weights of values (`Code.TALLY`) of folds
    that ask for lift, or what was said (`Code.CLAIMS`) of traits."""
    encoder = _Encoder(plan, run.grain)
    for anchor in run.anchors:
        encoder.add_anchor(anchor)
    for measurement in run.measurements:
        if summed is not None:
            if SUMMED[summed](measurement.fold):
                encoder.add(measurement, summed)
        elif measurement.fold.measure is Measure.SEQUENCE:
            encoder.add_sequence(measurement)
        else:
            encoder.add(measurement, CODES[measurement.fold.measure])
    return encoder.finish()


def asks_lift(fold: Fold) -> bool:
    """Does the fold compare with the population?"""
    return fold.measure is Measure.TOP and fold.evidence is not None and fold.evidence.lift > 0


def is_told(fold: Fold) -> bool:
    """Is it a trait, of which several sources may speak?"""
    return fold.measure is Measure.TRAIT and fold.hand is None


SUMMED: Mapping[Code, Callable[[Fold], bool]] = {Code.TALLY: asks_lift, Code.CLAIMS: is_told}
"""Which folds a summary is made for."""


class _Encoder:
    """Collects what measures need, each once, then lays it out so that what belongs together stands together."""

    def __init__(self, plan: Plan, grain: str) -> None:
        self.plan, self.vocabulary, self.grain = plan, plan.vocabulary, grain
        self.columns = {name: i for i, name in enumerate(BASE)}
        self.sizes = [NUMBER] * len(BASE)
        self.windows: dict[Window, int] = {}
        self.selections: dict[str, tuple[int, Selection]] = {}
        self.jobs: list[Job] = []
        self.sequences: list[list[int]] = []
        self.steps: list[tuple[int, int]] = []
        self.slots = [Slot(grain, ROWS, np.int64)]
        self.cursors = 0
        self.spellings: dict[str, Spelling] = {}
        self.operations: dict[bytes, Operations] = {}

    def column(self, column: Column | None) -> int:
        name = UNSEEN if column is None else column.name
        if name not in self.columns:
            self.columns[name] = len(self.sizes)
            text = column is not None and column.kind is Kind.TEXT
            self.sizes.append(len(self.vocabulary.dictionaries.get(name, ())) if text else NUMBER)
        return self.columns[name]

    def window(self, window: Window) -> int:
        return self.windows.setdefault(window, len(self.windows))

    def selection(self, selection: Selection) -> int:
        for test in selection.where:
            self.column(self.plan.tested_column(test))
        return self.selections.setdefault(repr(selection), (len(self.selections), selection))[0]

    def add_anchor(self, anchor: Anchor) -> None:
        first = anchor.at == "first"
        selection, window = self.selection(anchor.selection), self.window(Window())
        instant, day = (Code.FIRST, Code.FIRST_DAY) if first else (Code.LAST, Code.LAST_DAY)
        self.jobs.append(Job(anchor.key, instant, 0, selection, self.column(TIME_COLUMN), ABSENT, window))
        self.jobs.append(Job(anchor.key, day, 0, selection, ABSENT, ABSENT, window))

    def add(self, measurement: Measurement, code: Code) -> None:
        fold = measurement.fold
        column = ABSENT if fold.path is None else self.column(measurement.column)
        weight = ABSENT if fold.weight is None else self.column(measurement.weight)
        selection, window = self.selection(fold.selection), self.window(fold.window)
        operations = operations_of(measurement, self.vocabulary.names)
        place = 0
        if operations is not None:
            place = self.operations.setdefault(operations.tobytes(), operations).ctypes.data
        self.jobs.append(Job(measurement.key, code, place, selection, column, weight, window, measurement))

    def add_sequence(self, measurement: Measurement) -> None:
        fold, first, positive = measurement.fold, len(self.steps), -1
        for step in fold.steps:
            positive += not step.absent
            # What must not happen before the first step has no meaning and is left out.
            if positive >= 0:
                self.steps.append((self.selection(step.selection), positive + 32 if step.absent else positive))
        same = ABSENT
        if fold.same is not None:
            same = self.column(self.vocabulary.columns.get((fold.same, self.plan.kinds[fold.same])))
        days = fold.span.length if fold.span and fold.span.unit == "d" else 0
        micros = fold.span.length * HOUR if fold.span and fold.span.unit == "h" else 0
        self.slots.append(Slot(measurement.key, "values", np.int64))
        self.sequences.append(
            [
                self.window(fold.window),
                len(self.slots) - 1,
                positive + 1,
                fold.steps[-1].absent,
                same,
                days,
                micros,
                first,
                len(self.steps),
            ]
        )

    def finish(self) -> Program:
        order = sorted(self.jobs, key=lambda job: (job.selection, job.column, job.weight, job.operations, job.window))
        selections = tuple(selection for _, selection in self.selections.values())
        names = name_table(selections, self.vocabulary.names)
        classes, sources = classify(selections, names)
        windows = tuple(self.windows)
        ranges = np.zeros((len(selections), 4), np.int64)
        ranges[:, 2] = sources
        ranges[:, 3] = [
            hull_of(windows, {job.window for job in order if job.selection == s}) for s in range(len(selections))
        ]
        series: list[list[int]] = []
        measures = np.zeros((len(order), MEASURE_WIDTH), np.int64)
        factors = np.zeros((len(order), 3))
        last = None
        for m, job in enumerate(order):
            if last is None or last.selection != job.selection:
                ranges[job.selection, :2] = len(series)
            if last is None or last[2:6] != job[2:6]:
                hull = hull_of(windows, {other.window for other in order if other[2:6] == job[2:6]})
                series.append([job.column, job.weight, m, m, hull, job.operations])
                ranges[job.selection, 1] = len(series)
            series[-1][3] = m + 1
            measures[m], factors[m] = self.lay_out(job)
            last = job
        return Program(
            grain=self.grain,
            columns=tuple(self.columns),
            sizes=np.array(self.sizes, np.int64),
            windows=windows,
            selections=selections,
            ranges=ranges,
            names=names,
            classes=classes,
            class_count=int(classes.max()) + 1,
            series=_table(series, 6),
            measures=measures,
            factors=factors,
            sequences=_table(self.sequences, 9),
            steps=_table(self.steps, 2),
            slots=tuple(self.slots),
            keys=tuple(job.key for job in order),
            traits={
                job.key: name_trait(job.measurement.fold) for job in order if job.code == Code.TRAIT and job.measurement
            },
            dated=any(test.op in DATED for selection in selections for test in selection.where),
            kept=(*self.spellings.values(), *self.operations.values()),
        )

    def lay_out(self, job: Job) -> tuple[list[int], tuple[float, float, float]]:
        """The cells of a measure: code, window, output, size, second output, letters, ends, parameter, cursor or
        operations; the population's three are filled in when a fold begins."""
        size, letters, ends, parameter, cursor, extra, operations = 0, 0, 0, 0, 0, 0, 0
        factors = (1.0, 0.0, 0.0)
        output = len(self.slots)
        measurement = job.measurement
        if measurement is None:
            self.slots.append(Slot(job.key, "day" if job.column == ABSENT else "values", np.int64))
        elif job.code in (Code.LIST, *SUMMED):
            cursor, self.cursors = self.cursors, self.cursors + 1
            parameter = measurement.fold.limit or HIGHEST
            second = ("lengths", 1, -1) if job.code is Code.LIST else (PARTS[job.code], 0, cursor)
            self.slots.append(Slot(job.key, "values", np.int64, 0, cursor, parameter))
            self.slots.append(Slot(job.key, second[0], np.int64, *second[1:]))
            extra = output + 1
            operations = job.operations if job.code is Code.CLAIMS else 0
        else:
            shape, fold = measurement.shape, measurement.fold
            self.slots.append(Slot(job.key, "values", DTYPES[shape.type], HISTOGRAMS.get(fold.measure, 1)))
            size = 1 if shape.type is ValueType.TEXT else 0
            if job.code in (Code.TOP, Code.TRAIT):
                extra = output + 1
                self.slots.append(Slot(job.key, "confidence", np.float32))
            if job.code in ORDERING and size:
                letters, ends = self.spelling(measurement.column, shape.dictionary)
            parameter, factors = _parameters(measurement, self.vocabulary)
            cursor = job.operations
        cells = [job.code, job.window, output, size, extra, letters, ends, parameter, cursor, operations, 0, 0]
        return cells, factors

    def spelling(self, column: Column | None, words: tuple[str, ...]) -> tuple[int, int]:
        name = UNSEEN if column is None else column.name
        if name not in self.spellings:
            self.spellings[name] = spell(words)
        return self.spellings[name].letters.ctypes.data, self.spellings[name].ends.ctypes.data


def _parameters(measurement: Measurement, vocabulary: Vocabulary) -> tuple[int, tuple[float, float, float]]:
    fold, column = measurement.fold, measurement.column
    scale = column.scale if column else 0
    if fold.measure in (Measure.AVG, Measure.MEDIAN):
        return 0, (10.0**scale, 0.0, 0.0)
    if fold.measure is Measure.TOP and fold.evidence is not None:
        return 0, (float(fold.evidence.times), fold.evidence.share, fold.evidence.lift)
    if fold.measure is Measure.TRAIT:
        return WAYS[fold.resolve], (half_life_of(fold), 0.0, 0.0)
    if fold.measure is Measure.SHARE and column is not None and fold.value is not None:
        return _wanted(measurement, column, vocabulary), (1.0, 0.0, 0.0)
    return 0, (1.0, 0.0, 0.0)


def name_trait(fold: Fold) -> str:
    """As people and sources.yaml call it."""
    return (fold.path or "").removeprefix("traits.")


def half_life_of(fold: Fold) -> float:
    """µs; 0 = nothing ages."""
    return float(fold.fades_after * 24 * HOUR)


def _wanted(measurement: Measurement, column: Column, vocabulary: Vocabulary) -> int:
    """share: the stored value asked for; NULL, which no event of a series has, if it cannot be stored."""
    value = measurement.fold.value
    if value is None or column.kind is Kind.TIME:
        return NULL
    if column.kind is Kind.TEXT:
        code = code_of(as_text(value), vocabulary.dictionaries.get(column.name, ()))
        return NULL if code is None else code
    intervals = number_intervals(Op.EQ, value, column.scale)
    return intervals[0][0] if intervals else NULL


def _table(rows: Sequence[Sequence[int]], width: int) -> Table:
    return np.array(rows, np.int64).reshape(len(rows), width)
