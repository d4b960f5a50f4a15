"""The world the demo shop lives in: goods, cities, names and archetypes, read from the YAML files beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import yaml

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CHANNELS = ("web", "app", "mini", "store")
WEB, APP, MINI, STORE = range(4)
STAGES = ("新客", "成长", "成熟", "衰退", "流失")
NEW, GROWING, MATURE, FADING, LOST = range(5)
SENSITIVITIES = ("low", "mid", "high")
BRANDS_PER_CATEGORY = 6
KINDS_PER_BAND = 3


@dataclass(frozen=True, slots=True)
class World:
    """Everything fixed about the shop. Arrays are indexed by persona, category, city ... in the files' order."""

    personas: tuple[str, ...]
    persona_facts: tuple[dict[str, Any], ...]
    categories: tuple[str, ...]
    category_facts: tuple[dict[str, Any], ...]
    bands: dict[str, float]
    cities: tuple[tuple[str, str], ...]
    """(province, city)."""
    city_weights: Floats
    surnames: tuple[str, ...]
    surname_weights: Floats
    given: tuple[tuple[str, ...], tuple[str, ...]]
    """Characters of given names: men's, women's."""
    mistyped: dict[str, str]
    periods: dict[str, list[int]]
    """Part of the day to its hours."""
    day_curve: Floats
    """Chance of each hour for the shop as a whole."""

    def table(self, field: str, columns: tuple[str, ...]) -> Floats:
        """A chance per persona (rows) of each column, out of the personas' weights ``field``."""
        rows = [[float(facts[field].get(column, 0)) for column in columns] for facts in self.persona_facts]
        return shares(np.array(rows))


def shares(weights: Floats) -> Floats:
    """Weights scaled so that the last axis sums to one."""
    scaled: Floats = weights / weights.sum(axis=-1, keepdims=True)
    return scaled


def stream(seed: int, part: str) -> np.random.Generator:
    """Random numbers of one part of the shop: a change in one part leaves the others as they were."""
    return np.random.default_rng([seed, crc32(part.encode())])


def pick(rng: np.random.Generator, chances: Floats, rows: Ints) -> Ints:
    """For each row number an index drawn with the chances of that row of the table."""
    edges = np.cumsum(chances, axis=1)[:, :-1]
    drawn: Ints = (rng.random(len(rows))[:, None] >= edges[rows]).sum(axis=1)
    return drawn


@cache
def load_world() -> World:
    catalogue, geography, names, people = (_read(name) for name in ("catalogue", "geography", "names", "personas"))
    places = [(province, city, weight) for province, cities in geography.items() for city, weight in cities.items()]
    return World(
        personas=tuple(people["personas"]),
        persona_facts=tuple(people["personas"].values()),
        categories=tuple(catalogue["categories"]),
        category_facts=tuple(catalogue["categories"].values()),
        bands=catalogue["bands"],
        cities=tuple((province, city) for province, city, _ in places),
        city_weights=shares(np.array([weight for _, _, weight in places])),
        surnames=tuple(names["surnames"]),
        surname_weights=shares(np.array(list(names["surnames"].values()))),
        given=(tuple(names["male"]), tuple(names["female"])),
        mistyped=names["mistyped"],
        periods=people["periods"],
        day_curve=shares(np.array(people["day_curve"], dtype=np.float64)),
    )


def _read(name: str) -> dict[str, Any]:
    text = (files("limner.demo") / "world" / f"{name}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
