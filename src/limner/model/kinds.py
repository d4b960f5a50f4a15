"""Kinds of tag values as far as a definition tells them, and tests that can never fit them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from limner.errors import did_you_mean
from limner.model.condition import Did, TagTest
from limner.model.expression import names_in
from limner.model.fold import Fold, Given, Measure, Op, Scalar, Span
from limner.model.references import conditions_in, leaves
from limner.model.tag import Definition, Expr, Imported, Predicted, Quantiles, Queried, Rule, Tag, Tiers


class ValueKind(StrEnum):
    NUMBER = "a number"
    TEXT = "text"
    TRUTH = "true or false"
    TIME = "a time"
    LIST = "a list"
    COUNTS = "a row of counts"
    UNKNOWN = "unknown until data is seen"


FIXED = {
    Measure.HOURS: ValueKind.COUNTS,
    Measure.WEEKDAYS: ValueKind.COUNTS,
    Measure.LIST: ValueKind.LIST,
}
AS_READ = (Measure.MIN, Measure.MAX, Measure.FIRST, Measure.LAST, Measure.TOP, Measure.TRAIT)
"""Measures whose value is one of the property's own: numbers if numbers make it up, else text."""

GIVEN: Mapping[Given, ValueKind] = {
    Given.TEXT: ValueKind.TEXT,
    Given.NUMBER: ValueKind.NUMBER,
    Given.DATE: ValueKind.TIME,
    Given.TRUTH: ValueKind.TRUTH,
}
EQUAL = {Op.EQ, Op.NE, Op.IN, Op.NOT_IN}
ORDERED = {Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN}
PARTS = {Op.CONTAINS, Op.STARTS_WITH}
DATED = {Op.WITHIN_LAST, Op.WITHIN_NEXT, Op.ANNIVERSARY_WITHIN}
FITTING: Mapping[ValueKind, set[Op]] = {
    ValueKind.NUMBER: EQUAL | ORDERED,
    ValueKind.TEXT: EQUAL | PARTS,
    ValueKind.TRUTH: EQUAL,
    ValueKind.TIME: EQUAL | ORDERED | DATED,
    ValueKind.LIST: EQUAL | {Op.CONTAINS},
    ValueKind.COUNTS: set(),
    ValueKind.UNKNOWN: set(Op),
}
"""Operators that make sense for a kind; is_null always does."""
LITERALS: Mapping[ValueKind, type | tuple[type, ...]] = {
    ValueKind.NUMBER: (int, float),
    ValueKind.TEXT: str,
    ValueKind.TRUTH: bool,
    ValueKind.TIME: str,
}


def kind_of(definition: Definition) -> ValueKind:
    """What kind of value a tag has, as far as its definition alone tells."""
    match definition:
        case Fold():
            return _kind_of_fold(definition)
        case Expr():
            return ValueKind.NUMBER
        case Rule():
            return ValueKind.TRUTH
        case Tiers() | Quantiles():
            return _kind_of_literal(tier_values(definition)[0])
        case Imported(given) | Queried(given=given) | Predicted(given=given):
            return GIVEN[given]


def tier_values(tiers: Tiers | Quantiles) -> list[Scalar]:
    """Values the tag can have, in order, ``else`` last."""
    if isinstance(tiers, Quantiles):
        return list(tiers.values)
    return [value for _, value in tiers.branches] + ([] if tiers.otherwise is None else [tiers.otherwise])


def _kind_of_fold(fold: Fold) -> ValueKind:
    if fold.hand is not None:
        return GIVEN[fold.hand]
    if fold.measure in AS_READ:
        return ValueKind.TIME if fold.path == "time" else ValueKind.UNKNOWN
    return FIXED.get(fold.measure, ValueKind.NUMBER)


def _kind_of_literal(value: Scalar) -> ValueKind:
    if isinstance(value, bool):
        return ValueKind.TRUTH
    return ValueKind.TEXT if isinstance(value, str) else ValueKind.NUMBER


def kind_problems(definition: Definition, tags: Mapping[str, Tag]) -> Iterator[tuple[str, str | None]]:
    """(what is wrong, hint) for each use of a value that can never work."""
    for name in names_in(definition.tree) if isinstance(definition, Expr) else ():
        kind = kind_of(tags[name].definition)
        if kind not in (ValueKind.NUMBER, ValueKind.TRUTH, ValueKind.UNKNOWN):
            yield f"{name} is {kind}: one cannot calculate with it.", None
    if isinstance(definition, Quantiles):
        kind = kind_of(tags[definition.tag].definition)
        if kind not in (ValueKind.NUMBER, ValueKind.UNKNOWN):
            yield f"{definition.tag} is {kind}: only numbers have quantiles.", None
    for condition in conditions_in(definition):
        for leaf in leaves(condition):
            yield from leaf_problems(leaf, tags)


def leaf_problems(leaf: TagTest | Did, tags: Mapping[str, Tag]) -> Iterator[tuple[str, str | None]]:
    """The same for one test of a condition."""
    if isinstance(leaf, Did):
        yield from _test_problems(leaf.fold.measure.value, _kind_of_fold(leaf.fold), leaf)
        return
    target = tags[leaf.tag].definition
    problems = list(_test_problems(leaf.tag, kind_of(target), leaf))
    yield from problems
    if isinstance(target, Tiers | Quantiles) and not problems and leaf.op in EQUAL:
        values = tier_values(target)
        for literal in _literals(leaf):
            if literal not in values:
                hint = did_you_mean(str(literal), [str(value) for value in values])
                yield f"{leaf.tag} is never {literal!r}.", hint


def _literals(leaf: TagTest | Did) -> tuple[Scalar, ...]:
    if isinstance(leaf.operand, Span):
        return ()
    return leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)


def _test_problems(name: str, kind: ValueKind, leaf: TagTest | Did) -> Iterator[tuple[str, str | None]]:
    if leaf.op is Op.IS_NULL:
        return
    fitting = FITTING[kind]
    if leaf.op not in fitting:
        known = ", ".join(op.value for op in Op if op in fitting | {Op.IS_NULL})
        yield f"{name} is {kind}: {leaf.op} does not apply to it.", f"Known: {known}."
        return
    wanted = LITERALS.get(kind)
    for literal in _literals(leaf):
        if wanted and (not isinstance(literal, wanted) or (wanted is not bool and isinstance(literal, bool))):
            yield f"{name} is {kind}: {literal!r} can never be compared with it.", None
