"""Destinations as somebody asks for them, and what is wrong with that."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from limner.engage.targets import check_url
from limner.errors import DataError
from limner.model.place import Place
from limner.ports.destinations import Shape

NAME = re.compile(r"\w[\w-]{0,63}", re.ASCII)
"""Names that can stand in a path and in a header."""
SEGMENTS = [shape for shape in Shape if shape.is_segments]


@dataclass(frozen=True, slots=True)
class Wish:
    """A destination as somebody asks for it."""

    name: str
    url: str
    shape: str = Shape.STANDARD
    tags: Sequence[str] = ()
    audiences: Sequence[str] = ()
    write_key: str | None = None
    """Of Segment's shapes."""
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different about a destination; None = as it was."""

    url: str | None = None
    tags: Sequence[str] | None = None
    audiences: Sequence[str] | None = None
    write_key: str | None = None
    allow_private: bool | None = None


def check_wish(wish: Wish, known_tags: Collection[str], known_audiences: Collection[str]) -> None:
    """Raises DefinitionError with everything that is wrong."""
    place = Place(f"destination {wish.name[:64]}")
    if not NAME.fullmatch(wish.name):
        place.at("name").wrong("a name has letters and digits of ASCII, _ and -, 64 at most.")
    if wish.shape not in list(Shape):
        place.at("format").unknown("format", wish.shape, list(Shape))
    try:
        check_url(wish.url, wish.allow_private)
    except DataError as error:
        place.at("url").wrong(error.message, error.hint)
    if (wish.shape in SEGMENTS) != (wish.write_key is not None):
        place.at("write_key").wrong(f"the formats {' and '.join(SEGMENTS)} have a write key, and no other has one.")
    elif wish.write_key is not None and not (wish.write_key.isascii() and wish.write_key.isprintable()):
        place.at("write_key").wrong("a write key is printable ASCII.")
    if not wish.tags and not wish.audiences:
        place.wrong("it asks for no tag and no audience: there would be nothing to tell it.")
    for field, names, known in (("tags", wish.tags, known_tags), ("audiences", wish.audiences, known_audiences)):
        for name in names:
            if name not in known:
                place.at(field).unknown(field.removesuffix("s"), name, known)
    place.raise_problems()
