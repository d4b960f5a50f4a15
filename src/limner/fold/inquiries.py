"""What is asked of a customer's events so that every value of a plan can be explained: companions of its folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from limner.fold.operations import Operations, operations_of
from limner.fold.plan import Measurement, Plan, build_plan
from limner.fold.properties import NUMERIC, TIME, fold_key
from limner.model.fold import Fold, Measure, Op, PropertyTest, Selection
from limner.model.tag import Layer, Tag
from limner.model.timeline import Column, Kind

SEQ = Column("seq", "limner.seq", Kind.NUMBER, 0)
"""Every slice has it: its list tells which events a fold takes."""


class Replay(NamedTuple):
    """Of a trait that events also add to and take away: the events it takes, and the operations by event code."""

    listed: str
    """The companion that lists their seqs."""
    operations: Operations


class Question(NamedTuple):
    """One selection of a fold and the companions that ask about it, by their key."""

    names: tuple[str, ...]
    counted: str
    first: str
    last: str
    counts: tuple[str, ...]
    """Per name, where there are several."""


class Inquiry(NamedTuple):
    """What is asked for the sake of one measurement, or of several that ask the same."""

    measurement: Measurement
    tags: tuple[str, ...]
    questions: tuple[Question, ...] | Replay


class Inquiries(NamedTuple):
    counted: Plan
    """Of the companions that count, and take times."""
    listed: Plan
    """Of those that list."""
    inquiries: Sequence[Inquiry]


@lru_cache(maxsize=8)
def list_inquiries(plan: Plan) -> Inquiries:
    """All companions, and whom they are of."""
    companions: dict[str, Fold] = {}

    def ask(fold: Fold, selection: Selection, measure: Measure) -> str:
        path = {Measure.COUNT: None, Measure.LIST: SEQ.path}.get(measure, TIME)
        companion = Fold(measure, selection, fold.window, path=path)
        key = fold_key(companion)
        companions[key] = companion
        return key

    def inquire(measurement: Measurement) -> tuple[Question, ...] | Replay:
        fold, operations = measurement.fold, operations_of(measurement, plan.vocabulary.names)
        if operations is not None:
            return Replay(ask(fold, fold.selection, Measure.LIST), operations)
        return tuple(
            Question(
                selection.names,
                ask(fold, selection, Measure.COUNT),
                ask(fold, selection, Measure.FIRST),
                ask(fold, selection, Measure.LAST),
                tuple(ask(fold, replace(selection, names=(name,)), Measure.COUNT) for name in selection.names),
            )
            for selection in _selections(fold)
        )

    inquiries = [Inquiry(m, tuple(dict.fromkeys(m.tags)), inquire(m)) for run in plan.passes for m in run.measurements]
    listed = [Tag(key, Layer.FACT, each) for key, each in companions.items() if each.measure is Measure.LIST]
    counted = [Tag(key, Layer.FACT, each) for key, each in companions.items() if each.measure is not Measure.LIST]
    # The properties are those of the plan, whose kinds are known: nothing has to be promoted or looked up for this.
    kinds = {**plan.kinds, SEQ.path: SEQ.kind}
    seen = {path: frozenset({"number" if kind is Kind.NUMBER else "string"}) for path, kind in kinds.items()}
    columns = {**plan.vocabulary.columns, (SEQ.path, SEQ.kind): SEQ}
    vocabulary = replace(plan.vocabulary, columns=columns)
    counting, listing = (build_plan(tags, vocabulary, seen.__getitem__) for tags in (counted, listed))
    return Inquiries(counting, listing, _join(inquiries))


def _join(inquiries: list[Inquiry]) -> list[Inquiry]:
    """Those that ask the same made one, unless a tag has several: the order of its grounds counts."""
    tags = Counter(tag for inquiry in inquiries for tag in inquiry.tags)
    joined: dict[object, Inquiry] = {}
    for place, inquiry in enumerate(inquiries):
        alone = isinstance(inquiry.questions, Replay) or any(tags[tag] > 1 for tag in inquiry.tags)
        key = place if alone else (inquiry.questions, inquiry.measurement.column)
        before = joined.get(key)
        joined[key] = inquiry if before is None else before._replace(tags=(*before.tags, *inquiry.tags))
    return list(joined.values())


def _selections(fold: Fold) -> list[Selection]:
    """What a fold takes: of a sequence, the steps that must happen; never events without the measured property."""
    if fold.measure is Measure.SEQUENCE:
        return [step.selection for step in fold.steps if not step.absent]
    if fold.path in (None, TIME) or fold.measure in NUMERIC:
        return [fold.selection]
    present = PropertyTest(str(fold.path), Op.IS_NULL, False)
    return [replace(fold.selection, where=(*fold.selection.where, present))]
