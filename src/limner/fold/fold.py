"""Fold timelines into tag columns: one plan, any slice, any instant; the same bits whatever the number of threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.fold.binding import Instant, bind
from limner.fold.derive import Ground, derive
from limner.fold.encode import encode
from limner.fold.measures.code import Code
from limner.fold.plan import Measurement, Plan
from limner.fold.population import Population, Weights, join_weights
from limner.fold.presence import count_events, take_there
from limner.fold.program import ROWS, Program
from limner.fold.runs import run_for_one, run_program
from limner.fold.shape import HISTOGRAMS
from limner.model.column import Folded, TagColumn, ValueType
from limner.model.stretch import Mask
from limner.model.timeline import Slice

UNKNOWN = Population(0)
Arrays = dict[tuple[str, str], npt.NDArray[np.generic]]


def fold(
    plan: Plan,
    slice: Slice,
    as_of: int,
    known_at: int | None = None,
    population: Population | None = None,
    *,
    threads: int = 1,
) -> Folded:
    """The plan's tags for every customer of the slice, from events with time <= as_of (and received_at <= known_at).

    Without a population lift is not asked for, and tags written by runs or cut by quantiles are null. Raises
    DataError if a sum leaves int64.
    """
    return _fold(plan, slice, Instant(as_of, known_at, population), threads)[0]


def fold_present(
    plan: Plan,
    slice: Slice,
    as_of: int,
    known_at: int | None = None,
    population: Population | None = None,
    *,
    threads: int = 1,
) -> Folded:
    """The same of those customers only that exist by then."""
    return fold_those(plan, slice, as_of, known_at, population, threads=threads)[0]


def fold_those(
    plan: Plan,
    slice: Slice,
    as_of: int,
    known_at: int | None = None,
    population: Population | None = None,
    kept: Mask | None = None,
    *,
    threads: int = 1,
) -> tuple[Folded, Mask]:
    """The same of those of them who are kept (None = all); and which of the slice's customers these are."""
    folded, arrays = _fold(plan, slice, Instant(as_of, known_at, population), threads)
    # What a pass over the events has counted need not be counted again.
    if known_at is None and ("", ROWS) in arrays:
        counts = arrays["", ROWS].astype(np.int64, copy=False)
    else:
        counts = count_events(slice, as_of, known_at)
    there = counts > 0 if kept is None else (counts > 0) & kept
    return take_there(folded, counts, there), there


def _fold(plan: Plan, slice: Slice, instant: Instant, threads: int) -> tuple[Folded, Arrays]:
    arrays = _measure(plan, _programs(plan), slice, instant, threads)
    as_of, population = instant.as_of, instant.population
    measured = {
        measurement.key: _column(measurement, arrays, len(slice))
        for run in plan.passes
        for measurement in run.measurements
    }
    columns = {tag: measured[key] for tag, key in plan.keys.items()}
    known = population or UNKNOWN
    ground = Ground(columns, measured, as_of, plan.vocabulary.zone, len(slice), known.bounds)
    with np.errstate(all="ignore"):
        for tag in plan.derived:
            if tag.name in known.dated:
                columns[tag.name] = known.dated[tag.name].read(slice.customers)
            else:
                columns[tag.name] = derive(tag, plan.shapes[tag.name], ground)
    rows = int(slice.offsets[-1] - slice.offsets[0]) if len(slice) else 0
    return Folded(slice.customers, {tag.name: columns[tag.name] for tag in plan.tags}, as_of, rows), arrays


def measure(plan: Plan, slice: Slice, as_of: int, known_at: int | None = None) -> Arrays:
    """What the plan's folds give, by (`fold_key`, part), without columns made of it; nothing is derived."""
    return _measure(plan, _programs(plan), slice, Instant(as_of, known_at), threads=1)


def measure_one(plan: Plan, slice: Slice, as_of: int, known_at: int | None = None) -> dict[str, int]:
    """The same of folds that give an int64 each, for the one customer of the slice, by `fold_key`: quickly."""
    instant, anchors, numbers = Instant(as_of, known_at), Arrays(), dict[str, int]()
    for run, program in zip(plan.passes, _programs(plan), strict=True):
        binding = bind(plan, program, instant, anchors)
        if run.anchors:
            anchors |= run_program(program, binding, slice, 1)[0]
        else:
            found = run_for_one(program, binding, slice)
            numbers |= zip(_keys(program), found, strict=True)
    return numbers


@lru_cache(maxsize=64)
def _keys(program: Program) -> list[str]:
    """Of its slots."""
    return [slot.key for slot in program.slots]


def weigh(plan: Plan, slices: Iterable[Slice], as_of: int, known_at: int | None = None, threads: int = 1) -> Population:
    """The population's summary from all customers: the weights of every value, per fold that asks for lift."""
    parts: dict[str, list[Weights]] = {}
    for slice in slices:
        arrays = _measure(plan, _programs(plan, Code.TALLY), slice, Instant(as_of, known_at), threads)
        for key, part in arrays:
            if part == "weights":
                found = Weights(arrays[key, "values"].astype(np.int64), arrays[key, part].astype(np.int64))
                parts.setdefault(key, []).append(join_weights([found]))
    return Population(as_of, {key: join_weights(found) for key, found in parts.items()})


def list_claims(plan: Plan, slice: Slice, as_of: int, known_at: int | None = None) -> Arrays:
    """What stands by then of what was said of the plan's traits, by (`fold_key`, part): values, and the rows that said
    them, of the plan's grain, ascending."""
    arrays = _measure(plan, _programs(plan, Code.CLAIMS), slice, Instant(as_of, known_at), threads=1)
    return {(key, part): array for (key, part), array in arrays.items() if key}


@lru_cache(maxsize=64)
def _programs(plan: Plan, summed: Code | None = None) -> tuple[Program, ...]:
    return tuple(encode(plan, run, summed) for run in plan.passes)


def _measure(
    plan: Plan,
    programs: Sequence[Program],
    slice: Slice,
    instant: Instant,
    threads: int,
) -> Arrays:
    arrays: Arrays = {}
    for program in programs:
        binding = bind(plan, program, instant, arrays)
        made, overflows = run_program(program, binding, slice, threads)
        if overflows:
            tags = [tag for run in plan.passes for m in run.measurements if m.key in overflows for tag in m.tags]
            raise DataError(
                f"the sum behind {', '.join(tags)} leaves the range of numbers (about 9.2e14 at 4 decimal places).",
                hint="Look for absurd values in the property that is summed.",
            )
        arrays |= made
    return arrays


def _column(measurement: Measurement, arrays: Arrays, customers: int) -> TagColumn:
    key, shape = measurement.key, measurement.shape
    values = arrays[key, "values"]
    if shape.type is ValueType.COUNTS:
        return TagColumn(shape.type, values.reshape(customers, HISTOGRAMS[measurement.fold.measure]))
    offsets = None
    if shape.type in (ValueType.TEXTS, ValueType.NUMBERS):
        offsets = np.concatenate([[0], np.cumsum(arrays[key, "lengths"])]).astype(np.int64)
        values = values.astype(np.int32 if shape.type is ValueType.TEXTS else np.int64, copy=False)
    return TagColumn(
        shape.type,
        values,
        shape.scale,
        shape.dictionary,
        offsets,
        arrays.get((key, "confidence")),  # type: ignore[arg-type]
        shape.since_last,
    )
