"""What became different about a customer between two marks of the live state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from limner.model.portrait import TagValue


@dataclass(frozen=True, slots=True)
class Mark:
    """How far something derived has followed the log and the clock: rows up to ``seq``, folded at ``as_of``."""

    seq: int
    as_of: int
    """µs UTC."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One customer's changes from one mark to the next, of the tags somebody asked to hear of, and of audiences."""

    customer: int
    """The customer's number."""
    tags: Mapping[str, tuple[TagValue, TagValue]]
    """Value before and after, by tag; None = no value."""
    entered: tuple[str, ...] = ()
    """Names of audiences."""
    exited: tuple[str, ...] = ()
