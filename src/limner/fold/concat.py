"""Folds of different customers, put together as one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from limner.model.column import Folded, TagColumn

T = TypeVar("T", bound=np.generic)


def concat(parts: list[Folded], threads: int = 1) -> Folded:
    """Folds of different customers by one plan at one instant, as one; customers ascend.

    It empties ``parts``: a column's pieces go as soon as it is joined, so that not all is held twice.
    """
    customers = np.concatenate([part.customers for part in parts])
    as_of, events = parts[0].as_of, sum(part.events for part in parts)
    pieces = [dict(part.columns) for part in parts]
    parts.clear()
    names = list(pieces[0])
    with ThreadPoolExecutor(threads) as pool:
        joined = pool.map(lambda name: _concat_columns([columns.pop(name) for columns in pieces]), names)
        folded = Folded(customers, dict(zip(names, joined, strict=True)), as_of, events)
    if np.all(customers[1:] > customers[:-1]):
        return folded
    return folded.take(np.argsort(customers, kind="stable"))


def _concat_columns(parts: Sequence[TagColumn]) -> TagColumn:
    first = parts[0]
    confidence = offsets = None
    if first.confidence is not None:
        confidence = _join([part.confidence for part in parts if part.confidence is not None])
    if first.offsets is not None:
        lengths = _join([np.diff(part.offsets) for part in parts if part.offsets is not None])
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return replace(first, values=_join([part.values for part in parts]), offsets=offsets, confidence=confidence)


def _join(arrays: Sequence[npt.NDArray[T]]) -> npt.NDArray[T]:
    """numpy's own `concatenate` keeps Python's lock while it copies; assignments let other threads work."""
    size = sum(len(array) for array in arrays)
    joined = np.empty((size, *arrays[0].shape[1:]), arrays[0].dtype)
    place = 0
    for array in arrays:
        joined[place : place + len(array)] = array
        place += len(array)
    return joined
