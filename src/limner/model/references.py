"""What a definition reads: other tags, folds, events, properties. The edges of lineage."""

from __future__ import annotations

from collections.abc import Iterator

from limner.model.condition import All, AnyOf, Condition, Did, InAudience, Not, TagTest
from limner.model.expression import names_in
from limner.model.fold import Fold, Selection
from limner.model.tag import Definition, Expr, Imported, Predicted, Quantiles, Queried, Rule, Tiers


def leaves(condition: Condition) -> Iterator[TagTest | Did]:
    """The tests of tags and behaviour a condition is made of, in the order of the text."""
    match condition:
        case All(items) | AnyOf(items):
            for item in items:
                yield from leaves(item)
        case Not(item):
            yield from leaves(item)
        case TagTest() | Did():
            yield condition


def audiences_read(definition: Definition | Condition) -> list[InAudience]:
    """Audiences a condition, or the conditions of a definition, ask for by name, each once."""
    match definition:
        case InAudience():
            return [definition]
        case All(items) | AnyOf(items):
            return list(dict.fromkeys(leaf for item in items for leaf in audiences_read(item)))
        case Not(item):
            return audiences_read(item)
        case Rule() | Tiers():
            return list(dict.fromkeys(leaf for each in conditions_in(definition) for leaf in audiences_read(each)))
    return []


def conditions_in(definition: Definition) -> list[Condition]:
    """Conditions of a rule or of tiers; none in the others."""
    match definition:
        case Rule(condition):
            return [condition]
        case Tiers(branches):
            return [condition for condition, _ in branches]
    return []


def tags_read(definition: Definition | Condition) -> list[str]:
    """Names of the tags it needs, each once, in the order of the text."""
    match definition:
        case Expr(tree=tree):
            return names_in(tree)
        case Quantiles(tag):
            return [tag]
        case Fold() | Predicted() | Imported() | Queried():
            return []
        case Rule() | Tiers():
            conditions = conditions_in(definition)
        case _:
            conditions = [definition]
    tests = (leaf for condition in conditions for leaf in leaves(condition))
    return list(dict.fromkeys(leaf.tag for leaf in tests if isinstance(leaf, TagTest)))


def folds_read(definition: Definition | Condition) -> list[Fold]:
    """Folds it computes itself: its own, or those of the behaviour in its conditions; each once."""
    match definition:
        case Fold():
            return [definition]
        case Expr() | Quantiles() | Predicted() | Imported() | Queried():
            return []
        case Rule() | Tiers():
            conditions = conditions_in(definition)
        case _:
            conditions = [definition]
    tests = (leaf for condition in conditions for leaf in leaves(condition))
    return list(dict.fromkeys(leaf.fold for leaf in tests if isinstance(leaf, Did)))


def selections_read(fold: Fold) -> list[Selection]:
    """Every selection of events in it: its own (or its steps'), then the anchor of its window."""
    chosen = [step.selection for step in fold.steps] or [fold.selection]
    return chosen if fold.window.anchor is None else [*chosen, fold.window.anchor]


def events_read(fold: Fold) -> list[str]:
    """Names of the events it names, each once."""
    return list(dict.fromkeys(name for selection in selections_read(fold) for name in selection.names))


def properties_read(fold: Fold) -> list[str]:
    """Property paths it reads, each once; ``time`` left out, every event has it."""
    tested = [test.path for selection in selections_read(fold) for test in selection.where]
    paths = [fold.path, fold.weight, fold.same, *tested]
    return list(dict.fromkeys(path for path in paths if path is not None and path != "time"))
