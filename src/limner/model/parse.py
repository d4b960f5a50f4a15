"""Plain YAML or JSON data to values of the language. Every problem is found in one reading, never only the first."""

from __future__ import annotations

from collections.abc import Mapping

from limner.errors import Problem
from limner.model.condition import Condition
from limner.model.fold import Fold
from limner.model.parse_condition import read_condition
from limner.model.parse_fold import read_fold
from limner.model.parse_tag import read_tag
from limner.model.place import Place
from limner.model.tag import Tag

__all__ = ["parse_condition", "parse_fold", "parse_tag", "parse_tags"]


def parse_tags(data: Mapping[str, object], where: str) -> tuple[list[Tag], list[Problem]]:
    """Tags by name, such as the mapping under ``tags:`` of a file. ``where`` names that file in problems.

    The tags that could be read come back in the order of the text, even when others could not.
    """
    tags: list[Tag] = []
    problems: list[Problem] = []
    for name, definition in data.items():
        tag = read_tag(name, definition, Place(f"{where}: {name}", problems=problems))
        if tag is not None:
            tags.append(tag)
    return tags, problems


def parse_tag(name: str, data: object) -> Tag:
    """One tag; a draft is read alike, only layer and rule are required. Raises `DefinitionError`.

    >>> parse_tag("orders", {"layer": "fact", "fold": {"count": "*", "of": "order_paid"}}).layer.value
    'fact'
    """
    place = Place(name)
    tag = read_tag(name, data, place)
    place.raise_problems()
    assert tag is not None, "a tag that cannot be read has a problem"
    return tag


def parse_condition(data: object, where: str = "condition") -> Condition:
    """A rule of an audience, a trigger or a filter. Raises `DefinitionError`.

    >>> parse_condition({"value_tier": "high"})
    TagTest(tag='value_tier', op=<Op.EQ: 'eq'>, operand='high')
    """
    place = Place(where)
    condition = read_condition(data, place)
    place.raise_problems()
    assert condition is not None, "a condition that cannot be read has a problem"
    return condition


def parse_fold(data: object, where: str = "fold") -> Fold:
    """What stands under ``fold:``. Raises `DefinitionError`."""
    place = Place(where)
    fold = read_fold(data, place)
    place.raise_problems()
    assert fold is not None, "a fold that cannot be read has a problem"
    return fold
