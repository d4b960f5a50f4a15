"""What a tag's column looks like: its type, known before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from limner.model.column import NULL_CODE, NULL_NUMBER, TagColumn, ValueType
from limner.model.fold import Fold, Given, Measure, Scalar
from limner.model.tag import Imported, Predicted, Quantiles, Queried, Rule, Tag, Tiers
from limner.model.timeline import Column, Kind, Vocabulary

COUNTS = frozenset({Measure.COUNT, Measure.DISTINCT, Measure.DAYS, Measure.STREAK, Measure.SEQUENCE, Measure.SINCE})
DOUBLES = frozenset({Measure.AVG, Measure.MEDIAN, Measure.INTERVAL, Measure.SHARE})
HISTOGRAMS: Mapping[Measure, int] = {Measure.HOURS: 24, Measure.WEEKDAYS: 7}
DTYPES: Mapping[ValueType, type[np.generic]] = {
    ValueType.INTEGER: np.int64,
    ValueType.DECIMAL: np.int64,
    ValueType.TIME: np.int64,
    ValueType.FLOAT: np.float64,
    ValueType.TEXT: np.int32,
    ValueType.BOOL: np.int8,
    ValueType.TEXTS: np.int32,
    ValueType.NUMBERS: np.int64,
    ValueType.COUNTS: np.int32,
}
NULLS: Mapping[ValueType, float] = {
    ValueType.INTEGER: NULL_NUMBER,
    ValueType.DECIMAL: NULL_NUMBER,
    ValueType.TIME: NULL_NUMBER,
    ValueType.FLOAT: np.nan,
    ValueType.TEXT: NULL_CODE,
    ValueType.BOOL: -1,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Type, decimal places, and the words of its codes."""

    type: ValueType
    scale: int = 0
    dictionary: tuple[str, ...] = field(default=(), repr=False)
    since_last: bool = False


GIVEN_SHAPES: Mapping[Given, Shape] = {
    Given.TEXT: Shape(ValueType.TEXT),
    Given.DATE: Shape(ValueType.TEXT),
    Given.NUMBER: Shape(ValueType.DECIMAL, 4),
    Given.TRUTH: Shape(ValueType.BOOL),
}
"""Of columns that runs write; the words of texts are known when a run is read."""
PREDICTED_SHAPES: Mapping[Given, Shape] = {**GIVEN_SHAPES, Given.NUMBER: Shape(ValueType.FLOAT)}
"""Of those that models write: their numbers are no decimals."""


def shape_of_fold(fold: Fold, kind: Kind | None, column: Column | None, vocabulary: Vocabulary) -> Shape:
    """``kind`` is how the fold reads its property; ``column`` is None while nobody has seen it."""
    measure = fold.measure
    if measure in COUNTS:
        return Shape(ValueType.INTEGER, since_last=measure is Measure.SINCE)
    if measure in DOUBLES:
        return Shape(ValueType.FLOAT)
    if measure in HISTOGRAMS:
        return Shape(ValueType.COUNTS)
    listed = measure is Measure.LIST
    if kind is Kind.TEXT:
        words = vocabulary.dictionaries.get(column.name, ()) if column else ()
        return Shape(ValueType.TEXTS if listed else ValueType.TEXT, dictionary=words)
    if kind is Kind.TIME:
        return Shape(ValueType.TIME)
    return Shape(ValueType.NUMBERS if listed else ValueType.DECIMAL, column.scale if column else 4)


def shape_of_derived(tag: Tag) -> Shape:
    """Of all that are no folds."""
    match tag.definition:
        case Rule():
            return Shape(ValueType.BOOL)
        case Tiers() as tiers:
            return _shape_of_values(values_of(tiers))
        case Quantiles(values=values):
            return _shape_of_values(values)
        case Imported(given) | Queried(given=given):
            return GIVEN_SHAPES[given]
        case Predicted(given=given):
            return PREDICTED_SHAPES[given]
        case _:
            return Shape(ValueType.FLOAT)


def values_of(tiers: Tiers) -> tuple[Scalar, ...]:
    """The values a tiered tag can take, each once, in the order written."""
    values = [value for _, value in tiers.branches] + ([] if tiers.otherwise is None else [tiers.otherwise])
    return tuple(dict.fromkeys(values))


def _shape_of_values(values: tuple[Scalar, ...]) -> Shape:
    if all(isinstance(value, bool) for value in values):
        return Shape(ValueType.BOOL)
    if all(isinstance(value, int) for value in values):
        return Shape(ValueType.INTEGER)
    if all(isinstance(value, int | float) for value in values):
        return Shape(ValueType.FLOAT)
    return Shape(ValueType.TEXT, dictionary=tuple(dict.fromkeys(str(value) for value in values)))


def empty_column(shape: Shape, customers: int) -> TagColumn:
    """A column of that shape without a single value. Raises KeyError for lists and histograms."""
    values = np.full(customers, NULLS[shape.type], DTYPES[shape.type])
    return TagColumn(shape.type, values, shape.scale, shape.dictionary)
