"""Verbs that fold: everybody, or one customer at any instant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limner.errors import DataError, NotFound, did_you_mean
from limner.fold.plan import build_plan
from limner.fold.portrait import draw_portrait
from limner.identity.showing import list_identifiers
from limner.model.clock import iso_time
from limner.model.portrait import Portrait
from limner.model.tag import Tag
from limner.pipeline import (
    FoldReport,
    fold_one,
    refold,
)
from limner.ports.log import Progress
from limner.workspace.opened import Instant, Opened, silent


class Portraying(Opened):
    """Folds, portraits and timelines."""

    def fold(self, as_of: Instant = None, progress: Progress = silent) -> FoldReport:
        """Fold everybody at ``as_of`` (now) and keep the columns."""
        with self._settled():
            self._stored = None
            return refold(self.parts, self._one_id, self.tags(), self._instant(as_of), progress)[1]

    def explain_fold(self, language: str = "en") -> str:
        """The steps `fold` runs, from the very plan it runs."""
        return build_plan(self.tags(), self.parts.log.vocabulary(), self.parts.seen).explain(language)

    def profile(
        self,
        key: str,
        as_of: Instant = None,
        known_at: Instant = None,
        tags: Sequence[str] | None = None,
    ) -> Portrait:
        """One customer's portrait, folded at this very instant."""
        instant = self._instant(as_of)
        known = None if known_at is None else self._instant(known_at)
        with self._settled():
            moment = self.moment(known_at=known)
            number = moment.snapshot.resolve(key)
            folded, grounds = fold_one(self.parts, moment, number, instant, known)
            identifiers = list_identifiers(moment.snapshot, number)
        shown = self._choose(tags, moment.plan.tags)
        known_ones = [{"type": type, "value": value} for type, value in identifiers]
        return draw_portrait(folded, 0, shown, known_ones, self.parts.zone, grounds=grounds)

    def timeline(self, key: str, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
        """A customer's events, latest first, and the cursor of the next page."""
        before = None
        if cursor is not None:
            before = read_cursor(cursor)
        with self._settled():
            moment = self.moment()
            number = moment.snapshot.resolve(key)
            fragments = np.flatnonzero(moment.snapshot.graph.customer_of == number).tolist()
            events = self.parts.log.history(fragments, before, limit)
        following = f"{events[-1]['time']}.{events[-1]['seq']}" if len(events) == limit else None
        for event in events:
            event["time"] = iso_time(event["time"], self.parts.zone)
            event["received_at"] = iso_time(event["received_at"], self.parts.zone)
        return {"events": events, "next": following}

    def _choose(self, names: Sequence[str] | None, tags: Sequence[Tag]) -> list[Tag]:
        if names is None:
            return list(tags)
        known = {tag.name: tag for tag in tags}
        for name in names:
            if name not in known:
                raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, known))
        return [known[name] for name in names]


def read_cursor(cursor: str) -> tuple[int, int]:
    time_text, _, seq = cursor.partition(".")
    if not (time_text.lstrip("-").isdecimal() and seq.isdecimal()):
        raise DataError(f"{cursor!r} is no cursor.", hint="Give the `next` of the page before.")
    return int(time_text), int(seq)
