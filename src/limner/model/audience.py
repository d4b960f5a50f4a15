"""A registered audience: a named condition over tags and behaviour, whose members are followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from limner.model.condition import Condition

AUDIENCE = "audience:"
"""Before an audience's name: its members are a column among those of the tags, whose names have no colon."""


@dataclass(frozen=True, slots=True)
class Audience:
    name: str
    """As a tag's: letters, digits and underscores."""
    rule: Condition
    title: Mapping[str, str]
    """By language, zh or en; may be empty."""
