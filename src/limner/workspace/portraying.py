"""Verbs that fold: everybody, or one customer at any instant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limner.errors import DataError, NotFound, did_you_mean
from limner.fold.plan import build_plan
from limner.fold.portrait import FoldedRow, draw_portrait, find_inputs
from limner.identity.showing import list_identifiers
from limner.live import State, ground_standing, read_standing
from limner.model.clock import iso_time, now
from limner.model.portrait import Portrait
from limner.model.tag import Tag
from limner.pipeline import (
    FoldReport,
    Moment,
    fold_one,
    refold,
)
from limner.ports.log import Progress
from limner.workspace.following import Following
from limner.workspace.opened import Instant, silent


class Portraying(Following):
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
        evidence: bool = True,
    ) -> Portrait:
        """One customer's portrait, folded at this very instant. Without ``evidence`` it is quicker, and does not say
        what its values rest on nor since when."""
        shown = self._choose(tags, self.tags())
        if as_of is None and known_at is None:
            with self._settled():
                state = self._state()
                if state is not None:
                    return self._read_live(state, key, shown, evidence)
        return self._fold_one(key, as_of, known_at, shown, evidence)

    def profile_at_once(self, key: str, tags: Sequence[str] | None = None) -> Portrait | None:
        """The same without evidence, where it can be read without waiting for anybody; None = it cannot."""
        if not self.intake.is_settled or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._live is None or self._live.state is None or self._live.is_behind(self._tags, now()):
                return None
            shown = self._live.state.tags if tags is None else self._choose(tags, self._live.state.tags)
            return self._read_live(self._live.state, key, shown, evidence=False)
        finally:
            self._lock.release()

    def _read_live(self, state: State, key: str, shown: Sequence[Tag], evidence: bool) -> Portrait:
        instant, zone = now(), self.parts.zone
        number = state.moment.snapshot.resolve(key)
        row = read_standing(state, number, instant, zone)
        grounds = ground_standing(self.parts, state, number, instant) if evidence else None
        names = self._name(state.moment, number)
        return draw_portrait(row, shown, names, zone, grounds=grounds, inputs=state.inputs)

    def _fold_one(self, key: str, as_of: Instant, known_at: Instant, shown: Sequence[Tag], evidence: bool) -> Portrait:
        known, zone = None if known_at is None else self._instant(known_at), self.parts.zone
        with self._settled():
            instant = self._instant(as_of)
            moment = self.moment(known_at=known)
            number = moment.snapshot.resolve(key)
            folded, grounds = fold_one(self.parts, moment, number, instant, known)
            names = self._name(moment, number)
        inputs = find_inputs(moment.plan.tags)
        row = FoldedRow(folded, 0, zone)
        return draw_portrait(row, shown, names, zone, grounds=grounds if evidence else None, inputs=inputs)

    def _name(self, moment: Moment, number: int) -> list[dict[str, str]]:
        fragments = moment.view.fragments_of(np.array([number], np.int32)).tolist()
        return [{"type": kind, "value": value} for kind, value in list_identifiers(moment.snapshot, number, fragments)]

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
