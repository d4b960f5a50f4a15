"""How a tag's values fall into cells that can be counted and named.

Words, truths and counts are cells of their own. Numbers and times fall between edges: given ones, or the tenths of a
sample of the base; a number that fills a tenth by itself, and any number when there are few, stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from limner.audiences.tally import EDGES, Counts, Groups, tally_codes, tally_lists, tally_matrix, tally_ranges
from limner.errors import DefinitionError, Problem
from limner.fold.dates import read_moment, start_of_day
from limner.fold.portrait import shorten
from limner.model.clock import iso_time, local_day
from limner.model.column import NULL_NUMBER, Folded, TagColumn, ValueType

CellValue = str | int | float | bool | Mapping[str, str | int | float | bool] | None
"""A value that stands alone, or a range in the words of conditions: ``{"gte": 10, "lt": 50}``."""
Number = int | float
Edge = str | Number
Array = npt.NDArray[Any]

TENTHS = 10
FARTHEST = int(np.iinfo(np.int64).max)
HIGHEST = 1 << 62
"""No edge is further out, so that the number after it can be stored."""
FEW = 12
"""Up to so many different numbers in the sample, each stands alone."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column; cell 0 is null."""

    size: int
    tally: Callable[[int, int, Groups, Counts], None]
    """Count rows start <= row < end."""
    name: Callable[[int], CellValue]
    order: Literal["count", "ascending", "descending"]
    """How the cells are shown: words by their count, the others by value."""
    place: Callable[[], Array] | None = None
    """The cell of every row; None where a row is in several, which then do not add up to the whole."""

    @property
    def whole(self) -> bool:
        """Is everybody in one cell?"""
        return self.place is not None


def make_cells(
    tag: str, folded: Folded, zone: str, sample: Array, edges: Sequence[Edge] | None, parts: int = TENTHS
) -> Cells:
    """``sample`` are rows of the base, cut in so many parts of one size each where there are no ``edges``. Raises
    DefinitionError for edges that are not of the tag's kind."""
    column = folded.columns[tag]
    values = column.values
    match column.type:
        case ValueType.TEXT:
            return _coded(column.dictionary, values)
        case ValueType.BOOL:
            return _coded((False, True), values, "ascending")
        case ValueType.TEXTS | ValueType.NUMBERS:
            return _listed(column)
        case ValueType.COUNTS:
            matrix = cast(npt.NDArray[np.int32], values)
            return Cells(
                matrix.shape[1] + 1, lambda s, e, g, c: tally_matrix(matrix[s:e], g[s:e], c), _numbered, "ascending"
            )
    scale = _Scale(column, folded.as_of, zone)
    if edges is None:
        return _ranged(scale, values, _sampled_bounds(scale, values[sample], parts))
    return _ranged(scale, values, _given_bounds(tag, scale, edges))


def _numbered(cell: int) -> CellValue:
    return cell - 1 if cell else None


def _coded(words: Sequence[CellValue], codes: Array, order: Literal["count", "ascending"] = "count") -> Cells:
    return Cells(
        len(words) + 1,
        lambda start, end, groups, counts: tally_codes(codes[start:end], groups[start:end], counts),
        lambda cell: words[cell - 1] if cell else None,
        order,
        lambda: np.minimum(codes.astype(np.int64) + 1, len(words)),
    )


def _listed(column: TagColumn) -> Cells:
    offsets, codes, words = column.offsets, cast(Array, column.values), cast(Sequence[CellValue], column.dictionary)
    assert offsets is not None, "lists have offsets"
    if column.type is ValueType.NUMBERS:
        numbers, codes = np.unique(codes, return_inverse=True)
        words = [shorten(number, column.scale) for number in numbers.tolist()]
    return Cells(
        len(words) + 1,
        lambda start, end, groups, counts: tally_lists(offsets[start : end + 1], codes, groups[start:end], counts),
        lambda cell: words[cell - 1] if cell else None,
        "count" if column.type is ValueType.TEXTS else "ascending",
    )


# --- ranges ----------------------------------------------------------------------------------------------------------


class _Scale:
    """Between a number as it is read and as the column stores it."""

    def __init__(self, column: TagColumn, as_of: int, zone: str) -> None:
        self.type, self.scale, self.zone = column.type, column.scale, zone
        self.real = column.type is ValueType.FLOAT
        self.today = local_day(as_of, zone) if column.since_last else None
        """Set where the day of the last match is stored and the days since are read: the order is then reversed."""

    def read(self, stored: Array) -> Array:
        """Those that are not null, as they are read, ascending."""
        known = stored[~np.isnan(stored)] if self.real else stored[stored != NULL_NUMBER]
        return np.sort(known if self.today is None else self.today - known.astype(np.int64))

    def store(self, edges: Sequence[Number]) -> Array:
        """Ascending stored edges, the first of which only null is below; filled up with ones nothing is above."""
        if self.today is not None:
            edges = [self.today - edge + 1 for edge in reversed(edges)]
        kind, lowest, beyond = (np.float64, -math.inf, math.nan) if self.real else (np.int64, NULL_NUMBER + 1, FARTHEST)
        unused = -(len(edges) + 1) % EDGES
        return np.array([lowest, *edges, *[beyond] * unused], kind)

    def following(self, value: Number) -> Number:
        return math.nextafter(value, math.inf) if self.real else value + 1

    def say(self, value: Number) -> str | Number:
        if self.real:
            return value
        return iso_time(int(value), self.zone) if self.type is ValueType.TIME else shorten(int(value), self.scale)

    def parse(self, edge: Edge) -> Number | None:
        """An edge as written; None if it is not of the tag's kind."""
        if self.type is ValueType.TIME:
            moment = read_moment(edge, self.zone) if isinstance(edge, str) else None
            return moment[0] if moment else None
        if isinstance(edge, str | bool) or not math.isfinite(edge):
            return None
        if self.real:
            return float(edge)
        return max(min(math.ceil(Decimal(str(edge)).scaleb(self.scale)), HIGHEST), -HIGHEST)


Bounds = dict[Number, tuple[str, Number]]
"""By edge: how the range above it is said to begin, ``gte`` itself or ``gt`` the number before it."""


def _ranged(scale: _Scale, values: Array, bounds: Bounds) -> Cells:
    edges = sorted(bounds)
    names: list[CellValue] = [
        _name_range(scale, bounds, low, high) for low, high in zip([None, *edges], [*edges, None], strict=True)
    ]
    if scale.today is not None:
        names.reverse()
    stored, names = scale.store(edges), [None, *names]
    return Cells(
        len(stored) + 1,
        lambda start, end, groups, counts: tally_ranges(values[start:end], stored, groups[start:end], counts),
        names.__getitem__,
        "ascending" if scale.today is None else "descending",
        lambda: np.where(np.isnan(values), 0, np.searchsorted(stored[: len(names) - 1], values, side="right")),
    )


def _name_range(scale: _Scale, bounds: Bounds, low: Number | None, high: Number | None) -> CellValue:
    if low is not None and high == scale.following(low):
        return scale.say(low)
    said: dict[str, str | Number | bool] = {}
    if low is not None:
        operator, number = bounds[low]
        said[operator] = scale.say(number)
    if high is not None:
        said["lt"] = scale.say(high)
    return said or {"is_null": False}


def _given_bounds(tag: str, scale: _Scale, edges: Sequence[Edge]) -> Bounds:
    parsed = [(edge, scale.parse(edge)) for edge in edges]
    kind = "a date or an instant" if scale.type is ValueType.TIME else "a number"
    wrong = [Problem(tag, "edges", f"{edge!r} is not {kind}.") for edge, value in parsed if value is None]
    if wrong:
        raise DefinitionError(wrong)
    return {value: ("gte", value) for _, value in parsed if value is not None}


def _sampled_bounds(scale: _Scale, stored: Array, parts: int) -> Bounds:
    """Around each number that stands alone, and at the other tenths (or finer parts) of the sample."""
    sample = scale.read(stored)
    if not len(sample):
        return {}
    tenths = sample[[len(sample) * tenth // parts for tenth in range(1, parts)]]
    if scale.type is ValueType.TIME:
        midnights = {start_of_day(local_day(int(instant), scale.zone), scale.zone) for instant in tenths.tolist()}
        return {midnight: ("gte", midnight) for midnight in midnights}
    alone = sample[np.append(True, sample[1:] != sample[:-1])]
    if len(alone) > max(FEW, parts // 2):
        numbers, times = np.unique(tenths, return_counts=True)
        alone, tenths = numbers[times > 1], numbers[times == 1]
    after: Bounds = {scale.following(value): ("gt", value) for value in alone.tolist()}
    if scale.type is ValueType.INTEGER:
        after = {edge: ("gte", edge) for edge in after}
    return after | {value: ("gte", value) for value in [*alone.tolist(), *tenths.tolist()]}
