"""What a fold may know besides one customer's events: a dated summary of the population, made once and stored.

It holds, per fold that asks for lift, the weight of every value over all customers; the bounds of quantiles; how far
each source of traits is trusted; and what runs wrote of tags that no fold computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.dated import DatedColumn


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
    reliability: Mapping[str, float] = field(default_factory=dict)
    """Source name to how far its traits are trusted; 1 if it is not named."""
    bounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By tag with quantiles; none = nobody had a number."""
    dated: Mapping[str, DatedColumn] = field(default_factory=dict)
    """By tag, what its last run wrote."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `read_population` takes it back."""
        return {
            "as_of": self.as_of,
            "weights": {
                key: {"values": found.values.tolist(), "weights": found.weights.tolist()}
                for key, found in self.weights.items()
            },
            "reliability": dict(self.reliability),
        }


def read_population(data: Mapping[str, Any]) -> Population:
    """From the JSON object of `Population.to_json`."""
    weights = {
        key: Weights(np.array(found["values"], np.int64), np.array(found["weights"], np.int64))
        for key, found in data["weights"].items()
    }
    return Population(int(data["as_of"]), weights, {str(k): float(v) for k, v in data["reliability"].items()})


def join_weights(parts: list[Weights]) -> Weights:
    """The weights of disjoint groups of customers, added up."""
    values, places = np.unique(np.concatenate([part.values for part in parts]), return_inverse=True)
    weights = np.zeros(len(values), np.int64)
    np.add.at(weights, places, np.concatenate([part.weights for part in parts]))
    return Weights(values, weights)
