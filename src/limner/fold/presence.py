"""Who is there: a customer exists from its first event on, in the past as now."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from limner.model.column import Folded
from limner.model.timeline import Slice


def count_events(slice: Slice, as_of: int, known_at: int | None = None) -> npt.NDArray[np.int64]:
    """How many events each customer had by ``as_of`` (and was known to have by ``known_at``)."""
    if not len(slice):
        return np.zeros(0, np.int64)
    starts, ends = slice.offsets[:-1], slice.offsets[1:]
    times = slice.columns["time"].astype(np.int64, copy=False)
    if known_at is None and np.all(times[ends - 1] <= as_of):  # sorted by time: the last tells for all
        return ends - starts
    seen = times <= as_of
    if known_at is not None:
        seen &= slice.columns["received_at"].astype(np.int64, copy=False) <= known_at
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(seen)])
    counts: npt.NDArray[np.int64] = before[ends] - before[starts]
    return counts


def drop_absent(folded: Folded, counts: npt.NDArray[np.int64]) -> Folded:
    """The fold of those who had any event; ``counts`` as of `count_events`."""
    return take_there(folded, counts, counts > 0)


def take_there(folded: Folded, counts: npt.NDArray[np.int64], there: npt.NDArray[np.bool_]) -> Folded:
    """The fold of some of the customers."""
    if there.all():
        return Folded(folded.customers, folded.columns, folded.as_of, int(counts.sum()))
    kept = folded.take(np.flatnonzero(there))
    return Folded(kept.customers, kept.columns, kept.as_of, int(counts[there].sum()))
