"""Who is known today and was not at a past instant: since when."""

from __future__ import annotations

import numpy as np

from limner.errors import NotFound
from limner.model.clock import iso_time
from limner.pipeline import Moment


def explain_unheard(moment: Moment, key: str, as_of: int, known_at: int | None, zone: str) -> NotFound:
    """``moment``: of today. Raises `NotFound` itself where the key is nobody's today, either."""
    number = moment.snapshot.resolve(key)
    part = moment.view.slice_of_one(number)
    if not len(part):
        return NotFound(f"c{number} has no events on a timeline.")
    times, received = (part.columns[name].astype(np.int64, copy=False) for name in ("time", "received_at"))
    first, heard = int(times.min()), int(received.min())
    if known_at is not None and heard > known_at:
        asked = iso_time(known_at, zone)
        return NotFound(f"c{number} was first heard of at {iso_time(heard, zone)}: at {asked} nobody knew of it.")
    if first > as_of:
        asked = iso_time(as_of, zone)
        return NotFound(f"The first event of c{number} is of {iso_time(first, zone)}: at {asked} there was none.")
    told = f"c{number} was first heard of at {iso_time(heard, zone)}"
    return NotFound(f"{told}, but nothing of what is asked was known to be theirs by then.")
