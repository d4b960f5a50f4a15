"""Training sets: what was known of customers at past instants, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.contract import Numbers, Study
from limner.learn.declaration import Declaration
from limner.learn.table import Feature, Table, list_features, read_table
from limner.model.column import Folded
from limner.model.tag import Layer, Rule, Tag

Array = npt.NDArray[Any]
POPULATION = "population"
Outcome = Callable[[int, Numbers], Array]
"""(instant, customers as they are called now) → what became of each by then; NaN = nobody knows."""


@dataclass(frozen=True, slots=True)
class Examples:
    """A row per customer and instant."""

    table: Table
    label: npt.NDArray[np.float64]
    customers: Numbers
    """As they are called now."""
    instants: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.label)

    @property
    def sizes(self) -> dict[str, int]:
        return {
            "rows": len(self),
            "customers": len(np.unique(self.customers)),
            "positives": int(np.count_nonzero(self.label > 0)),
        }


def population_tag(declaration: Declaration) -> list[Tag]:
    """Who the declaration is about, as a tag of its own; none = everybody."""
    if declaration.population is None:
        return []
    return [Tag(declaration.own_tag(POPULATION), Layer.FACT, Rule(declaration.population))]


def find_asked(study: Study, names: Sequence[str]) -> list[Tag]:
    known = {tag.name: tag for tag in study.asks}
    return [known[name] for name in names if name in known]


def members(folded: Folded, declaration: Declaration) -> npt.NDArray[np.int64]:
    """Rows of those whom the declaration is about."""
    column = folded.columns.get(declaration.own_tag(POPULATION))
    return np.arange(len(folded.customers)) if column is None else np.flatnonzero(column.values == 1)


def look_back(study: Study, declaration: Declaration, tags: Sequence[str], as_of: int) -> Folded:
    """Those whom the declaration is about, with these tags, as was known at an instant."""
    asked = find_asked(study, [*tags, declaration.own_tag(POPULATION)])
    folded = study.then(asked, as_of)
    return folded.take(members(folded, declaration))


def build_examples(
    study: Study,
    declaration: Declaration,
    tags: Sequence[str],
    outcome: Outcome,
    instants: Sequence[int],
    features: Sequence[Feature] | None = None,
) -> Examples:
    """``features``: those of a model that is fitted; None = all that the tags make. DataError without any row."""
    folds: list[Folded] = []
    labels: list[Array] = []
    for done, instant in enumerate(instants):
        study.tell("training set", done, len(instants))
        folded = look_back(study, declaration, tags, instant)
        now = study.called_now(folded.customers, instant)
        label = outcome(instant, now)
        known = np.flatnonzero(~np.isnan(label))
        folds.append(folded.take(known))
        labels.append(label[known])
    study.tell("training set", len(instants), len(instants))
    if not sum(len(folded.customers) for folded in folds):
        raise DataError(f"{declaration.name}: nobody is in its population at the past instants it would learn from.")
    made = tuple(features) if features is not None else list_features(folds, tags)
    tables = []
    sizes = [len(folded.customers) for folded in folds]
    customers = np.concatenate([study.called_now(folded.customers, folded.as_of) for folded in folds])
    while folds:  # each goes once it is read
        tables.append(read_table(folds.pop(0), made, study.zone).matrix)
    return Examples(
        Table(made, np.concatenate(tables)),
        np.concatenate(labels).astype(np.float64),
        customers,
        np.repeat(np.array(instants, np.int64), sizes),
    )


def read_now(
    study: Study, declaration: Declaration, tags: Sequence[str], features: Sequence[Feature]
) -> tuple[Numbers, Table]:
    """Those whom predictions are made of, as of ``study.last``."""
    folded = look_back(study, declaration, tags, study.last)
    return study.called_now(folded.customers, study.last), read_table(folded, features, study.zone)


def read_truths(study: Study, tag: Tag, as_of: int, customers: Numbers) -> Array:
    """1 and 0 for these customers; NaN for who is not there."""
    folded = study.until([tag], as_of)
    values: Array = folded.columns[tag.name].values
    places = np.searchsorted(folded.customers, customers)
    inside = np.minimum(places, max(len(folded.customers) - 1, 0))
    there = folded.customers[inside] == customers if len(folded.customers) else np.zeros(len(customers), np.bool_)
    found = np.full(len(customers), np.nan)
    found[there] = (values[inside[there]] == 1).astype(np.float64)
    return found
