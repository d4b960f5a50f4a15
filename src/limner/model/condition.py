"""Conditions over a portrait: one language for tags, audiences, triggers and filters. Two-valued: a comparison with
null is false, ``not`` of it is true."""

from __future__ import annotations

from dataclasses import dataclass

from limner.model.fold import Fold, Op, Scalar, Span


@dataclass(frozen=True, slots=True)
class TagTest:
    """A leaf over a tag: ``{value_tier: high}`` or ``{spend_90d: {gte: 500}}``."""

    tag: str
    op: Op
    operand: Scalar | Span | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Did:
    """A leaf over behaviour: a fold and a test of its value; ``sequence`` without a test asks for one match."""

    fold: Fold
    op: Op
    operand: Scalar | Span | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class InAudience:
    """A leaf over another audience: ``{audience: vips}``, or who was in one of its snapshots."""

    name: str
    snapshot: int | None = None


@dataclass(frozen=True, slots=True)
class All:
    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    item: Condition


Condition = TagTest | Did | InAudience | All | AnyOf | Not
