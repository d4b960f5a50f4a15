"""What fitted models of trees share: how they are told about, explained and kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from limner.learn.contract import Reason, Study
from limner.learn.declaration import Declaration, naming
from limner.learn.examples import read_now
from limner.learn.features import title_tags, title_values
from limner.learn.learned import read_learned, reading_files, write_learned
from limner.learn.reasons import WAYS, Speech, Ways, rank_reasons, usual_values
from limner.learn.table import Feature, Table
from limner.learn.trees import Trees, grow

Array = npt.NDArray[Any]


def grow_trees(
    declaration: Declaration, study: Study, table: Table, label: Array, customers: Array | None = None
) -> Trees:
    """`grow`, whose errors name the model."""
    with naming(declaration):
        return grow(table, label, customers, threads=study.threads, tell=study.tell)


def find_words(study: Study, table: Table) -> dict[str, Any]:
    """What reasons are told by: ``usual`` by feature, ``titles`` by tag, ``values`` by tag and value."""
    return {"usual": usual_values(table), "titles": title_tags(study), "values": title_values(study)}


class Explained(ABC):
    """A part of `Fitted`."""

    learned: Mapping[str, Any]
    """What `find_words` found, among others."""

    @property
    @abstractmethod
    def features(self) -> tuple[Feature, ...]: ...

    @abstractmethod
    def weigh(self, one: Table) -> Array:
        """How much each feature moves what is said of the one row."""

    def ways(self, one: Table) -> Ways:
        """What a feature does whose weight is over 0, and what one does whose weight is under it."""
        return WAYS

    @property
    def tags(self) -> list[str]:
        return list(dict.fromkeys(feature.tag for feature in self.features))

    def show_features(self, gains: Mapping[str, float]) -> list[dict[str, Any]]:
        """As the card has them, with their shares of what was gained."""
        titles, tags = self.learned["titles"], {feature.name: feature.tag for feature in self.features}
        return [
            {"feature": name, "share": share, "title": titles.get(tags[name], {})}
            for name, share in gains.items()
            if name in tags
        ]

    def explain(self, declaration: Declaration, study: Study, customer: int) -> list[Reason]:
        customers, table = read_now(study, declaration, self.tags, self.features)
        rows = np.flatnonzero(customers == customer)
        if not len(rows):
            return []
        one = table.take(rows[:1])
        speech = Speech(self.learned["usual"], self.learned["titles"], self.learned.get("values", {}), self.ways(one))
        return rank_reasons(self.weigh(one), one.matrix[0], self.features, speech)


class Grown(Explained):
    """Of one set of trees."""

    def __init__(self, trees: Trees, learned: Mapping[str, Any]) -> None:
        self.trees, self.learned = trees, learned

    @property
    def features(self) -> tuple[Feature, ...]:
        return self.trees.features

    def weigh(self, one: Table) -> Array:
        (weights,) = self.trees.contributions(one)
        return np.asarray(weights)

    def save(self, folder: Path) -> None:
        self.trees.save(folder)
        write_learned(folder, self.learned)

    @classmethod
    def load(cls, folder: Path) -> Self:
        trees, learned = Trees.load(folder), read_learned(folder)
        with reading_files():
            return cls(trees, learned)
