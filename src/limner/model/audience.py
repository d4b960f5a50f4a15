"""A registered audience: a named condition over tags, behaviour and other audiences, whose members are followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from limner.model.condition import Condition

AUDIENCE = "audience:"
"""Before an audience's name: its members are a column among those of the tags, whose names have no colon."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Which sizes are not to be trusted."""

    min: int | None = None
    max: int | None = None
    change: float | None = None
    """Relative to the snapshot before: 0.2 = a fifth more or less."""


@dataclass(frozen=True, slots=True)
class Audience:
    name: str
    """As a tag's: letters, digits and underscores."""
    rule: Condition
    title: Mapping[str, str]
    """By language, zh or en; may be empty."""
    version: int = 1
    """Of the rule: 1, 2, ..."""
    live: bool = True
    """Whether the tick follows it, event by event."""
    schedule: str | None = None
    """When snapshots are taken by themselves: minute, hour, day, month and weekday of cron, in the workspace's zone."""
    alarm: Alarm = Alarm()
    author: str = ""
    """Who saved it last, and when (µs UTC)."""
    saved_at: int = 0


@dataclass(frozen=True, slots=True)
class AudienceVersion:
    """A rule as it was saved. It never changes; a new rule is a new version."""

    version: int
    rule: Condition
    author: str
    saved_at: int
    """µs UTC."""
