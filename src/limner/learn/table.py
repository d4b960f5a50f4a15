"""What a model reads of customers: a row each, numbers and words as one matrix.

>>> table = Table.of({"visits": [3, None], "city": ["上海", "苏州"]})
>>> table.matrix.tolist()
[[3.0, 0.0], [nan, 1.0]]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.fold.derive import as_doubles
from limner.model.clock import local_day
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType

Matrix = npt.NDArray[np.float32]
MOST_WORDS = 100
"""Of one feature; rarer ones count as another word."""
DAY = 86_400_000_000
PARTS_OF_DAY = ("0-4", "4-8", "8-12", "12-16", "16-20", "20-24")
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Form(StrEnum):
    """How a number is to be read."""

    NUMBER = "number"
    TRUTH = "truth"
    AGO = "ago"  # in days
    SHARE = "share"


FORMS = {ValueType.BOOL: Form.TRUTH, ValueType.TIME: Form.AGO}


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of a table."""

    name: str
    """``tag``, or ``tag[part]`` where a tag gives several."""
    words: tuple[str, ...] | None = None
    """By code, of a feature that is a word; one that is not among them has the code after the last. None = a number."""
    form: Form = Form.NUMBER

    @property
    def tag(self) -> str:
        return self.name.partition("[")[0]

    @property
    def part(self) -> str:
        return self.name.partition("[")[2].removesuffix("]")

    def as_list(self) -> list[Any]:
        """For JSON."""
        return [self.name, self.words, self.form]

    @classmethod
    def of_list(cls, kept: Sequence[Any]) -> Self:
        name, words, *form = kept  # files of former times have no form
        return cls(name, None if words is None else tuple(words), *map(Form, form))


@dataclass(frozen=True, slots=True)
class Table:
    features: tuple[Feature, ...]
    matrix: Matrix
    """A row per customer, a column per feature; NaN = not known."""

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def names(self) -> list[str]:
        return [feature.name for feature in self.features]

    @property
    def word_places(self) -> list[int]:
        """Which columns are codes of words."""
        return [place for place, feature in enumerate(self.features) if feature.words is not None]

    def take(self, rows: npt.NDArray[Any]) -> Table:
        return replace(self, matrix=self.matrix[rows])

    def without(self, names: Sequence[str]) -> Table:
        kept = [place for place, feature in enumerate(self.features) if feature.name not in names]
        return Table(tuple(self.features[place] for place in kept), self.matrix[:, kept])

    @classmethod
    def of(
        cls, columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]], like: Sequence[Feature] | None = None
    ) -> Table:
        """From arrays by name: numbers, truths, or text. ``like``: the features of the table a model was fitted on,
        which must all be there. Missing is None, NaN or an empty text."""
        if like is not None:
            lacking = [feature.name for feature in like if feature.name not in columns]
            if lacking:
                raise DataError(f"The model reads {', '.join(lacking)}, which the table does not have.")
            columns = {feature.name: columns[feature.name] for feature in like}
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise DataError(f"All columns must be equally long; these are not: {lengths}.")
        known = {feature.name: feature for feature in like or ()}
        read = [read_array(name, values, known.get(name)) for name, values in columns.items()]
        matrix = np.empty((next(iter(lengths.values()), 0), len(read)), np.float32)
        for place, (_, values) in enumerate(read):
            matrix[:, place] = values
        return cls(tuple(feature for feature, _ in read), matrix)


def read_array(name: str, values: Sequence[Any] | npt.NDArray[Any], like: Feature | None) -> tuple[Feature, Any]:
    array = np.asarray(values)
    textual = array.dtype.kind in "USO" and any(isinstance(value, str) for value in array.tolist())
    if like is not None:
        textual = like.words is not None
    if not textual:
        try:
            return Feature(name), array.astype(np.float64)
        except (TypeError, ValueError):
            raise DataError(f"{name} was a number when the model was fitted, and is not one now.") from None
    words = ["" if value is None or value != value else str(value) for value in array.tolist()]  # noqa: PLR0124  NaN
    known = choose_words(words) if like is None or like.words is None else like.words
    codes = {word: code for code, word in enumerate(known)}
    return Feature(name, known), [codes.get(word, len(known)) if word else np.nan for word in words]


def choose_words(words: Sequence[str]) -> tuple[str, ...]:
    """The most frequent ones, in the order of the alphabet."""
    found, counts = np.unique([word for word in words if word], return_counts=True)
    kept = found[np.argsort(-counts, kind="stable")[:MOST_WORDS]]
    return tuple(sorted(str(word) for word in kept))


# --- from folds ------------------------------------------------------------------------------------------------------


def list_features(folds: Sequence[Folded], tags: Sequence[str]) -> tuple[Feature, ...]:
    """The columns that these tags make; words are chosen over all the folds."""
    features: list[Feature] = []
    for tag in tags:
        columns = [folded.columns[tag] for folded in folds]
        match columns[0].type:
            case ValueType.TEXT:
                features.append(Feature(tag, choose_coded(columns)))
            case ValueType.COUNTS:
                cells = columns[0].values.shape[1]
                parts = WEEK if cells == len(WEEK) else PARTS_OF_DAY
                features += [Feature(f"{tag}[{part}]", form=Form.SHARE) for part in parts]
            case type:
                features.append(Feature(tag, form=FORMS.get(type, Form.NUMBER)))
    return tuple(features)


def choose_coded(columns: Sequence[TagColumn]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for column in columns:
        codes: npt.NDArray[Any] = column.values
        for code, count in zip(*np.unique(codes[codes >= 0], return_counts=True), strict=True):
            word = column.dictionary[int(code)]
            counts[word] = counts.get(word, 0) + int(count)
    kept = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    return tuple(sorted(kept))


def read_table(folded: Folded, features: Sequence[Feature], zone: str) -> Table:
    """The features of everybody in a fold."""
    matrix = np.empty((len(folded.customers), len(features)), np.float32)
    for place, feature in enumerate(features):
        matrix[:, place] = read_feature(folded.columns[feature.tag], feature, folded.as_of, zone)
    return Table(tuple(features), matrix)


def read_feature(column: TagColumn, feature: Feature, as_of: int, zone: str) -> npt.NDArray[Any]:
    """Numbers as they are, times as days ago, lists as how long they are, counts as shares, words as codes."""
    values: npt.NDArray[Any] = column.values
    if column.offsets is not None:
        return np.diff(column.offsets).astype(np.float64)
    match column.type:
        case ValueType.TIME:
            return np.where(values == NULL_NUMBER, np.nan, (as_of - values.astype(np.float64)) / DAY)
        case ValueType.TEXT:
            return encode_words(column, feature.words or ())
        case ValueType.COUNTS:
            return share_of(values, feature.part)
    return as_doubles(column, local_day(as_of, zone))


def encode_words(column: TagColumn, words: Sequence[str]) -> npt.NDArray[np.float64]:
    codes: npt.NDArray[Any] = column.values
    places = {word: float(code) for code, word in enumerate(words)}
    table = np.array([*(places.get(word, float(len(words))) for word in column.dictionary), np.nan])
    return table[np.where(codes == NULL_CODE, -1, codes)]


def share_of(counts: npt.NDArray[Any], part: str) -> npt.NDArray[np.float64]:
    """NaN for who has no count at all."""
    whole = counts.sum(axis=1).astype(np.float64)
    if counts.shape[1] == len(WEEK):
        mine = counts[:, WEEK.index(part)]
    else:
        low, high = (int(hour) for hour in part.split("-"))
        mine = counts[:, low:high].sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(mine / whole, np.float64)
