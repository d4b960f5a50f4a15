"""How an audience differs from a base: the distribution of each tag in both, and the preference index (TGI)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from limner.audiences.cells import Cells, CellValue, Edge, make_cells
from limner.audiences.tally import AUDIENCE, BASE, LANES, Counts, Groups
from limner.audiences.withhold import choose_cells
from limner.errors import DefinitionError, Problem, did_you_mean
from limner.model.clock import iso_time
from limner.model.column import Folded

SMALLEST_CELL = 10
"""Cells with fewer members are withheld unless asked for: they would point at persons."""
MOST_TAGS = 100
MOST_VALUES = 100
"""Listed per tag unless asked for otherwise."""
SAMPLE = 1 << 14
"""Rows of the base whose tenths the ranges of numbers are cut at."""
STRETCH = 1 << 17
"""Rows counted for all tags before the next: their groups stay in the cache."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Share:
    """One cell of a tag. Shares are of all members of the audience and of the base, 0..1."""

    value: CellValue
    count: int
    """Members of the audience."""
    share: float | None
    """None when the audience is empty, ``base_share`` when the base is."""
    base_share: float | None
    tgi: float | None
    """share / base_share * 100; None when nobody in the base has the value."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Words with most members first, numbers and times in their order, null last."""

    values: tuple[Share, ...]
    withheld: int
    """Cells of fewer members than may be shown, and those that would give them away."""
    unlisted: int
    """Cells beyond those that are listed."""


@dataclass(frozen=True, slots=True)
class Insight:
    as_of: str
    size: int
    base_size: int
    tags: Mapping[str, Distribution] = field(default_factory=dict)
    smallest_cell: int = SMALLEST_CELL


def compare_audience(
    folded: Folded,
    audience: Mask,
    base: Mask | None,
    tags: Sequence[str],
    zone: str,
    *,
    edges: Mapping[str, Sequence[Edge]] | None = None,
    smallest_cell: int = SMALLEST_CELL,
    most: int = MOST_VALUES,
) -> Insight:
    """Distributions of ``tags`` in the audience and in the base (None = everyone); masks are aligned with ``folded``.

    ``edges`` cut a number or time tag where asked, ascending, in the words of conditions; other numbers are cut at
    the tenths of the base. ``most`` values are listed per tag. Raises DefinitionError for unknown tags, too many of
    them, or wrong edges.
    """
    check_tags(folded, tags, edges or {})
    groups = group_rows(audience, base)
    sample = sample_base(groups)
    cells = {tag: make_cells(tag, folded, zone, sample, (edges or {}).get(tag)) for tag in tags}
    counts = count_cells(list(cells.values()), groups)
    size = int(np.count_nonzero(audience))
    base_size = len(groups) if base is None else int(np.count_nonzero(base))
    shown = {
        tag: _distribute(of_tag, counted, (size, base_size), smallest_cell, most)
        for (tag, of_tag), counted in zip(cells.items(), counts, strict=True)
    }
    return Insight(iso_time(folded.as_of, zone), size, base_size, shown, smallest_cell)


def check_tags(folded: Folded, tags: Sequence[str], edges: Mapping[str, Sequence[Edge]]) -> None:
    problems = [
        Problem("insight", "tags", f"there is no tag {tag!r}.", did_you_mean(tag, folded.columns))
        for tag in tags
        if tag not in folded.columns
    ]
    problems += [
        Problem("insight", "edges", f"{tag!r} is not among the tags asked for.", did_you_mean(tag, tags))
        for tag in edges
        if tag not in tags
    ]
    if len(tags) > MOST_TAGS:
        problems.append(Problem("insight", "tags", f"{len(tags)} tags are asked for, at most {MOST_TAGS} go at once."))
    if problems:
        raise DefinitionError(problems)


def group_rows(audience: Mask, base: Mask | None) -> Groups:
    """Which of the two each customer is in."""
    groups = audience.view(np.uint8) * np.uint8(AUDIENCE)
    groups |= np.uint8(BASE) if base is None else base.view(np.uint8) * np.uint8(BASE)
    return groups


def sample_base(groups: Groups) -> npt.NDArray[np.int64]:
    """Rows of the base, evenly spread; the same for the same base."""
    step = max(1, len(groups) // SAMPLE)
    rows = np.flatnonzero(groups[::step] >= BASE) * step
    if step > 1 and len(rows) < SAMPLE // 16:  # a small base: look at all of it
        rows = np.flatnonzero(groups >= BASE)
    return rows[:: max(1, len(rows) // SAMPLE)]


def count_cells(cells: Sequence[Cells], groups: Groups) -> list[npt.NDArray[np.int64]]:
    """Per tag (cells x 4 groups), one pass over every column, a range of rows per thread."""
    threads = os.cpu_count() or 1
    bounds = [len(groups) * thread // threads for thread in range(threads + 1)]

    def count_range(start: int, end: int) -> list[Counts]:
        counts = [np.zeros((LANES, of_tag.size * 4), np.int64) for of_tag in cells]
        for low in range(start, end, STRETCH):
            for of_tag, counted in zip(cells, counts, strict=True):
                of_tag.tally(low, min(low + STRETCH, end), groups, counted)
        return [counted.sum(axis=0).reshape(-1, 4) for counted in counts]

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(count_range, bounds[:-1], bounds[1:]))
    return [np.sum(of_tag, axis=0) for of_tag in zip(*parts, strict=True)]


def _distribute(
    cells: Cells, counted: npt.NDArray[np.int64], sizes: tuple[int, int], smallest_cell: int, most: int
) -> Distribution:
    members = counted[:, AUDIENCE] + counted[:, AUDIENCE | BASE]
    of_base = counted[:, BASE] + counted[:, AUDIENCE | BASE]
    occurs = (members > 0) | (of_base > 0)
    chosen = choose_cells([members, of_base], smallest_cell, whole=cells.whole)
    shown = np.flatnonzero(occurs & chosen)
    if cells.order == "descending":
        shown = shown[::-1]
    elif cells.order == "count":
        shown = shown[np.lexsort((shown, -of_base[shown], -members[shown]))]
    listed = sorted(shown[:most].tolist(), key=lambda cell: cell == 0)
    shares = (_share(cells.name(cell), int(members[cell]), int(of_base[cell]), sizes) for cell in listed)
    return Distribution(tuple(shares), int(occurs.sum()) - len(shown), len(shown) - len(listed))


def _share(value: CellValue, members: int, of_base: int, sizes: tuple[int, int]) -> Share:
    share = members / sizes[0] if sizes[0] else None
    base_share = of_base / sizes[1] if sizes[1] else None
    tgi = share / base_share * 100 if share is not None and base_share else None
    return Share(value, members, share, base_share, tgi)
