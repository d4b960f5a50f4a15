"""The census: dated population summaries on disk. One is made at a local midnight, kept, and never made again.

Values of text properties are kept as words, since codes may change when a property is promoted anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from limner.fold.claims import asks_for_trust
from limner.fold.plan import Measurement, Plan
from limner.fold.population import Population, Weights
from limner.fold.quantiles import asks_for_bounds
from limner.fold.trust import Learned, Trust
from limner.model.clock import local_midnight, local_time
from limner.model.reliability import Reliabilities

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
    return bool(asks_for_lift(plan) or asks_for_bounds(plan) or asks_for_trust(plan))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan asks of a summary, by the keys under which it is kept."""

    lifts: Mapping[str, Measurement]
    bounds: Mapping[str, str]
    """To the tag."""
    trusts: Mapping[str, str]
    """To the key of the fold."""

    def keys(self) -> set[str]:
        return {*self.lifts, *self.bounds, *self.trusts}


def list_asked(plan: Plan, priors: Reliabilities) -> Asked:
    trusts = {trust_key(measurement, priors): key for key, measurement in asks_for_trust(plan).items()}
    return Asked(asks_for_lift(plan), asks_for_bounds(plan), trusts)


def trust_key(measurement: Measurement, priors: Reliabilities) -> str:
    """Moves with the fold and with what is configured: whoever writes sources.yaml anew need not wait for midnight."""
    sources = sorted((name, one.reliability, sorted(one.traits.items())) for name, one in priors.sources.items())
    text = json.dumps([measurement.key, sources, priors.learn], ensure_ascii=False)
    return f"trust {hashlib.sha256(text.encode()).hexdigest()[:32]}"


def take_census(folder: Path, plan: Plan, as_of: int, priors: Reliabilities, weigh: Weigh) -> Population | None:
    """The summary of the midnight that began as_of's day; made now for what it does not have yet. None if no tag asks.

    What a file has stays as it was made, whatever arrived since.
    """
    if not asks_anything(plan):
        return None
    midnight = local_midnight(as_of, plan.vocabulary.zone)
    with MAKING:
        kept = keep_census(folder, plan, midnight, priors, weigh)
    return read_census(plan, midnight, priors, kept)


def recall_census(folder: Path, plan: Plan, as_of: int, priors: Reliabilities) -> Population:
    """What was kept at the midnight that began as_of's day of what the plan asks for; nothing is made."""
    midnight = local_midnight(as_of, plan.vocabulary.zone)
    return read_census(plan, midnight, priors, read_kept(census_file(folder, midnight, plan.vocabulary.zone)))


def census_file(folder: Path, midnight: int, zone: str) -> Path:
    return folder / f"{local_time(midnight, zone).date().isoformat()}.json"


def read_kept(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def keep_census(folder: Path, plan: Plan, midnight: int, priors: Reliabilities, weigh: Weigh) -> dict[str, Any]:
    """What the file of a midnight has, made and added where it lacks what the plan asks for."""
    path = census_file(folder, midnight, plan.vocabulary.zone)
    kept, asked = read_kept(path), list_asked(plan, priors)
    if missing := asked.keys() - kept.keys():
        made = spell_census(plan, asked, weigh(midnight))
        kept |= {key: made[key] for key in missing}
        write_json(path, kept)
    return kept


def spell_census(plan: Plan, asked: Asked, made: Population) -> dict[str, Any]:
    """Everything the plan asks for, by key, as it is kept."""
    weights = {
        key: spell(made.weights[key], words_of(plan, measurement)) if key in made.weights else []
        for key, measurement in asked.lifts.items()
    }
    bounds = {key: list(made.bounds.get(name, ())) for key, name in asked.bounds.items()}
    return weights | bounds | {key: asdict(made.trust.get(fold, Trust())) for key, fold in asked.trusts.items()}


def read_census(plan: Plan, midnight: int, priors: Reliabilities, kept: Mapping[str, Any]) -> Population:
    """Of what is kept, what the plan asks for."""
    asked = list_asked(plan, priors)
    weights = {key: read(kept[key], words_of(plan, one)) for key, one in asked.lifts.items() if key in kept}
    bounds = {name: tuple(kept[key]) for key, name in asked.bounds.items() if key in kept}
    trust = {fold: read_trust(kept[key]) for key, fold in asked.trusts.items() if key in kept}
    return Population(midnight, weights, trust, priors, bounds)


def read_trust(kept: Mapping[str, Any]) -> Trust:
    return Trust(kept["wrong"], {name: Learned(**learned) for name, learned in kept["sources"].items()})


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
