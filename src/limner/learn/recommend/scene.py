"""Scenes: what is taken up at a time of the day and week, and at a place, more than elsewhere.

The lift of an item in a scene is its share of interactions there over everybody's, drawn toward 1 where few were seen:
``(n_is + m p_s) / ((n_i + m) p_s)`` with p_s the scene's share of all and m = `PRIOR`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

PRIOR = 20.0
HOURS = 4
"""Of a part of the day."""
PERIODS = 2 * 24 // HOURS
"""Parts of a working day, then of a day of the weekend."""
MOST_PLACES = 100
EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday."""
Ints = npt.NDArray[np.int64]
Lifts = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scenes:
    period: Lifts
    """(items, PERIODS)."""
    place: Lifts
    """(items, places)."""
    places: tuple[str, ...]

    @classmethod
    def of(
        cls,
        item: npt.NDArray[Any],
        items: int,
        day: npt.NDArray[Any],
        hour: npt.NDArray[Any],
        place: npt.NDArray[Any],
        places: Sequence[str],
    ) -> Scenes:
        """From interactions: item, local day since 1970-01-01, local hour, place (-1 = not said)."""
        counts = np.bincount(place[place >= 0], minlength=len(places))
        frequent = np.sort(np.argsort(-counts, kind="stable")[:MOST_PLACES])
        number = np.full(len(places) + 1, -1)
        number[frequent] = np.arange(len(frequent))
        return cls(
            lift(item, period_of(day, hour), items, PERIODS),
            lift(item, number[place], items, len(frequent)),
            tuple(places[one] for one in frequent.tolist()),
        )

    def at(self, items: int, period: int | None, place: str | None) -> npt.NDArray[np.float64]:
        """(items,): by how much each goes better with the scene than with any other."""
        factor = np.ones(items)
        if period is not None:
            factor = factor * self.period[:, period]
        if place is not None and place in self.places:
            factor = factor * self.place[:, self.places.index(place)]
        return factor


def period_of(day: npt.NDArray[Any], hour: npt.NDArray[Any]) -> Ints:
    weekend = (np.asarray(day, np.int64) + EPOCH_WEEKDAY) % 7 >= 5
    return np.where(weekend, PERIODS // 2, 0) + np.asarray(hour, np.int64) // HOURS


def lift(item: npt.NDArray[Any], scene: npt.NDArray[Any], items: int, scenes: int) -> Lifts:
    """(items, scenes); rows whose scene is -1 are not counted."""
    kept = scene >= 0
    table = np.bincount(item[kept] * scenes + scene[kept], minlength=items * scenes).reshape(items, scenes)
    share = table.sum(axis=0) / max(int(table.sum()), 1)
    expected = np.where(share > 0, share, 1)
    found = (table + PRIOR * share) / ((table.sum(axis=1, keepdims=True) + PRIOR) * expected)
    return np.where(share > 0, found, 1).astype(np.float32)


def parse_scene(scene: str | Mapping[str, str] | None) -> dict[str, str]:
    """As fields, from the short form too.

    >>> parse_scene("time:now,place:上海")
    {'time': 'now', 'place': '上海'}
    """
    if scene is None or isinstance(scene, Mapping):
        return dict(scene or {})
    parts = (part.partition(":") for part in scene.split(",") if part.strip())
    return {name.strip(): value.strip() for name, _, value in parts}
