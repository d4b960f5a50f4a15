"""Two tags at once, and several audiences at once: tables whose small cells are withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from pyroaring import BitMap

from limner.audiences.cells import Cells, CellValue, make_cells
from limner.audiences.insight import Mask, check_tags, group_rows, sample_base
from limner.audiences.withhold import choose_table
from limner.errors import DefinitionError, Problem
from limner.model.clock import iso_time
from limner.model.column import Folded

MOST_LINES = 30
"""Rows and columns of a table: the values with most members; what has others is counted as the rest."""
MOST_AUDIENCES = 20


@dataclass(frozen=True, slots=True)
class Cross:
    """Members by the values of two tags."""

    as_of: str
    size: int
    rows: Sequence[CellValue]
    columns: Sequence[CellValue]
    counts: Sequence[Sequence[int | None]]
    """By row; None = withheld."""
    withheld: int
    unlisted: int
    """Members with a value beyond the rows or columns listed."""

    def as_dict(self) -> Mapping[str, Any]:
        return asdict(self)


def cross_tags(folded: Folded, audience: Mask, tags: Sequence[str], zone: str, *, smallest_cell: int) -> Cross:
    """Raises DefinitionError unless these are two tags with one value per customer."""
    check_tags(folded, tags, {})
    if len(tags) != 2 or tags[0] == tags[1]:
        raise DefinitionError([Problem("cross", "tags", "a cross takes two tags.", "Give them as [one, other].")])
    sample = sample_base(group_rows(audience, audience))
    sides = [make_cells(tag, folded, zone, sample, None) for tag in tags]
    if listed := [tag for tag, cells in zip(tags, sides, strict=True) if cells.place is None]:
        message = f"{listed[0]} has several values per customer: a table of it would count people twice."
        raise DefinitionError([Problem("cross", "tags", message, "Take a tag with one value.")])
    inside = np.flatnonzero(audience)
    places = [_places(cells)[inside] for cells in sides]
    size = sides[1].size
    table = np.bincount(places[0] * size + places[1], minlength=sides[0].size * size).reshape(-1, size)
    rows, columns = (_list_lines(table.sum(axis=1 - axis), cells) for axis, cells in enumerate(sides))
    listed_table = table[np.ix_(rows, columns)].astype(np.int64)
    shown = choose_table(listed_table, smallest_cell)
    counts = tuple(
        tuple(int(count) if seen else None for count, seen in zip(line, mask, strict=True))
        for line, mask in zip(listed_table.tolist(), shown.tolist(), strict=True)
    )
    names = [tuple(cells.name(cell) for cell in lines) for cells, lines in zip(sides, (rows, columns), strict=True)]
    unlisted = int(table.sum() - listed_table.sum())
    as_of = iso_time(folded.as_of, zone)
    return Cross(as_of, len(inside), names[0], names[1], counts, int((~shown).sum()), unlisted)


def _places(cells: Cells) -> np.ndarray[Any, Any]:
    assert cells.place is not None, "asked before"
    return cells.place()


def _list_lines(totals: np.ndarray[Any, Any], cells: Cells) -> list[int]:
    """Cells with members, at most so many, in the order in which a tag shows them; null last."""
    found = np.flatnonzero(totals)
    most = found[np.argsort(-totals[found], kind="stable")][:MOST_LINES]
    if cells.order != "count":
        most = np.sort(most)[:: -1 if cells.order == "descending" else 1]
    return sorted(most.tolist(), key=lambda cell: cell == 0)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two of several audiences."""

    audiences: tuple[str, str]
    both: int | None
    """None = withheld: it, or what it leaves of either, is small."""
    jaccard: float | None
    """Of those in either, the share in both."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    as_of: str
    sizes: Mapping[str, int]
    pairs: Sequence[Overlap]

    def as_dict(self) -> Mapping[str, Any]:
        return asdict(self)


def overlap(members: Mapping[str, BitMap], as_of: str, *, smallest_cell: int) -> Overlaps:
    """Every pair of these audiences, in their order. Raises DefinitionError for too many."""
    if not 2 <= len(members) <= MOST_AUDIENCES:
        message = f"{len(members)} audiences are given; from 2 to {MOST_AUDIENCES} can be compared."
        raise DefinitionError([Problem("overlap", "audiences", message)])
    names = list(members)
    pairs = []
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            both = members[one].intersection_cardinality(members[other])
            parts = (both, len(members[one]) - both, len(members[other]) - both)
            union = sum(parts)
            small = any(0 < part < smallest_cell for part in parts)
            jaccard = None if small or not union else both / union
            pairs.append(Overlap((one, other), None if small else both, jaccard))
    return Overlaps(as_of, {name: len(each) for name, each in members.items()}, tuple(pairs))
