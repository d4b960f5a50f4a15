"""What a tag is. Values only: `limner.model.parse` makes them, `limner.fold` computes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limner.model.condition import Condition
from limner.model.fold import Fold, Given, Scalar, Span


class Layer(StrEnum):
    FACT = "fact"
    PREDICTION = "prediction"
    MODEL = "model"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Expr:
    """Arithmetic over tags, kept as text and as its parsed tree; x / 0 and null give null."""

    text: str
    tree: ExprNode


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class TagRef:
    tag: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: str
    """``+ - * / %`` or the unary ``neg``."""
    left: ExprNode
    right: ExprNode | None = None


ExprNode = Number | TagRef | Arithmetic


@dataclass(frozen=True, slots=True)
class Tiers:
    """``when``: the value of the first branch whose condition holds, else ``otherwise`` (None = null)."""

    branches: tuple[tuple[Condition, Scalar], ...]
    otherwise: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """``if``: a boolean tag."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Predicted:
    """``model``: written by a model's runs, read as the last run <= as_of."""

    model: str
    output: str = ""
    """Which of the things it says; none = what it is for."""
    given: Given = Given.NUMBER


@dataclass(frozen=True, slots=True)
class Imported:
    """``imported``: written by imports of lists and tables, read as the last one <= as_of."""

    given: Given
    expires: Span | None = None
    """How long an import holds unless it says otherwise; None = until the next one."""


@dataclass(frozen=True, slots=True)
class Queried:
    """``sql``: written by the runs of a query, read as the last one <= as_of."""

    query: str
    """One SELECT with the columns ``customer_id`` and ``value``."""
    given: Given = Given.NUMBER
    every: Span | None = None
    """How often it is run by itself; None = when somebody asks."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """``quantiles``: which part of the population a number lies in, by the bounds of the last local midnight."""

    tag: str
    shares: tuple[float, ...]
    """Ascending, each over 0 and under 1."""
    values: tuple[Scalar, ...]
    """One more than shares: of those up to the first bound, ..., of those beyond the last."""


Dated = Predicted | Imported | Queried
"""Written by runs, each a dated column."""
Definition = Fold | Expr | Tiers | Rule | Quantiles | Dated


@dataclass(frozen=True, slots=True)
class Tag:
    """A declared tag. ``definition`` decides how it is computed, the rest how it is found and read."""

    name: str
    layer: Layer
    definition: Definition
    title: Mapping[str, str] = field(default_factory=dict)
    """Language to title, at least one of zh, en in published tags."""
    group: str | None = None
    owner: str | None = None
    description: str | None = None
    unit: str | None = None
    values: Mapping[Scalar, Mapping[str, str]] = field(default_factory=dict)
    """The values it may have, each with its title by language (none = as it is written); empty = any."""
    group_title: Mapping[str, str] = field(default_factory=dict)
    """What the group is called, by language. One of its tags suffices to say it: see `name_groups`."""

    def says(self, language: str) -> str:
        """The title in that language, else in any, else the name."""
        return self.title.get(language) or next(iter(self.title.values()), self.name)

    def says_value(self, value: Scalar, language: str) -> str:
        """What a value is called in that language, else in any, else the value."""
        titles = self.values.get(value, {})
        return titles.get(language) or next(iter(titles.values()), str(value))


def name_groups(tags: Iterable[Tag]) -> dict[str, Mapping[str, str]]:
    """What each group is called: the first of its tags that says it, counts."""
    named: dict[str, Mapping[str, str]] = {}
    for tag in tags:
        if tag.group is not None and tag.group_title:
            named.setdefault(tag.group, tag.group_title)
    return named
