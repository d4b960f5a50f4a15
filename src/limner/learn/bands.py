"""Bands of a number, as a model's declaration cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from limner.model.parse_value import read_number
from limner.model.place import Place


def read_bands(data: object, place: Place) -> tuple[float, ...]:
    """``[18, 25, 35]``: under 18, 18 to under 25, ..."""
    items = data if isinstance(data, list | tuple) else ()
    read = [read_number(item, place.at(i), -1e12, 1e12) for i, item in enumerate(items)]
    bands = tuple(bound for bound in read if bound is not None)
    if not read or any(low >= high for low, high in pairwise(bands)):
        place.wrong("bands are a list of numbers that ascend.", "Write [18, 25, 35, 45].")
    return bands


def name_bands(bands: Sequence[float]) -> tuple[str, ...]:
    """
    >>> name_bands([18, 25])
    ('<18', '18-25', '25+')
    """
    inner = (f"{low:g}-{high:g}" for low, high in pairwise(bands))
    return (f"<{bands[0]:g}", *inner, f"{bands[-1]:g}+")
