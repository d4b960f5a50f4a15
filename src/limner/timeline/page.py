"""Pages of one customer's events, latest first: found where the rows lie, without gathering their columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limner.timeline.view import View


def find_page(
    view: View, customer: int, before: tuple[int, int] | None, limit: int, names: Sequence[int] | None = None
) -> list[int]:
    """The seqs of the newest events, latest (time, seq) first; ``before``: of those ahead of such a place; ``names``:
    only of events with these codes."""
    picked = view.pick(np.array([customer], np.int32))
    time, seq, name = (picked.read(column).astype(np.int64) for column in ("time", "seq", "name"))
    if names is not None:
        wanted = np.isin(name, names)
        time, seq = time[wanted], seq[wanted]
    if before is not None:
        earlier = (time < before[0]) | ((time == before[0]) & (seq < before[1]))
        time, seq = time[earlier], seq[earlier]
    if len(time) > limit:
        newest = time >= np.partition(time, -limit)[-limit]
        time, seq = time[newest], seq[newest]
    found: list[int] = seq[np.lexsort((seq, time))[::-1][:limit]].tolist()
    return found
