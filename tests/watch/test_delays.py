"""Delays are counted by station, in the bucket they fall in."""

from __future__ import annotations

from limner.watch.delays import BOUNDS, Delays, Station


def test_events_are_counted_by_how_long_they_took() -> None:
    delays = Delays()
    delays.note(Station.LOG, 0.03, 2)
    delays.note(Station.LOG, BOUNDS[0], 5)
    delays.note(Station.LOG, 100.0, 1)
    delays.note(Station.STATE, -0.5, 3)  # a clock that was put back
    buckets, seconds = delays.read()[Station.LOG]
    assert (buckets[0], buckets[BOUNDS.index(0.05)], buckets[-1], sum(buckets)) == (5, 2, 1, 8)
    assert seconds == 2 * 0.03 + 5 * BOUNDS[0] + 100.0
    buckets, seconds = delays.read()[Station.STATE]
    assert (buckets[0], seconds) == (3, 0.0)
