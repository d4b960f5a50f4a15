"""What a property was seen as, and of what type it therefore is."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

NUMBER = "number"
MOST, OF = 9, 10
"""A property is a number if so many of so many of its values are numbers; see docs/adr/0011."""


def types_of(counts: Mapping[str, int], declared: str | None = None) -> frozenset[str]:
    """The JSON types that make up a property: as the tracking plan declares it; else ``number`` alone if nine of ten
    values are numbers, so that a stray text makes it no text for everybody; else all that were seen.

    ``counts``: how many values of each type there are, in any order of arrival.

    >>> sorted(types_of({"number": 9, "string": 1})), sorted(types_of({"number": 8, "string": 1}))
    (['number'], ['number', 'string'])
    """
    if declared is not None:
        return frozenset({declared})
    if counts.get(NUMBER, 0) and OF * counts[NUMBER] >= MOST * sum(counts.values()):
        return frozenset({NUMBER})
    return frozenset(type for type, count in counts.items() if count)


def room_of(counts: Mapping[str, int], declared: str | None = None) -> int:
    """How many values more a property may have, whatever they are, before it may be a number where it was none, or none
    where it was one.

    >>> room_of({"number": 20, "string": 1}), room_of({"string": 3, "number": 2}), room_of({}), room_of({}, "number")
    (1, 24, 0, 9223372036854775807)
    """
    if declared is not None:
        return sys.maxsize
    numbers = counts.get(NUMBER, 0)
    others = sum(counts.values()) - numbers
    if types_of(counts) == {NUMBER}:
        return ((OF - MOST) * numbers - MOST * others) // MOST
    return max(0, (MOST * others - 1) // (OF - MOST) - numbers)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Values of a property that do not convert to numbers, and count as missing where a number is asked for."""

    path: str
    values: int
    """How many there are."""
    of: int
    """How many values the property has in all."""
    example: str
    """The smallest of them; empty if it might be somebody's own."""

    def __str__(self) -> str:
        example = f" (such as {self.example!r})" if self.example else ""
        return f"{self.path}: {self.values:,} of {self.of:,} values are no numbers{example} and count as missing."
