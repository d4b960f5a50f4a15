"""What is known of customers by a tag, in words, and which of them a model is never fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.derive import as_doubles
from limner.learn.bands import name_bands
from limner.learn.contract import Numbers, Study
from limner.learn.examples import find_asked
from limner.model.clock import local_day
from limner.model.column import TagColumn, ValueType

Array = npt.NDArray[Any]
HELD_OUT = 5
"""One in so many customers is never fitted on."""


def read_truth(study: Study, name: str, bands: Sequence[float], as_of: int, customers: Numbers) -> list[str | None]:
    """The tag's value in words, of these customers; None = nobody knows."""
    (tag,) = find_asked(study, [name])
    folded = study.until([tag], as_of)
    told = read_words(folded.columns[tag.name], bands, as_of, study.zone)
    places = {number: place for place, number in enumerate(folded.customers.tolist())}
    return [told[places[number]] if number in places else None for number in customers.tolist()]


def read_words(column: TagColumn, bands: Sequence[float], as_of: int, zone: str) -> list[str | None]:
    values: Array = column.values
    match column.type:
        case ValueType.TEXT:
            return [None if code < 0 else column.dictionary[code] for code in values.tolist()]
        case ValueType.BOOL:
            return [None if value < 0 else "true" if value else "false" for value in values.tolist()]
    numbers = as_doubles(column, local_day(as_of, zone))
    if bands:
        names = name_bands(bands)
        places = np.searchsorted(np.array(bands), numbers, side="right")
        return [None if np.isnan(number) else names[place] for number, place in zip(numbers, places, strict=True)]
    return [None if np.isnan(number) else f"{number:g}" for number in numbers]


def is_held_out(customers: Numbers) -> npt.NDArray[np.bool_]:
    """The same ones whenever it is asked."""
    mixed = customers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((mixed >> np.uint64(33)) % np.uint64(HELD_OUT) == 0)
