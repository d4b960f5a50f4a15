"""Verbs that read one customer's row of the live state as JSON: at once, where nobody has to be waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from limner.errors import NotFound, did_you_mean
from limner.fold.cells import Cells, ListCells
from limner.fold.grounded import GroundedSheet
from limner.fold.sheet import Sheet, write_portrait
from limner.fold.standing import StandingRow
from limner.identity.showing import list_identifiers
from limner.live import Live, read_standing
from limner.model.clock import now
from limner.model.tag import Tag
from limner.pipeline import Moment
from limner.state import State, ground_standing
from limner.workspace.following import Following

S = TypeVar("S", Sheet, GroundedSheet)
MOST_AT_ONCE = 5_000
"""Events of a customer whose grounds are found while others wait."""


class Known(NamedTuple):
    state: State
    number: int
    """Of the customer."""
    names: Sequence[Mapping[str, str]]


class Reading(Following):
    """Rows of the live state."""

    def count_columns(self) -> int:
        """Those of the live state, without asking anybody else; none where none stands."""
        state = None if self._live is None else self._live.state
        return 0 if state is None else len(state.standing.folded.columns)

    def profile_at_once(self, key: str, tags: Sequence[str] | None = None, evidence: bool = False) -> bytes | None:
        """A portrait of this instant as JSON, where it can be had without waiting for anybody; None = it cannot."""
        if not self._same_file.enter_now():
            return None
        try:
            live = self._live
            if live is None:
                return None
            with live.still:
                instant = now()
                found = self._find_known(live, key, instant)
                if found is None or found.state.is_due(found.number, instant):
                    return None
                return self._write_one(*found, tags, evidence, max(instant, found.state.standing.as_of))
        finally:
            self._same_file.leave()

    def _find_known(self, live: Live, key: str, instant: int) -> Known | None:
        """A customer of whom the live state knows all that was acknowledged; None = it may not. The caller holds
        `Live.still`."""
        state = live.standing_at(self._tags, instant)
        named = None if state is None else self.pending.name(state.moment, self.parts.log.watermark())
        if state is None or named is None:
            return None
        number = state.moment.snapshot.resolve(key)
        names = self._name(state.moment, number)
        concerned = any((one["type"], one["value"]) in those for one in names for those in named)
        return None if concerned else Known(state, number, names)

    def find_wait(self, key: str) -> int | None:
        """The position of the journal up to which has to be stored before a portrait can be read; None = all of it."""
        live = self._live
        if live is None:
            return None
        with live.still:
            if live.state is None:
                return None
            moment = live.state.moment
            names = self._name(moment, moment.snapshot.resolve(key))
            return self.pending.find_last({(one["type"], one["value"]) for one in names})

    def profile_in(
        self, state: State, key: str, tags: Sequence[str] | None = None, evidence: bool = False
    ) -> bytes | None:
        """The same of a live state, as late as it holds; None where its grounds take too long to find. The caller holds
        the lock."""
        number = state.moment.snapshot.resolve(key)
        return self._write_one(state, number, self._name(state.moment, number), tags, evidence, state.latest(now()))

    def _write_one(
        self,
        state: State,
        number: int,
        names: Sequence[Mapping[str, str]],
        tags: Sequence[str] | None,
        evidence: bool,
        instant: int,
    ) -> bytes | None:
        row, held = read_standing(state, number, instant, self.parts.zone), state.heavies.held(number)
        named, grounded, texts = None if tags is None else tuple(tags), evidence and not held, state.standing.texts
        written = texts.find(number, named) if grounded else None  # as long as the row stands, nothing of it changes
        if written is None:
            written = self._write_tags(state, row, named, grounded)
            if written is None:
                return None
            if grounded:  # the rest is written anew as quickly as it is kept
                texts.keep(number, named, written)
        return write_portrait(row, names, held, written, self.parts.zone)

    def _write_tags(
        self, state: State, row: StandingRow, named: tuple[str, ...] | None, evidence: bool
    ) -> bytes | None:
        """None where the grounds take too long to find."""

        def make(sheet: type[S]) -> Callable[[Mapping[str, Cells | ListCells]], S]:
            return lambda columns: sheet(columns, choose_tags(named, state.tags), state.inputs, self.parts.zone)

        if not evidence:
            return state.standing.sheet(named, Sheet, make(Sheet)).write(row, row.row)
        grounds = ground_standing(self.parts, state, row.customer, row.as_of, MOST_AT_ONCE)
        if grounds is None:
            return None
        return state.standing.sheet(named, GroundedSheet, make(GroundedSheet)).write(row, row.row, grounds).encode()

    def _name(self, moment: Moment, number: int) -> list[dict[str, str]]:
        fragments = moment.view.residence.fragments_of_one(number, moment.view.placement)
        return [{"type": kind, "value": value} for kind, value in list_identifiers(moment.snapshot, number, fragments)]


def choose_tags(names: Sequence[str] | None, tags: Sequence[Tag]) -> list[Tag]:
    """Those of these names, in their order; None = all. Raises NotFound."""
    if names is None:
        return list(tags)
    known = {tag.name: tag for tag in tags}
    for name in names:
        if name not in known:
            raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, known))
    return [known[name] for name in names]
