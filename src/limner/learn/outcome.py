"""The outcome a model is to foretell: a condition that is looked at when the horizon has passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from limner.errors import DataError, did_you_mean
from limner.model.condition import All, AnyOf, Condition, Did, InAudience, Not, TagTest
from limner.model.fold import Fold, Measure, Op, Selection, Span, Window
from limner.model.place import Place
from limner.model.references import events_read


def did_any(names: tuple[str, ...]) -> Condition:
    """One of these events, once at least."""
    return Did(Fold(Measure.COUNT, Selection(names)), Op.GTE, 1)


def check_outcome(condition: Condition, place: Place) -> None:
    """Behaviour in it has no window of its own: the horizon is the window."""
    match condition:
        case All(items) | AnyOf(items):
            for item in items:
                check_outcome(item, place)
        case Not(item):
            check_outcome(item, place)
        case Did(fold):
            if fold.measure is Measure.SEQUENCE:
                place.wrong("a sequence cannot be foretold.", "Foretell its last step.")
            elif fold.window != Window():
                place.wrong("what is foretold lies in the horizon.", "Leave within, before, between and after out.")
        case InAudience(name, snapshot) if snapshot is not None:
            place.wrong(f"who was in a snapshot of {name} is no outcome.", "Name the audience without the snapshot.")
        case TagTest():
            pass


def check_seen(model: str, folds: Iterable[Fold], names: Iterable[str]) -> None:
    """DataError when none of the events that are waited for was ever seen: most likely one is misspelt."""
    asked, seen = [name for fold in folds for name in events_read(fold)], set(names)
    if asked and not seen & {*asked}:
        hint = did_you_mean(asked[0], sorted(seen)) or "Import what customers did."
        raise DataError(f"{model}: there is no event {asked[0]!r} in the log.", hint=hint)


def within_horizon(condition: Condition, horizon: Span) -> Condition:
    """The condition as it is asked at the end of the horizon: behaviour is that of the horizon's days."""
    match condition:
        case All(items):
            return All(tuple(within_horizon(item, horizon) for item in items))
        case AnyOf(items):
            return AnyOf(tuple(within_horizon(item, horizon) for item in items))
        case Not(item):
            return Not(within_horizon(item, horizon))
        case Did(fold, op, operand):
            return Did(replace(fold, window=Window(within=horizon)), op, operand)
    return condition
