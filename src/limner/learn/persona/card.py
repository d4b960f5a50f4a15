"""A persona's card: what was measured of its members, and what is told of it. People may change what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from limner.errors import DataError, did_you_mean

Said = Mapping[str, str]
"""By language, zh and en."""
TOLD = ("name", "summary", "scene", "motives", "goals", "quotes")
"""What people, or a language model, may write; all else is measured."""
LANGUAGES = ("zh", "en")
MOST_LETTERS = 2000
MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Trait:
    """One value that sets the persona apart. Shares are of all members, and of all customers."""

    tag: str
    value: str | bool
    share: float
    base_share: float
    tgi: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What a member is worth by the tag that was named for it; means over those who have a value."""

    tag: str
    mean: float
    base_mean: float
    index: float
    """mean / base_mean x 100."""
    share: float
    """Of the sum over all customers."""


@dataclass(frozen=True, slots=True)
class Card:
    persona: str
    """A name that never changes; the value of the tag."""
    size: int
    share: float
    """Of the customers personas were sought among."""
    traits: tuple[Trait, ...]
    """The strongest first."""
    demographics: tuple[Trait, ...]
    """Of each demographic tag the value most members have."""
    worth: Worth | None
    name: Said
    summary: Said
    scene: Said
    motives: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    """In their own words, from questionnaires."""
    edited: tuple[str, ...] = ()
    """Fields somebody wrote: a new fit leaves them as they are."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_card(data: Mapping[str, Any]) -> Card:
    """From `Card.as_dict`."""
    known = {field.name for field in fields(Card)}
    kept: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.items() if key in known
    }
    kept["traits"] = tuple(Trait(**each) for each in data["traits"])
    kept["demographics"] = tuple(Trait(**each) for each in data["demographics"])
    kept["worth"] = None if data["worth"] is None else Worth(**data["worth"])
    return Card(**kept)


def edit_card(card: Card, changes: Mapping[str, object]) -> Card:
    """The card with what somebody wrote. DataError names everything that cannot be."""
    if not changes:
        raise DataError("Nothing is to be changed.", hint=f"Give some of {', '.join(TOLD)}.")
    for key in changes:
        if key not in TOLD:
            measured = key in {field.name for field in fields(Card)}
            why = "is measured, and not written" if measured else "is no field of a persona"
            raise DataError(f"{key} {why}.", hint=did_you_mean(key, TOLD))
    read: dict[str, Any] = {
        key: read_said(key, value, getattr(card, key))
        if key in ("name", "summary", "scene")
        else read_listed(key, value)
        for key, value in changes.items()
    }
    return replace(card, **read, edited=tuple(dict.fromkeys([*card.edited, *changes])))


def keep_edits(card: Card, before: Card) -> Card:
    """A newly measured card with what people had written on the one before it."""
    return replace(card, **{key: getattr(before, key) for key in before.edited}, edited=before.edited)


def read_said(key: str, value: object, before: Said) -> Said:
    """A text for both languages, or some of ``{zh: ..., en: ...}``."""
    written = dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value
    if not isinstance(written, Mapping) or not written or not set(written) <= set(LANGUAGES):
        raise DataError(f"{key} is a text, or {{zh: ..., en: ...}}.")
    return {**before, **{language: read_text(key, text) for language, text in written.items()}}


def read_listed(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_LISTED:
        raise DataError(f"{key} is a list of at most {MOST_LISTED} texts.")
    return tuple(read_text(key, text) for text in value)


def read_text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_LETTERS:
        raise DataError(f"{key} wants a text of 1 to {MOST_LETTERS} letters.")
    return value.strip()
