"""Verbs that draw portraits: of one customer at any instant, or of many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np

from limner.errors import NotFound, did_you_mean
from limner.fold.cells import Cells, ListCells
from limner.fold.grounded import GroundedSheet
from limner.fold.portrait import FoldedRow, draw_portrait, find_inputs
from limner.fold.sheet import Sheet, write_portrait
from limner.fold.standing import StandingRow, read_rows
from limner.identity.showing import list_identifiers
from limner.live import read_standing
from limner.model.clock import now
from limner.model.portrait import Held, HeldPortrait, Portrait
from limner.model.tag import Tag
from limner.pipeline import (
    Moment,
    fold_one,
    fold_some,
)
from limner.state import State, ground_standing
from limner.watch.heavy import find_blocked
from limner.workspace.following import Following
from limner.workspace.opened import Instant

S = TypeVar("S", Sheet, GroundedSheet)
T = TypeVar("T")
MOST_AT_ONCE = 5_000
"""Events of a customer whose grounds are found while others wait."""
AT_ONCE = 50
"""Customers whose identifiers are looked up while others wait."""


class LookedUp(NamedTuple):
    """Many customers' rows, and what else their portraits say."""

    numbers: Sequence[int | None]
    """Whom each key is."""
    columns: Mapping[str, Cells | ListCells]
    rows: Sequence[StandingRow]
    names: Sequence[Sequence[Mapping[str, str]]]
    """Each row's identifiers."""
    held: Mapping[int, Held | None]
    inputs: Mapping[str, Sequence[str]]

    def in_order(self, portraits: Mapping[int, T]) -> list[T | None]:
        """As the keys were given."""
        return [None if number is None else portraits.get(number) for number in self.numbers]


class Portraying(Following):
    """Portraits."""

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
        shown = choose_tags(tags, self.tags())
        if as_of is None and known_at is None:
            with self._settled():
                state = self._state_for([key])
                if state is not None:
                    return self._read_live(state, key, shown, now(), evidence)
        return self._fold_one(key, as_of, known_at, shown, evidence)

    def profiles(
        self,
        keys: Sequence[str],
        as_of: Instant = None,
        known_at: Instant = None,
        tags: Sequence[str] | None = None,
        evidence: bool = False,
    ) -> list[Portrait | None]:
        """Portraits of many customers, in the order asked; None for a key nobody knows. Without ``evidence`` they are
        of one instant, and many times quicker."""
        if evidence:
            return [self._profile_or_none(key, as_of, known_at, tags) for key in keys]
        shown, zone = choose_tags(tags, self.tags()), self.parts.zone
        looked = self._look_up(keys, as_of, known_at)
        portraits: dict[int, Portrait] = {}
        for row, names in zip(looked.rows, looked.names, strict=True):
            drawn = draw_portrait(row, shown, names, zone, inputs=looked.inputs)
            portraits[row.customer] = mark_held(drawn, looked.held.get(row.customer))
        return looked.in_order(portraits)

    def profiles_written(
        self, keys: Sequence[str], as_of: Instant = None, known_at: Instant = None, tags: Sequence[str] | None = None
    ) -> list[bytes | None]:
        """The same without evidence as JSON, and without objects between: several times quicker still."""
        shown, zone = choose_tags(tags, self.tags()), self.parts.zone
        looked = self._look_up(keys, as_of, known_at)
        sheet = Sheet(looked.columns, shown, looked.inputs, zone)
        written: dict[int, bytes] = {}
        for row, names in zip(looked.rows, looked.names, strict=True):
            held = looked.held.get(row.customer)
            written[row.customer] = write_portrait(row, names, held, sheet.write(row, row.row).encode(), zone)
        return looked.in_order(written)

    def _look_up(self, keys: Sequence[str], as_of: Instant, known_at: Instant) -> LookedUp:
        """Copies of their rows, so that nobody waits until they are read."""
        with self._settled():
            instant, known = self._instant(as_of), None if known_at is None else self._instant(known_at)
            state = self._state_for(keys) if as_of is None and known_at is None else None
            moment = self.moment(known_at=known) if state is None else state.moment
            numbers = [resolve_or_none(moment, key) for key in keys]
            customers = np.unique(np.array([number for number in numbers if number is not None], np.int32))
            if state is None:
                folded, held, instants = fold_some(self.parts, moment, customers, instant, known), {}, {}
            else:
                rows = state.standing.find(customers)
                folded = state.standing.take(rows[rows >= 0])
                instant = max(instant, folded.as_of)
                held = {one: state.heavies.held(one) for one in folded.customers.tolist()}
                instants = {one: state.heavies.as_of(one, instant) for one, why in held.items() if why}
        names: list[list[dict[str, str]]] = []
        for begin in range(0, len(folded.customers), AT_ONCE):
            with self._lock:
                names += [self._name(moment, one) for one in folded.customers[begin : begin + AT_ONCE].tolist()]
        columns, found = read_rows(folded, instant, self.parts.zone)
        found = [replace(row, as_of=instants.get(row.customer, instant)) for row in found]
        return LookedUp(numbers, columns, found, names, held, find_inputs(moment.plan.tags))

    def _profile_or_none(
        self, key: str, as_of: Instant, known_at: Instant, tags: Sequence[str] | None
    ) -> Portrait | None:
        try:
            return self.profile(key, as_of, known_at, tags)
        except NotFound:
            return None

    def profile_at_once(self, key: str, tags: Sequence[str] | None = None, evidence: bool = False) -> bytes | None:
        """A portrait of this instant as JSON, where it can be had without waiting for anybody; None = it cannot."""
        if not self._same_file.enter_now():
            return None
        with self._same_file.entered():
            live = self._live
            if live is None:
                return None
            with live.still:
                instant = now()
                state = live.standing_at(self._tags, instant)
                named = None if state is None else self.pending.name(state.moment, self.parts.log.watermark())
                if state is None or named is None:
                    return None
                number = state.moment.snapshot.resolve(key)
                names = self._name(state.moment, number)
                if state.is_due(number, instant) or any((one["type"], one["value"]) in named for one in names):
                    return None
                return self._write_one(state, number, names, tags, evidence, max(instant, state.standing.as_of))

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
        way, texts = (None if tags is None else tuple(tags), evidence and not held), state.standing.texts
        written = None if held else texts.find(number, way)  # as long as the row stands, nothing of it changes
        if written is None:
            written = self._write_tags(state, row, *way)
            if written is None:
                return None
            if not held:
                texts.keep(number, way, written)
        return write_portrait(row, names, held, written, self.parts.zone)

    def _write_tags(
        self, state: State, row: StandingRow, named: tuple[str, ...] | None, evidence: bool
    ) -> bytes | None:
        """None where the grounds take too long to find."""

        def make(sheet: type[S]) -> Callable[[Mapping[str, Cells | ListCells]], S]:
            return lambda columns: sheet(columns, choose_tags(named, state.tags), state.inputs, self.parts.zone)

        if not evidence:
            return state.standing.sheet(named, Sheet, make(Sheet)).write(row, row.row).encode()
        grounds = ground_standing(self.parts, state, row.customer, row.as_of, MOST_AT_ONCE)
        if grounds is None:
            return None
        return state.standing.sheet(named, GroundedSheet, make(GroundedSheet)).write(row, row.row, grounds).encode()

    def _state_for(self, keys: Sequence[str]) -> State | None:
        """The live state; None where these customers can be folded by themselves. While everybody is, those who are
        held back cannot: whoever asks about them waits."""
        state = self._state()
        if state is not None or self._live is None:
            return state
        snapshot, before = self._one_id.refresh(), self._live.state
        held = {*find_blocked(self.parts.observations.blocks(), snapshot.graph.root)}
        held |= set() if before is None else before.heavies.events.keys()
        for key in keys if held else ():
            with suppress(NotFound):
                if snapshot.resolve(key) in held:
                    return self._state_of_all()
        return None

    def _read_live(self, state: State, key: str, shown: Sequence[Tag], instant: int, evidence: bool) -> Portrait:
        zone = self.parts.zone
        number = state.moment.snapshot.resolve(key)
        row = read_standing(state, number, instant, zone)
        held, names = state.heavies.held(number), self._name(state.moment, number)
        grounds = ground_standing(self.parts, state, number, instant) if evidence and not held else None
        return mark_held(draw_portrait(row, shown, names, zone, grounds=grounds, inputs=state.inputs), held)

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
        fragments = moment.view.residence.fragments_of_one(number, moment.view.placement)
        return [{"type": kind, "value": value} for kind, value in list_identifiers(moment.snapshot, number, fragments)]


def mark_held(portrait: Portrait, held: Held | None) -> Portrait:
    if held is None:
        return portrait
    return HeldPortrait(portrait.customer_id, portrait.as_of, portrait.identifiers, portrait.tags, held)


def resolve_or_none(moment: Moment, key: str) -> int | None:
    try:
        return moment.snapshot.resolve(key)
    except NotFound:
        return None


def choose_tags(names: Sequence[str] | None, tags: Sequence[Tag]) -> list[Tag]:
    """Those of these names, in their order; None = all. Raises NotFound."""
    if names is None:
        return list(tags)
    known = {tag.name: tag for tag in tags}
    for name in names:
        if name not in known:
            raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, known))
    return [known[name] for name in names]
