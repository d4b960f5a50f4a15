"""How fast a workspace is on this machine: the work people wait for, through the same door they use."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from limner.api.verbs import Progress
from limner.cli.door import Door
from limner.errors import LimnerError, NotFound

EVERYBODY: dict[str, Any] = {"all": []}


def measure_workspace(door: Door, reads: int, progress: Progress) -> dict[str, Any]:
    """Fold everybody, read portraits one by one, count an audience as often. Seconds, and milliseconds at p50 and p95.

    Raises NotFound on a workspace without customers.
    """
    folded = door.call("fold", {"as_of": None}, progress)
    keys = _some_customers(door, folded["customers"], reads, progress)
    portraits = _time(keys, lambda key: door.call("profile", {"key": key}, progress))
    counts = _time(range(reads), lambda _: door.call("audience_count", {"rule": EVERYBODY}, progress))
    return {
        "customers": folded["customers"],
        "events": folded["events"],
        "tags": folded["tags"],
        "fold_seconds": folded["seconds"],
        "events_per_second": round(folded["events"] / max(folded["seconds"], 1e-9)),
        "portrait_ms_p50": _percentile(portraits, 50),
        "portrait_ms_p95": _percentile(portraits, 95),
        "count_ms_p50": _percentile(counts, 50),
        "count_ms_p95": _percentile(counts, 95),
    }


def _some_customers(door: Door, customers: int, reads: int, progress: Progress) -> list[str]:
    """Customer ids that exist, read once so that what is timed afterwards is the steady state."""
    found: list[str] = []
    for number in range(0, max(4 * customers, 1), max(customers // reads, 1)):
        try:
            found.append(door.call("profile", {"key": f"c{number}"}, progress)["customer_id"])
        except LimnerError as error:  # numbers have gaps where customers were merged
            if error.code != "not_found":
                raise
        if len(found) == reads:
            break
    if not found:
        raise NotFound("There is no customer to measure with.", hint="Bring in some events first: limner import FILE")
    return [found[i % len(found)] for i in range(reads)]


def _time(items: Any, work: Callable[[Any], object]) -> list[float]:
    """Milliseconds each took, sorted."""
    took = []
    for item in items:
        began = perf_counter()
        work(item)
        took.append((perf_counter() - began) * 1000)
    return sorted(took)


def _percentile(sorted_times: list[float], percent: int) -> float:
    return round(sorted_times[min(len(sorted_times) * percent // 100, len(sorted_times) - 1)], 3)
