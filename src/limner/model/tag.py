"""What a tag is. Values only: `limner.model.parse` makes them, `limner.fold` computes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limner.model.condition import Condition
from limner.model.fold import Fold, Scalar


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


Definition = Fold | Expr | Tiers | Rule | Predicted


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

    def says(self, language: str) -> str:
        """The title in that language, else in any, else the name."""
        return self.title.get(language) or next(iter(self.title.values()), self.name)
