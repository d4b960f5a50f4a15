"""Bounds of quantiles: the numbers that cut the population into parts, of those customers that have a number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.derive import as_doubles
from limner.fold.plan import Plan
from limner.fold.population import Population
from limner.model.clock import local_day
from limner.model.column import Folded
from limner.model.dump import dump_tag
from limner.model.references import tags_read
from limner.model.tag import Quantiles, Tag

FoldAll = Callable[[Sequence[Tag], Population], Folded]
"""Everybody's columns of these tags at the instant of the summary, with what is known of it so far."""


def asks_for_bounds(plan: Plan) -> dict[str, str]:
    """Tags with quantiles, by a key that moves with their definition and with all they are worked out from."""
    return {
        bounds_key(inputs_of(plan, tag.name)): tag.name for tag in plan.derived if isinstance(tag.definition, Quantiles)
    }


def bounds_key(tags: Sequence[Tag]) -> str:
    text = json.dumps([[tag.name, dump_tag(tag)] for tag in tags], ensure_ascii=False, sort_keys=True)
    return f"quantiles {hashlib.sha256(text.encode()).hexdigest()[:32]}"


def inputs_of(plan: Plan, name: str) -> list[Tag]:
    """The tag with all that it is worked out from, in the plan's order."""
    known = {tag.name: tag for tag in plan.tags}
    found: dict[str, Tag] = {}
    waiting = [name]
    while waiting:
        tag = known[waiting.pop()]
        if tag.name not in found:
            found[tag.name] = tag
            waiting += tags_read(tag.definition)
    return [tag for tag in plan.tags if tag.name in found]


def find_bounds(plan: Plan, population: Population, fold_all: FoldAll) -> Population:
    """The population with the bounds of every tag that asks; tags that rest on others' parts come after those."""
    waiting = {tag.name: tag.definition for tag in plan.derived if isinstance(tag.definition, Quantiles)}
    while waiting:
        ready = {
            name: quantiles
            for name, quantiles in waiting.items()
            if not any(tag.name in waiting for tag in inputs_of(plan, quantiles.tag))
        }
        wanted = {tag.name for quantiles in ready.values() for tag in inputs_of(plan, quantiles.tag)}
        folded = fold_all([tag for tag in plan.tags if tag.name in wanted], population)
        today = local_day(folded.as_of, plan.vocabulary.zone)
        found = {
            name: cut(as_doubles(folded.columns[quantiles.tag], today), quantiles.shares)
            for name, quantiles in ready.items()
        }
        population = replace(population, bounds={**population.bounds, **found})
        waiting = {name: quantiles for name, quantiles in waiting.items() if name not in ready}
    return population


def cut(numbers: npt.NDArray[Any], shares: Sequence[float]) -> tuple[float, ...]:
    """Per share the smallest number that at least that part of the customers do not exceed; none without numbers.

    >>> cut(np.array([1.0, 2.0, 3.0, 4.0, np.nan]), [0.5, 0.9])
    (2.0, 4.0)
    """
    known = np.sort(numbers[~np.isnan(numbers)])
    if not len(known):
        return ()
    # A share such as 0.3 is a little less or more than what is written: 3 of 10 are 0.3 of them.
    places = np.ceil(np.round(np.array(shares) * len(known), 6)).astype(np.int64) - 1
    return tuple(known[np.clip(places, 0, len(known) - 1)].tolist())
