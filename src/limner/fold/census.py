"""The census: dated population summaries on disk. One is made at a local midnight, kept, and never made again.

Values of text properties are kept as words, since codes may change when a property is promoted anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from limner.fold.plan import Measurement, Plan
from limner.fold.population import Population, Weights
from limner.fold.quantiles import asks_for_bounds
from limner.model.clock import local_midnight, local_time

Weigh = Callable[[int], Population]
"""Makes the summary of an instant: a fold over everybody."""
MAKING = Lock()
"""Of two who ask for the same summary at once, the second takes what the first made."""


def asks_for_lift(plan: Plan) -> dict[str, Measurement]:
    """The measurements that compare a customer with everybody, by key."""
    measured = [measurement for run in plan.passes for measurement in run.measurements]
    return {m.key: m for m in measured if m.fold.evidence is not None and m.fold.evidence.lift > 0}


def asks_anything(plan: Plan) -> bool:
    """Does the plan need a summary of the population?"""
    return bool(asks_for_lift(plan) or asks_for_bounds(plan))


def take_census(folder: Path, plan: Plan, as_of: int, weigh: Weigh) -> Population | None:
    """The summary of the midnight that began as_of's day; made now for what it does not have yet. None if no tag asks.

    What a file has stays as it was made, whatever arrived since.
    """
    if not asks_anything(plan):
        return None
    midnight = local_midnight(as_of, plan.vocabulary.zone)
    with MAKING:
        kept = keep_census(folder, plan, midnight, weigh)
    return read_census(plan, midnight, kept)


def recall_census(folder: Path, plan: Plan, as_of: int) -> Population:
    """What was kept at the midnight that began as_of's day of what the plan asks for; nothing is made."""
    midnight = local_midnight(as_of, plan.vocabulary.zone)
    path = census_file(folder, midnight, plan.vocabulary.zone)
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    lifts = {key: one for key, one in asks_for_lift(plan).items() if key in kept}
    bounds = {name: tuple(kept[key]) for key, name in asks_for_bounds(plan).items() if key in kept}
    weights = {key: read(kept[key], words_of(plan, one)) for key, one in lifts.items()}
    return Population(midnight, weights, bounds=bounds)


def census_file(folder: Path, midnight: int, zone: str) -> Path:
    return folder / f"{local_time(midnight, zone).date().isoformat()}.json"


def keep_census(folder: Path, plan: Plan, midnight: int, weigh: Weigh) -> dict[str, Any]:
    """What the file of a midnight has, made and added where it lacks what the plan asks for."""
    path = census_file(folder, midnight, plan.vocabulary.zone)
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if missing := (asks_for_lift(plan).keys() | asks_for_bounds(plan).keys()) - kept.keys():
        made = spell_census(plan, weigh(midnight))
        kept |= {key: made[key] for key in missing}
        write_json(path, kept)
    return kept


def spell_census(plan: Plan, made: Population) -> dict[str, Any]:
    """Everything the plan asks for, by key, as it is kept."""
    weights = {
        key: spell(made.weights[key], words_of(plan, measurement)) if key in made.weights else []
        for key, measurement in asks_for_lift(plan).items()
    }
    return weights | {key: list(made.bounds.get(name, ())) for key, name in asks_for_bounds(plan).items()}


def read_census(plan: Plan, midnight: int, kept: Mapping[str, Any]) -> Population:
    weights = {key: read(kept[key], words_of(plan, one)) for key, one in asks_for_lift(plan).items()}
    bounds = {name: tuple(kept[key]) for key, name in asks_for_bounds(plan).items()}
    return Population(midnight, weights, bounds=bounds)


def words_of(plan: Plan, measurement: Measurement) -> tuple[str, ...] | None:
    """The dictionary of the measured property; None where values are numbers."""
    if measurement.column is None:
        return None
    return plan.vocabulary.dictionaries.get(measurement.column.name)


def spell(found: Weights, words: tuple[str, ...] | None) -> list[tuple[str | int, int]]:
    values = found.values.tolist()
    named: list[str | int] = values if words is None else [words[code] for code in values]
    return list(zip(named, found.weights.tolist(), strict=True))


def read(pairs: list[tuple[str | int, int]], words: tuple[str, ...] | None) -> Weights:
    """Weights by code; words the dictionary no longer has are nobody's now."""
    codes: Mapping[Any, int] = {} if words is None else {word: code for code, word in enumerate(words)}
    known = [
        (value if words is None else codes[value], weight) for value, weight in pairs if words is None or value in codes
    ]
    known.sort()
    return Weights(
        np.array([value for value, _ in known], np.int64), np.array([weight for _, weight in known], np.int64)
    )


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.new")  # jobs beside the server make summaries too
    with beside.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
