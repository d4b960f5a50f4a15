"""What a fold may know besides one customer's events: a dated summary of the population, made once and stored.

It holds, per fold that asks for lift, the weight of every value over all customers; the bounds of quantiles; how far
each source of traits is trusted; and what runs wrote of tags that no fold computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from limner.fold.dated import DatedColumn
from limner.fold.trust import Trust
from limner.model.reliability import UNCONFIGURED, Reliabilities


@dataclass(frozen=True, slots=True)
class Weights:
    """Values (codes of the property's dictionary, or stored numbers), ascending, and the weight of each."""

    values: npt.NDArray[np.int64]
    weights: npt.NDArray[np.int64]

    def shares(self) -> npt.NDArray[np.float64]:
        """The part of each value in all weight, 0..1."""
        whole = float(self.weights.sum())
        return np.clip(self.weights / whole, 0.0, 1.0) if whole > 0 else np.zeros(len(self.weights))


@dataclass(frozen=True, slots=True)
class Population:
    """A summary made at a local midnight. Dictionaries only grow, so codes keep their meaning."""

    as_of: int
    """Microseconds UTC."""
    weights: Mapping[str, Weights] = field(default_factory=dict)
    """By `limner.fold.properties.fold_key`."""
    trust: Mapping[str, Trust] = field(default_factory=dict)
    """By the key of a fold of a trait: how far its sources are believed."""
    priors: Reliabilities = UNCONFIGURED
    """How far those are believed of whom nothing was learned."""
    bounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By tag with quantiles; none = nobody had a number."""
    dated: Mapping[str, DatedColumn] = field(default_factory=dict)
    """By tag, what its last run wrote."""


def join_weights(parts: list[Weights]) -> Weights:
    """The weights of disjoint groups of customers, added up."""
    values, places = np.unique(np.concatenate([part.values for part in parts]), return_inverse=True)
    weights = np.zeros(len(values), np.int64)
    np.add.at(weights, places, np.concatenate([part.weights for part in parts]))
    return Weights(values, weights)
