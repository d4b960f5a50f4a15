"""An audience over time: its size, and what its members' numbers are on average."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from limner.audiences.insight import Mask
from limner.errors import DataError, DefinitionError, Problem, did_you_mean
from limner.fold.dates import start_of_day
from limner.fold.derive import as_doubles
from limner.model.clock import iso_time, local_day
from limner.model.column import Folded, ValueType

MOST_POINTS = 60
"""Each may be a fold of everybody."""
NUMERIC = (ValueType.INTEGER, ValueType.DECIMAL, ValueType.FLOAT, ValueType.BOOL)


@dataclass(frozen=True, slots=True)
class Point:
    as_of: str
    size: int
    means: Mapping[str, float | None]
    """Of those who have a value; None = withheld, or nobody has one."""


def list_instants(first: int, last: int, days: int, zone: str) -> list[int]:
    """``first``, and midnights every so many local days up to ``last``. Raises DataError for too many or none."""
    if days < 1 or first > last:
        raise DataError("A trend goes from one instant to a later one, in steps of a day or more.")
    begin = local_day(first, zone)
    found = [first]
    day = begin + days
    while (instant := start_of_day(day, zone)) <= last:
        found.append(instant)
        if len(found) > MOST_POINTS:
            raise DataError(f"That is more than {MOST_POINTS} points.", hint="Take larger steps.")
        day += days
    return found


def check_means(tags: Sequence[str], known: Collection[str]) -> None:
    """Raises DefinitionError for tags nobody knows."""
    unknown = [tag for tag in tags if tag not in known]
    if unknown:
        raise DefinitionError(
            [Problem("trend", "tags", f"there is no tag {tag!r}.", did_you_mean(tag, known)) for tag in unknown]
        )


def measure_point(folded: Folded, audience: Mask, tags: Sequence[str], zone: str, smallest_cell: int) -> Point:
    """Raises DefinitionError for tags that are unknown, or no numbers."""
    check_means(tags, folded.columns)
    means: dict[str, float | None] = {}
    for tag in tags:
        column = folded.columns[tag]
        if column.type not in NUMERIC:
            raise DefinitionError([Problem("trend", "tags", f"{tag} is no number: it has no mean.")])
        values = as_doubles(column, local_day(folded.as_of, zone))[audience]
        values = values[~np.isnan(values)]
        means[tag] = float(values.mean()) if len(values) >= max(smallest_cell, 1) else None
    return Point(iso_time(folded.as_of, zone), int(np.count_nonzero(audience)), means)
