"""From tags to steps: what is folded, once each, over which grain, and in which order the rest is derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.fold.properties import (
    NUMERIC,
    TIME,
    Kinds,
    Seen,
    fold_key,
    folds_of,
    grains_of,
    kinds_seen,
    list_grains,
    measured_kind,
    needs,
    properties_of,
    tested_kind,
)
from limner.fold.shape import Shape, shape_of_derived, shape_of_fold
from limner.model.column import ValueType
from limner.model.expression import names_in
from limner.model.fold import Fold, Measure, PropertyTest, Selection
from limner.model.references import tags_read
from limner.model.tag import Expr, Tag
from limner.model.timeline import Column, Kind, Vocabulary

__all__ = ["Anchor", "Measurement", "Pass", "Plan", "Seen", "build_plan", "narrow", "needs"]

TIME_COLUMN = Column(TIME, TIME, Kind.TIME, 0)
MOST_STEPS = 31
"""Steps of a sequence that must happen: one bit each."""
UNMEASURABLE = {
    ValueType.TEXT: "text",
    ValueType.TEXTS: "a list",
    ValueType.NUMBERS: "a list",
    ValueType.COUNTS: "counts",
}
"""What arithmetic cannot take."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The first or last match that a window counts from."""

    selection: Selection
    at: str

    @property
    def key(self) -> str:
        return repr(self)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One fold with the columns it reads."""

    key: str
    fold: Fold
    tags: tuple[str, ...]
    """Who reads it; a fold inside a condition has the tag of the condition."""
    column: Column | None
    """The property measured; None = whole events, or a property nobody has seen."""
    weight: Column | None
    shape: Shape


@dataclass(frozen=True, slots=True)
class Pass:
    """What is worked out in one run over the rows of one grain (``""`` = events): anchors or measurements."""

    grain: str
    anchors: tuple[Anchor, ...] = ()
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The steps of a fold: passes in order (anchors first), then derived tags in order."""

    tags: tuple[Tag, ...]
    """As given; columns come out in this order."""
    vocabulary: Vocabulary = field(repr=False)
    kinds: Mapping[str, Kind]
    """Property path to its own kind, of all that are read."""
    passes: tuple[Pass, ...]
    derived: tuple[Tag, ...]
    """Tags worked out from columns, each after those it reads."""
    shapes: Mapping[str, Shape]
    """By tag."""
    keys: Mapping[str, str]
    """Of tags that are folds: the measurement they are."""

    def tested_column(self, test: PropertyTest) -> Column | None:
        """The column a test of ``where`` reads; None = nobody has seen the property."""
        if test.path == TIME:
            return TIME_COLUMN
        return self.vocabulary.columns.get((test.path, tested_kind(test, self.kinds.__getitem__)))

    def types(self, path: str) -> frozenset[str]:
        """JSON types a plan of some of its tags may take a property to have been seen with."""
        return frozenset({"number" if self.kinds[path] is Kind.NUMBER else "string"})

    def explain(self, language: str = "en") -> str:
        """The steps in words, one a line."""
        from limner.fold.explain import explain_plan

        return explain_plan(self, language)


def build_plan(tags: Sequence[Tag], vocabulary: Vocabulary, seen: Seen) -> Plan:
    """Steps for tags in any order; equal folds are measured once. Raises DefinitionError with every problem found."""
    folds = folds_of(tags)
    problems = [problem for fold, names in folds.values() for problem in _check_fold(fold, names[0])]
    ordered = _order_tags(tags, problems)
    kinds = kinds_seen(seen)
    measurements = [_measure(key, fold, names, vocabulary, kinds) for key, (fold, names) in folds.items()]
    shapes = _shapes(tags, {measurement.key: measurement.shape for measurement in measurements})
    for tag in tags:
        problems += _check_arithmetic(tag, shapes)
    if problems:
        raise DefinitionError(problems)
    anchors = [Anchor(fold.window.anchor, fold.window.anchor_at) for fold, _ in folds.values() if fold.window.anchor]
    return Plan(
        tags=tuple(tags),
        vocabulary=vocabulary,
        kinds={path: kinds(path) for fold, _ in folds.values() for path, _ in properties_of(fold, kinds)},
        passes=(*_anchor_passes(anchors), *_measuring_passes(measurements)),
        derived=tuple(tag for tag in ordered if not isinstance(tag.definition, Fold)),
        shapes=shapes,
        keys={tag.name: fold_key(tag.definition) for tag in tags if isinstance(tag.definition, Fold)},
    )


@lru_cache(maxsize=32)
def narrow(plan: Plan, names: tuple[str, ...]) -> Plan:
    """The plan of these of its tags, and of those that they read: of ten thousand one is folded in no time."""
    known = {tag.name: tag for tag in plan.tags}
    found, waiting = dict[str, Tag](), list(names)
    while waiting:
        tag = known[waiting.pop()]
        if tag.name not in found:
            found[tag.name] = tag
            waiting += tags_read(tag.definition)
    return build_plan([tag for tag in plan.tags if tag.name in found], plan.vocabulary, plan.types)


def _measure(key: str, fold: Fold, tags: Sequence[str], vocabulary: Vocabulary, kinds: Kinds) -> Measurement:
    kind = measured_kind(fold, kinds)
    column = None
    if fold.path == TIME:
        column = TIME_COLUMN
    elif fold.path is not None and kind is not None:
        column = vocabulary.columns.get((fold.path, kind))
    weight = vocabulary.columns.get((fold.weight, Kind.NUMBER)) if fold.weight else None
    return Measurement(key, fold, tuple(tags), column, weight, shape_of_fold(fold, kind, column, vocabulary))


def _shapes(tags: Sequence[Tag], measured: Mapping[str, Shape]) -> dict[str, Shape]:
    return {
        tag.name: measured[fold_key(tag.definition)] if isinstance(tag.definition, Fold) else shape_of_derived(tag)
        for tag in tags
    }


def _anchor_passes(anchors: Sequence[Anchor]) -> list[Pass]:
    grains: dict[str, dict[str, Anchor]] = {}
    for anchor in anchors:
        grain = next(iter(list_grains(test.path for test in anchor.selection.where)), "")
        grains.setdefault(grain, {})[anchor.key] = anchor
    return [Pass(grain, anchors=tuple(found.values())) for grain, found in grains.items()]


def _measuring_passes(measurements: Sequence[Measurement]) -> list[Pass]:
    grains: dict[str, list[Measurement]] = {}
    for measurement in measurements:
        grains.setdefault(next(iter(grains_of(measurement.fold)), ""), []).append(measurement)
    return [Pass(grain, measurements=tuple(found)) for grain, found in grains.items()]


def _check_fold(fold: Fold, tag: str) -> list[Problem]:
    lists = [grains_of(fold)]
    if fold.window.anchor is not None:
        lists.append(list_grains(test.path for test in fold.window.anchor.where))
    problems = [
        Problem(tag, "fold", f"a fold can look into one list of an event, but this looks into {' and '.join(found)}.")
        for found in lists
        if len(found) > 1
    ]
    if fold.path == TIME and fold.measure in NUMERIC | {Measure.LIST}:
        problems.append(Problem(tag, "fold", f"{fold.measure} of time has no meaning.", "Use first, last, min or max."))
    if sum(not step.absent for step in fold.steps) > MOST_STEPS:
        problems.append(Problem(tag, "fold.sequence", f"a sequence has at most {MOST_STEPS} steps that must happen."))
    return problems


def _order_tags(tags: Sequence[Tag], problems: list[Problem]) -> list[Tag]:
    """Each after the tags it reads; unknown tags and circles are added to the problems."""
    by_name = {tag.name: tag for tag in tags}
    problems += [
        Problem(tag.name, "", f"there is no tag {name!r}.", did_you_mean(name, by_name))
        for tag in tags
        for name in tags_read(tag.definition)
        if name not in by_name
    ]
    known = {tag.name: [name for name in tags_read(tag.definition) if name in by_name] for tag in tags}
    try:
        return [by_name[name] for name in TopologicalSorter(known).static_order()]
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        problems.append(Problem(error.args[1][0], "", f"the tags are defined by each other: {circle}."))
        return []


def _check_arithmetic(tag: Tag, shapes: Mapping[str, Shape]) -> list[Problem]:
    if not isinstance(tag.definition, Expr):
        return []
    shaped = [(name, shapes[name].type) for name in names_in(tag.definition.tree) if name in shapes]
    wrong = [(name, UNMEASURABLE[type]) for name, type in shaped if type in UNMEASURABLE]
    wrong += [(name, "a time") for name, type in shaped if type is ValueType.TIME]
    return [
        Problem(tag.name, "expr", f"{name} is {what}: one cannot calculate with it.", "Use a tag that is a number.")
        for name, what in wrong
    ]
