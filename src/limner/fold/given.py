"""Values that people and files give, as columns; and the identifiers they give them for, as nodes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.fold.shape import GIVEN_SHAPES
from limner.identity.normalise import normalise_values
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Given, Scalar
from limner.ports.observations import Observations


def encode_given(values: Sequence[Scalar], given: Given) -> TagColumn:
    """A row per value."""
    shape = GIVEN_SHAPES[given]
    if shape.type is ValueType.TEXT:
        codes: dict[Scalar, int] = {}
        rows = np.array([codes.setdefault(value, len(codes)) for value in values], np.int32)
        return TagColumn(shape.type, rows, 0, tuple(str(word) for word in codes))
    if shape.type is ValueType.BOOL:
        return TagColumn(shape.type, np.array([bool(value) for value in values], np.int8))
    stored: dict[Scalar, int] = {value: scale(value, shape.scale) for value in dict.fromkeys(values)}
    return TagColumn(shape.type, np.array([stored[value] for value in values], np.int64), shape.scale)


def scale(value: Scalar, places: int) -> int:
    """A number as an integer of that many decimal places, half away from zero.

    >>> scale(12.34565, 4), scale(-0.00005, 4)
    (123457, -1)
    """
    return int(Decimal(str(value)).scaleb(places).to_integral_value(ROUND_HALF_UP))


def normalise_keys(type: str, texts: Sequence[str]) -> list[str | None]:
    """Identifiers as events have them; None = it is none.

    >>> normalise_keys("phone", ["138 0000 0001", "none"])
    ['+8613800000001', None]
    """
    words = pc.dictionary_encode(pa.array(texts, pa.string()))
    normal = normalise_values(words.dictionary, type).to_pylist()
    return [normal[code] for code in words.indices.to_pylist()]


def match_keys(type: str, keys: Sequence[str], observations: Observations) -> npt.NDArray[np.int32]:
    """The node of each normalised identifier; -1 = no event carries it yet."""
    return observations.find([(type, key) for key in keys])
