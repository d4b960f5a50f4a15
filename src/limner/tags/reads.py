"""How often whom asks for which tag by name: counted in memory, written down now and then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from threading import Lock

from limner.model.clock import local_day, now
from limner.ports.findings import Findings

KEPT = 90
"""Days."""


class Reads:
    """Safe to share between threads. Whoever asks for whole portraits asks for no tag in particular."""

    def __init__(self, findings: Findings, zone: str) -> None:
        self._findings = findings
        self._zone = zone
        self._lock = Lock()
        self._counts: Counter[tuple[tuple[str, ...], str]] = Counter()

    def note(self, reader: str, names: Iterable[str], times: int = 1) -> None:
        """Somebody was told the values of these tags. Well under a microsecond."""
        asked = tuple(names)
        with self._lock:
            self._counts[asked, reader] += times

    def flush(self) -> None:
        """Write down what was counted; what cannot be written is counted on."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        reads: Counter[tuple[str, str]] = Counter()
        for (names, reader), times in counts.items():
            for name in names:
                reads[name, reader] += times
        today = local_day(now(), self._zone)
        try:
            self._findings.add_reads(today, reads, today - KEPT)
        except BaseException:
            with self._lock:
                self._counts.update(counts)
            raise

    def since(self, days: int) -> dict[str, dict[str, int]]:
        """By tag and reader, today and the days before it."""
        self.flush()
        return self._findings.reads(local_day(now(), self._zone) - days)
