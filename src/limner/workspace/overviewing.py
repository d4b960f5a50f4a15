"""Verbs for the console's first page, its search and its pages about the system."""

from __future__ import annotations

import time
from importlib.metadata import version
from threading import Lock
from typing import Any

import numpy as np

from limner.identity.normalise import normalise_key
from limner.identity.snapshot import CUSTOMER_ID, customer_id
from limner.model.clock import iso_time, now
from limner.parts import Parts
from limner.ports.jobs import State
from limner.settings import KNOWN
from limner.settings.file import read_file
from limner.watch.calendar import Calendar, Trend
from limner.workspace.delivering import Delivering
from limner.workspace.operating import Operating
from limner.workspace.portraying import Portraying

FRESH = 3.0
"""Seconds for which an overview is told again: with many readers one pass over the customers serves them all."""
LOOKED_AT = 20
"""Identifiers looked at for each customer that is to be found: many may be one customer's."""
LEAST = 2
"""Characters by which is searched."""
JOBS = 200


class Overviewing(Portraying, Delivering, Operating):
    """What stands where, told in one call."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._calendar = Calendar(parts.times, parts.zone)
        self._overview: tuple[float, dict[str, Any]] | None = None
        self._overlooking = Lock()

    def overview(self) -> dict[str, Any]:
        """Customers, events and what becomes of them, with the last 30 days; some seconds old at most."""
        told = self._overview
        if told is not None and time.monotonic() - told[0] <= FRESH:
            return told[1]
        if not self._overlooking.acquire(blocking=told is None) and told is not None:
            return told[1]  # somebody looks already: nobody else need wait for it
        try:
            document = self._look_over()
            self._overview = (time.monotonic(), document)
            return document
        finally:
            self._overlooking.release()

    def _look_over(self) -> dict[str, Any]:
        instant = now()
        self.intake.settle()
        snapshot, seq = self._one_id.refresh(), self.parts.log.watermark()
        trend = self._calendar.look(seq, snapshot.graph.customer_of, instant)
        drafts = self.parts.registry.drafts()
        stages = [draft.stage for draft in drafts]
        jobs = [job.state for job in self.parts.jobs.jobs(JOBS)]
        customers = int(np.count_nonzero(snapshot.graph.peopled))
        return {
            "as_of": iso_time(instant, self.parts.zone),
            "customers": customers,
            "active_30d": trend.active_customers,
            "new_30d": sum(trend.new),
            "events": trend.total,
            "events_today": trend.events[-1],
            "tags": {
                "live": len(self.tags()),
                "drafts": len(stages),
                "in_review": sum(stage in ("submitted", "approved") for stage in stages),
            },
            "audiences": len(self.parts.audiences.audiences()),
            "jobs": {
                "running": jobs.count(State.RUNNING),
                "waiting": jobs.count(State.WAITING),
                "failed": jobs.count(State.FAILED),
            },
            "rejects": self.parts.rejects.count(),
            "freshness_seconds": None if trend.latest is None else max(instant - trend.latest, 0) // 1_000_000,
            "alarms": self._alarms(),
            "trend": list_days(trend),
            "empty": trend.total == 0,
        }

    def _alarms(self) -> list[dict[str, str]]:
        """What somebody should look at."""
        found = [
            {"kind": "audience", "subject": audience.name, "message": str(alarm.get("message") or alarm.get("alarm"))}
            for audience in self.audience_sizes()
            for alarm in audience.alarms
        ]
        if self.parity is not None and self.parity.differing:
            found.append({"kind": "parity", "subject": "", "message": f"{self.parity.differing} values differ."})
        return found

    def customers_find(self, text: str, limit: int = 20, whole: bool = False) -> dict[str, Any]:
        """Customers by an identifier or its beginning, with or without its type, or by a customer id. ``whole``: only
        by all of an identifier: whoever may not see them could else find them out letter by letter."""
        text = text.strip()
        self.intake.settle()
        with self._lock:
            state = None if self._live is None else self._live.state
            moment = self.moment() if state is None else state.moment
        snapshot = moment.snapshot
        nodes = self._nodes_of(text, snapshot.observed.types, limit * LOOKED_AT, whole)
        found: dict[int, int | None] = {}
        if CUSTOMER_ID.fullmatch(text) and int(text[1:]) < len(snapshot.graph.root):
            found[int(snapshot.graph.root[int(text[1:])])] = None
        for node in nodes:
            if node < len(snapshot.graph.root):
                found.setdefault(int(snapshot.graph.root[node]), node)
        numbers = [number for number in found if snapshot.graph.peopled[number]]
        with self._lock:
            named = [(number, self._name(moment, number)) for number in numbers[:limit]]
        shown = []
        for number, names in named:
            by = found[number]
            matched = None if by is None else dict(zip(("type", "value"), snapshot.observations.identifiers([by])[0]))
            shown.append({"customer_id": customer_id(number), "identifiers": names, "matched": matched})
        return {"customers": shown, "more": len(numbers) > limit}

    def _nodes_of(self, text: str, types: tuple[str, ...], most: int, whole: bool) -> list[int]:
        type, colon, value = text.partition(":")
        named = type if colon and type in types else None
        value = value if named is not None else text
        if len(value) < LEAST:
            return []
        exact = [(kind, normalise_key(kind, value, "CN")) for kind in ([named] if named else types)]
        nodes = self.parts.observations.find([(kind, normal) for kind, normal in exact if normal is not None])
        found: list[int] = nodes[nodes >= 0].tolist()
        if whole:
            return found
        begun = self.parts.names.beginning(spell_beginnings(value), named, most)
        return list(dict.fromkeys([*found, *begun]))

    def audit_list(
        self, subject: str | None = None, who: str | None = None, limit: int = 100, before: int | None = None
    ) -> dict[str, Any]:
        """Who did what, the newest first: ``entries``, and ``next``, before which the following page begins."""
        page = self.parts.catalog.audit_page(subject, who, before, limit + 1)
        entries = [
            {
                "id": number,
                "at": iso_time(entry.at, self.parts.zone),
                "who": entry.who,
                "action": entry.action,
                "subject": entry.subject,
                "why": entry.why,
            }
            for number, entry in page[:limit]
        ]
        return {"entries": entries, "next": page[limit - 1][0] if len(page) > limit else None}

    def settings_list(self) -> list[dict[str, Any]]:
        """What ``limner.toml`` can say, what it says, and what holds where it does not."""
        written = read_file(self.parts.folder)
        named = {**KNOWN, **{name: None for name in written if name not in KNOWN}}
        return [
            {"name": name, "value": written.get(name, usual), "default": usual, "written": name in written}
            for name, usual in named.items()
        ]

    def system_show(self) -> dict[str, Any]:
        """How it stands, without looking anything over that takes long; `doctor` does."""
        folder, live = self.parts.folder, self._live
        state = None if live is None else live.state
        parity, zone = self.parity, self.parts.zone
        return {
            "version": version("limner"),
            "timezone": zone,
            "seq": self.parts.log.watermark(),
            "live": state is not None,
            "live_as_of": None if state is None else iso_time(state.standing.as_of, zone),
            "behind_bytes": self.intake.behind,
            "rejects": self.parts.rejects.count(),
            "held": self.count_held(),
            "parity": None
            if parity is None
            else {
                "checked_at": iso_time(parity.checked_at, zone),
                "compared": parity.compared,
                "differing": parity.differing,
            },
            "bytes": {
                name: sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())
                for name, pattern in {
                    "log": "log.duckdb*",
                    "catalog": "catalog.sqlite*",
                    "journal": "journal/*",
                    "timelines": "timelines/*",
                    "columns": "columns/**/*",
                    "snapshots": "snapshots/**/*",
                }.items()
            },
            "alarms": self._alarms(),
        }


def list_days(trend: Trend) -> list[dict[str, Any]]:
    rows = zip(trend.days, trend.events, trend.active, trend.new, strict=True)
    return [{"day": day, "events": events, "active": active, "new": new} for day, events, active, new in rows]


def spell_beginnings(text: str) -> list[str]:
    """How identifiers may be stored that somebody begins to write like this.

    >>> spell_beginnings("138"), spell_beginnings("Li@")
    (['138', '+86138'], ['Li@', 'li@'])
    """
    found = [text, text.lower()]
    if text.isdecimal():
        found.append(f"+86{text}")
    return list(dict.fromkeys(found))
