"""Who said what of a trait: what the trust in sources is learned from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from limner.fold.encode import half_life_of, is_told, name_trait
from limner.fold.fold import list_claims
from limner.fold.plan import Measurement, Plan, build_plan
from limner.fold.trust import DAY, Claims, Trust, join_claims, keep_compared, learn_trust
from limner.model.reliability import Reliabilities
from limner.model.tag import Layer, Tag
from limner.model.timeline import Slice

MOST = 200_000
"""Customers that sources are learned from: more would teach the same."""
SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Said(NamedTuple):
    """What stands of what was said of one trait."""

    values: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    """Ascending."""
    part: Slice
    """Whose rows those are: the slice, or the elements of one of its lists."""


def asks_for_trust(plan: Plan) -> dict[str, Measurement]:
    """The measurements in which the trust in sources decides, by key."""
    measured = [measurement for run in plan.passes for measurement in run.measurements]
    return {m.key: m for m in measured if m.fold.resolve == "trusted" and is_told(m.fold)}


def plan_of_claims(plan: Plan) -> Plan:
    """A plan of those alone."""
    tags = [Tag(key, Layer.FACT, measurement.fold) for key, measurement in asks_for_trust(plan).items()]
    return build_plan(tags, plan.vocabulary, plan.types)


def find_claims(plan: Plan, slice: Slice, as_of: int, known_at: int | None = None) -> dict[str, Claims]:
    """The last word of each source about each customer of the slice whom two sources or more speak of, by fold."""
    found = {}
    for key, (values, rows, part) in find_said(plan, slice, as_of, known_at).items():
        customers = np.searchsorted(part.offsets, rows, "right") - 1
        sources, times = part.columns["source"][rows].astype(np.int16), part.columns["time"][rows].astype(np.int64)
        last = np.zeros(len(rows), np.bool_)
        # Rows ascend, so that a source's last word is the first of its rows from the end.
        pairs = customers[::-1] * (1 << 16) + sources[::-1]
        last[len(rows) - 1 - np.unique(pairs, return_index=True)[1]] = True
        whole = Claims(slice.customers[customers], sources, values, times)
        found[key] = keep_compared(whole.take(np.flatnonzero(last)))
    return found


def find_said(plan: Plan, slice: Slice, as_of: int, known_at: int | None = None) -> dict[str, Said]:
    """Of every trait of the plan that sources may speak of, by fold."""
    arrays = list_claims(plan, slice, as_of, known_at)
    found = {}
    for run in plan.passes:
        part = slice.elements.get(run.grain, slice) if run.grain else slice
        for key in (m.key for m in run.measurements if (m.key, "values") in arrays):
            values, rows = (arrays[key, name].astype(np.int64) for name in ("values", "rows said"))
            found[key] = Said(values, rows, part)
    return found


def draw_some(claims: Claims, most: int = MOST) -> Claims:
    """Those of at most so many customers, the same whoever draws them from however many parts."""
    order = claims.customers.astype(np.uint64) * SPREAD
    drawn = np.unique(order)[:most]
    return claims if len(drawn) == 0 else claims.take(np.flatnonzero(order <= drawn[-1]))


def gather_claims(parts: Iterable[Mapping[str, Claims]]) -> dict[str, Claims]:
    """Those of disjoint groups of customers together, of no more than are learned from."""
    gathered: dict[str, Claims] = {}
    for part in parts:
        for key, claims in part.items():
            gathered[key] = draw_some(join_claims([gathered[key], claims]) if key in gathered else claims)
    return gathered


def learn_from(
    plan: Plan, parts: Iterable[Mapping[str, Claims]], priors: Reliabilities, midnight: int
) -> dict[str, Trust]:
    """How far the sources are believed of each trait that asks, by fold. ``parts``: of disjoint groups of customers."""
    gathered = gather_claims(parts)
    return {
        key: learn(plan, measurement, gathered[key], priors, midnight) if key in gathered else Trust()
        for key, measurement in asks_for_trust(plan).items()
    }


def learn(plan: Plan, measurement: Measurement, claims: Claims, priors: Reliabilities, midnight: int) -> Trust:
    names, trait = plan.vocabulary.sources, name_trait(measurement.fold)
    claims = claims.take(np.flatnonzero((claims.sources >= 0) & (claims.sources < len(names))))
    begun = [priors.prior(name, trait) for name in names]
    days = int(half_life_of(measurement.fold) / DAY)
    return learn_trust(join_claims([claims]), names, begun, midnight, days, priors.learn)
