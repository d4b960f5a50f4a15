"""Verbs that go back along one customer's timeline: its events, and what tags said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from limner.errors import DataError
from limner.fold.plan import narrow
from limner.fold.portrait import FoldedRow, draw_portrait, find_inputs
from limner.model.clock import iso_time, local_midnight
from limner.pipeline import fold_past
from limner.timeline.page import find_page
from limner.workspace.opened import Instant
from limner.workspace.portraying import Portraying
from limner.workspace.reading import choose_tags

LAST = (2**63 - 1, 0)
"""The place behind all events."""
CURSOR = re.compile(r"(-?\d{1,18})\.(\d{1,18})", re.ASCII)


class Recalling(Portraying):
    """Timelines, and tags over time."""

    def timeline(
        self,
        key: str,
        limit: int = 50,
        cursor: str | None = None,
        names: Sequence[str] | None = None,
        as_of: Instant = None,
    ) -> dict[str, Any]:
        """A customer's events up to ``as_of``, latest first, and the cursor of the next page; only those of ``names``,
        unless None."""
        before = None if as_of is None else (self._instant(as_of) + 1, 0)
        if cursor is not None:
            before = min(read_cursor(cursor), before or LAST)
        with self._same_file:  # nobody else waits while the log is read
            with self._settled():
                state = self._state()
                moment = self.moment() if state is None else state.moment
                number = moment.snapshot.resolve(key)
                codes = None if names is None else self._codes_of(names)
            seqs = find_page(moment.view, number, before, limit + 1, codes)
            events = self.parts.log.history(seqs[:limit])
        following = f"{events[-1]['time']}.{events[-1]['seq']}" if events and len(seqs) > limit else None
        for event in events:
            event["time"] = iso_time(event["time"], self.parts.zone)
            event["received_at"] = iso_time(event["received_at"], self.parts.zone)
        return {"events": events, "next": following}

    def _codes_of(self, names: Sequence[str]) -> list[int]:
        wanted = set(names)
        return [code for code, name in enumerate(self.parts.log.vocabulary().names) if name in wanted]

    def history(
        self, key: str, tags: Sequence[str] | None = None, days: int = 90, points: int = 30, as_of: Instant = None
    ) -> dict[str, Any]:
        """What tags said at the ends of past days, evenly over the last ``days``: ``points``, the oldest first and
        ``as_of`` last, and ``tags``, a list of values each; None where there was no event yet, too."""
        shown, zone = choose_tags(tags, self.tags()), self.parts.zone
        wanted = [tag.name for tag in shown]
        with self._same_file:  # nobody else waits while the past is folded
            with self._settled():
                until = self._instant(as_of)
                moment = self.moment()
                number = moment.snapshot.resolve(key)
                names = self._name(moment, number)
            instants = choose_instants(until, days, points, zone)
            folds = fold_past(self.parts, moment, number, instants, wanted)
        inputs = find_inputs(narrow(moment.plan, tuple(wanted)).tags)
        drawn = [
            None if folded is None else draw_portrait(FoldedRow(folded, 0, zone), shown, names, zone, inputs=inputs)
            for folded in folds
        ]
        values = {tag.name: [None if one is None else one.tags[tag.name].value for one in drawn] for tag in shown}
        at = [iso_time(instant, zone) for instant in instants]
        return {"customer_id": f"c{number}", "points": at, "tags": values}


def choose_instants(until: int, days: int, points: int, zone: str) -> list[int]:
    """The last microseconds of local days, evenly chosen, and ``until``."""
    midnights = [local_midnight(until, zone)]
    while len(midnights) < days:
        midnights.append(local_midnight(midnights[-1] - 1, zone))
    chosen = np.unique(np.linspace(len(midnights) - 1, 0, min(points - 1, len(midnights))).round().astype(int))
    return [*(midnights[place] - 1 for place in chosen[::-1]), until]


def read_cursor(cursor: str) -> tuple[int, int]:
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise DataError(f"{cursor[:100]!r} is no cursor.", hint="Give the `next` of the page before.")
    return int(found[1]), int(found[2])
