"""Behaviour that rules ask for inline, where a live state is kept: its columns stand for a while after they were asked
for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Thread
from typing import NamedTuple

from limner.aside import KEPT, Asides
from limner.fold.room import make_room
from limner.full_fold import FullFold, Look
from limner.live import Live
from limner.model.check import warn_tags
from limner.model.clock import now
from limner.model.column import TagColumn
from limner.model.fold import Fold
from limner.model.tag import Layer, Tag
from limner.parts import Parts
from limner.state import State
from limner.workspace.filling import paths_read
from limner.workspace.following import Following
from limner.workspace.opened import silent
from limner.workspace.ticking import Asked

TRIES = 3
"""Events may come in between two looks."""
NUMBER = 8
"""Bytes of most values."""
UNNAMED = ("title", "group", "owner")
"""What a rule has none of."""


class Standing(NamedTuple):
    """Everybody's columns as they stand."""

    state: State
    did: Mapping[str, TagColumn]
    """Of behaviour, aligned with the state's."""
    instant: int
    """One at which all are what a fold gives."""


class Behaving(Following):
    """What customers did, as columns beside those of tags."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._asides = Asides()

    def _forget_derived(self) -> None:
        super()._forget_derived()
        self._asides.forget()

    def _drop_idle(self) -> None:
        super()._drop_idle()
        self._asides.drop_idle()

    def _stand_by(self, behaviour: Sequence[Tag]) -> None:
        """Have their columns stand. Where nobody asked before, everybody is folded, and others go on meanwhile."""
        if not self.is_followed or len(behaviour) > KEPT:
            return
        for tag in behaviour:
            with self._settled():
                aside = self._asides.open(self.parts, self._one_id, tag)
            with aside.beginning:
                try:
                    while True:
                        with self._lock:
                            full = aside.begin()
                        if full is None:
                            break
                        full.run(self.parts, silent)
                        with self._lock:
                            aside.finish(full)
                        self._make_room(full)
                except BaseException:
                    with self._lock:
                        self._asides.drop(aside)
                    raise

    def _adopt(self, live: Live, full: FullFold, look: Look, asked: Asked) -> None:
        super()._adopt(live, full, look, asked)
        self._make_room(full)

    def _make_room(self, full: FullFold) -> None:
        """For the column that is asked for next: whoever waits for it need not wait for the system as well."""
        if full.state is not None:
            size = NUMBER * full.state.standing.size
            Thread(target=make_room, args=(size,), name="making room", daemon=True).start()

    def _find_standing(self, behaviour: Sequence[Tag]) -> Standing | None:
        """The live state with these columns; None where they do not stand. The caller holds the lock."""
        for _ in range(TRIES):
            state = self._state_of_all()
            found = None if state is None else self._behave(state, behaviour)
            if found is not None or state is None or not behaviour:
                return found
        return None

    def _behave(self, state: State, behaviour: Sequence[Tag]) -> Standing | None:
        """The same, where all are of one moment: events may have come in between two."""
        columns, states = {}, [state]
        for tag in behaviour:
            aside = self._asides.find(tag)
            if aside is None or aside.state is None:
                return None
            aside.bring(silent)
            column = aside.column_of(state.standing.customers)
            if column is None or aside.state is None:
                return None
            columns[tag.name] = column
            states.append(aside.state)
        instant = min(each.latest(now()) for each in states)
        alike = all(each.standing.as_of <= instant and each.moment.seq == state.moment.seq for each in states)
        return Standing(state, columns, instant) if alike else None

    def _warn_unseen(self, folds: Sequence[Fold]) -> list[str]:
        """Events and properties that are in no data: misspelt, more often than not."""
        behaviour = [Tag("rule", Layer.FACT, fold) for fold in dict.fromkeys(folds)]
        if not behaviour:
            return []
        types = self.parts.seen.look(sorted(paths_read(behaviour)))
        known = {"time", *(path for path, seen in types.items() if seen)}
        if types.keys() - known:
            known |= set(self.parts.seen.properties())
        found = warn_tags(behaviour, self.parts.seen.events(), known)
        return list(dict.fromkeys(str(each) for each in found if each.field not in UNNAMED))
