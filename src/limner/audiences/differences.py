"""What tells an audience from the rest of its base: over all tags and values at once, with tests of significance.

Shares: the two-proportion z-test (pooled). Numbers and times: Mann-Whitney's test with its correction for ties, over
hundredths of the base. All p-values together are corrected by Benjamini and Hochberg: q <= 0.05 means that of those
named, one in twenty is expected to be chance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control, norm

from limner.audiences.cells import Cells, CellValue, make_cells
from limner.audiences.insight import MOST_TAGS, Mask, check_tags, count_cells, group_rows, sample_base
from limner.audiences.tally import AUDIENCE, BASE
from limner.audiences.withhold import choose_cells
from limner.model.clock import iso_time
from limner.model.column import Folded, ValueType

HUNDREDTHS = 100
EXPECTED = 5
"""Under so many expected on either side the normal distribution is no good answer."""
RATE = 0.05
ORDERED = (ValueType.INTEGER, ValueType.DECIMAL, ValueType.FLOAT, ValueType.TIME)
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the audience is not like the rest."""

    tag: str
    kind: Literal["share", "order"]
    value: CellValue
    """Of a share: the value it is of. Of an order: the cell the audience's median is in."""
    rest_value: CellValue
    """Of an order: the cell of the rest's median."""
    share: float
    """Of the audience that has the value; of an order: how likely a member has more than one of the rest."""
    rest_share: float | None
    """Of the rest that has it."""
    lift: float | None
    """share / rest_share."""
    effect: float
    """-1..1 or so: Cohen's h of a share, the rank-biserial correlation of an order; 0 = no difference."""
    p: float
    q: float
    """p corrected for all that was tested."""


@dataclass(frozen=True, slots=True)
class Differences:
    as_of: str
    size: int
    rest: int
    """Of the base that is not in the audience."""
    tested: int
    differences: Sequence[Difference]
    """Those with q <= 0.05, largest effect first."""

    def as_dict(self) -> Mapping[str, Any]:
        return asdict(self)


def find_differences(
    folded: Folded,
    audience: Mask,
    base: Mask | None,
    tags: Sequence[str],
    zone: str,
    *,
    smallest_cell: int,
    limit: int = 50,
) -> Differences:
    """The audience against the rest of the base (None = everyone). Raises DefinitionError for unknown tags."""
    groups = group_rows(audience, base)
    sizes = (int(np.count_nonzero(audience)), int(np.count_nonzero(groups == BASE)))
    sample = sample_base(groups)
    found: list[tuple[Difference, float]] = []
    for begin in range(0, len(tags), MOST_TAGS):
        some = tags[begin : begin + MOST_TAGS]
        check_tags(folded, some, {})
        cells = {tag: make_cells(tag, folded, zone, sample, None, HUNDREDTHS) for tag in some}
        for (tag, of_tag), counted in zip(cells.items(), count_cells(list(cells.values()), groups), strict=True):
            members = counted[:, AUDIENCE] + counted[:, AUDIENCE | BASE]
            if folded.columns[tag].type in ORDERED:
                found += _compare_order(tag, of_tag, members, counted[:, BASE], smallest_cell)
            else:
                found += _compare_shares(tag, of_tag, members, counted[:, BASE], sizes, smallest_cell)
    corrected = false_discovery_control([p for _, p in found]).tolist() if found else []
    named = [replace(each, q=q) for (each, _), q in zip(found, corrected, strict=True) if q <= RATE]
    named.sort(key=lambda each: (-abs(each.effect), each.tag))
    return Differences(iso_time(folded.as_of, zone), *sizes, len(found), tuple(named[:limit]))


def _compare_shares(
    tag: str, cells: Cells, members: Counts, rest: Counts, sizes: tuple[int, int], smallest: int
) -> list[tuple[Difference, float]]:
    if not all(sizes):
        return []
    shown = choose_cells([members, members + rest], smallest, whole=cells.whole)
    found = []
    for cell in np.flatnonzero(shown).tolist():
        pooled = (members[cell] + rest[cell]) / sum(sizes)
        if min(pooled, 1 - pooled) * min(sizes) < EXPECTED:
            continue
        share, other = float(members[cell] / sizes[0]), float(rest[cell] / sizes[1])
        z = (share - other) / math.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
        p = float(2 * norm.sf(abs(z)))
        effect = 2 * math.asin(math.sqrt(share)) - 2 * math.asin(math.sqrt(other))
        hidden = 0 < rest[cell] < smallest
        told = None if hidden else other
        lift = None if hidden or not other else share / other
        found.append((Difference(tag, "share", cells.name(cell), None, share, told, lift, effect, p, p), p))
    return found


def _compare_order(
    tag: str, cells: Cells, members: Counts, rest: Counts, smallest: int
) -> list[tuple[Difference, float]]:
    """Of those who have a value."""
    ascending = slice(1, None) if cells.order == "ascending" else slice(None, 0, -1)
    mine, theirs = members[ascending].astype(float), rest[ascending].astype(float)
    ours, others = mine.sum(), theirs.sum()
    if min(ours, others) < max(smallest, EXPECTED):
        return []
    superior = float((mine * (np.cumsum(theirs) - theirs / 2)).sum() / (ours * others))
    total, ties = ours + others, mine + theirs
    spread = (total + 1) - ((ties**3 - ties).sum() / (total * (total - 1)))
    if spread <= 0:  # all have the same value
        return []
    z = (superior - 0.5) * math.sqrt(12 * ours * others / spread)
    p = float(2 * norm.sf(abs(z)))
    places = np.arange(len(members))[ascending]
    middles = [int(places[int(np.searchsorted(np.cumsum(side), side.sum() / 2))]) for side in (mine, theirs)]
    value, rest_value = (cells.name(cell) for cell in middles)
    return [(Difference(tag, "order", value, rest_value, superior, None, None, 2 * superior - 1, p, p), p)]
