"""Verbs that draw portraits: of one customer at any instant, or of many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import numpy as np

from limner.errors import DataError, NotFound
from limner.fold.cells import Cells, ListCells
from limner.fold.portrait import FoldedRow, draw_portrait, find_inputs
from limner.fold.sheet import Sheet, write_portrait
from limner.fold.standing import StandingRow, read_rows
from limner.live import read_standing
from limner.model.clock import now
from limner.model.portrait import Held, HeldPortrait, Portrait
from limner.model.tag import Tag
from limner.pipeline import Moment, fold_one, fold_some
from limner.state import State, ground_standing
from limner.watch.heavy import find_blocked
from limner.workspace.opened import Instant
from limner.workspace.reading import Reading, choose_tags
from limner.workspace.unheard import explain_unheard

T = TypeVar("T")
AT_ONCE = 50
"""Customers whose identifiers are looked up while others wait."""


class LookedUp(NamedTuple):
    """Many customers' rows, and what else their portraits say."""

    numbers: Sequence[int | DataError | None]
    """Whom each key is; None = nobody anybody knows, an error where it is no key."""
    columns: Mapping[str, Cells | ListCells]
    rows: Sequence[StandingRow]
    names: Sequence[Sequence[Mapping[str, str]]]
    """Each row's identifiers."""
    held: Mapping[int, Held | None]
    inputs: Mapping[str, Sequence[str]]

    def in_order(self, portraits: Mapping[int, T]) -> list[T | DataError | None]:
        """As the keys were given."""
        return [portraits.get(number) if isinstance(number, int) else number for number in self.numbers]


class Portraying(Reading):
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
        try:
            return self._fold_one(key, as_of, known_at, shown, evidence)
        except NotFound:
            instant, known = self._instant(as_of), None if known_at is None else self._instant(known_at)
            with self._settled():
                raise explain_unheard(self.moment(), key, instant, known, self.parts.zone) from None

    def profiles(
        self,
        keys: Sequence[str],
        as_of: Instant = None,
        known_at: Instant = None,
        tags: Sequence[str] | None = None,
        evidence: bool = False,
    ) -> list[Portrait | DataError | None]:
        """Portraits of many customers, in the order asked; None for a key nobody knows, and for what is no key the
        error that says so. Without ``evidence`` they are of one instant, and many times quicker."""
        shown, zone = choose_tags(tags, self.tags()), self.parts.zone
        if evidence:
            for instant in (as_of, known_at):
                self._instant(instant)  # one that is none is wrong with all of it
            return [self._profile_or_not(key, as_of, known_at, tags) for key in keys]
        looked = self._look_up(keys, as_of, known_at)
        portraits: dict[int, Portrait] = {}
        for row, names in zip(looked.rows, looked.names, strict=True):
            drawn = draw_portrait(row, shown, names, zone, inputs=looked.inputs)
            portraits[row.customer] = mark_held(drawn, looked.held.get(row.customer))
        return looked.in_order(portraits)

    def profiles_written(
        self, keys: Sequence[str], as_of: Instant = None, known_at: Instant = None, tags: Sequence[str] | None = None
    ) -> list[bytes | DataError | None]:
        """The same without evidence as JSON, and without objects between: several times quicker still."""
        shown, zone = choose_tags(tags, self.tags()), self.parts.zone
        looked = self._look_up(keys, as_of, known_at)
        sheet = Sheet(looked.columns, shown, looked.inputs, zone)
        written: dict[int, bytes] = {}
        for row, names in zip(looked.rows, looked.names, strict=True):
            held = looked.held.get(row.customer)
            written[row.customer] = write_portrait(row, names, held, sheet.write(row, row.row), zone)
        return looked.in_order(written)

    def profiles_lookup(
        self, keys: Sequence[str], as_of: Instant = None, known_at: Instant = None, evidence: bool = False
    ) -> dict[str, Any]:
        """The same as it is shown: ``{"profiles": [{"key", "profile"}]}``, with the ``problem`` of what is no key."""
        return {"profiles": list(map(show_one, keys, self.profiles(keys, as_of, known_at, None, evidence)))}

    def _look_up(self, keys: Sequence[str], as_of: Instant, known_at: Instant) -> LookedUp:
        """Copies of their rows, so that nobody waits until they are read."""
        with self._settled():
            instant, known = self._instant(as_of), None if known_at is None else self._instant(known_at)
            state = self._state_for(keys) if as_of is None and known_at is None else None
            moment = self.moment(known_at=known) if state is None else state.moment
            numbers = [resolve_or_not(moment, key) for key in keys]
            customers = np.unique(np.array([number for number in numbers if isinstance(number, int)], np.int32))
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

    def _profile_or_not(
        self, key: str, as_of: Instant, known_at: Instant, tags: Sequence[str] | None
    ) -> Portrait | DataError | None:
        try:
            return self.profile(key, as_of, known_at, tags)
        except NotFound:
            return None
        except DataError as error:
            return error

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
            with suppress(NotFound, DataError):
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
        drawn = None if known_at is not None else self._draw_known(key, self._instant(as_of), shown, evidence)
        if drawn is not None:
            return drawn
        known = None if known_at is None else self._instant(known_at)
        with self._settled():
            instant = self._instant(as_of)
            moment = self.moment(known_at=known)
            number = moment.snapshot.resolve(key)
            names = self._name(moment, number)
            return self._draw_folded(moment, number, names, shown, evidence, instant, known)

    def _draw_known(self, key: str, instant: int, shown: Sequence[Tag], evidence: bool) -> Portrait | None:
        """Of a customer of whom the live state has everything, without waiting for anybody; None = it may not."""
        live = self._live
        if live is None or not self._same_file.enter_now():
            return None
        with self._same_file.entered():
            found = None
            with live.still, suppress(NotFound):  # who is not found may be pending
                found = self._find_known(live, key, now())
            if found is None:
                return None
            return self._draw_folded(found.state.moment, found.number, found.names, shown, evidence, instant)

    def _draw_folded(
        self,
        moment: Moment,
        number: int,
        names: Sequence[Mapping[str, str]],
        shown: Sequence[Tag],
        evidence: bool,
        instant: int,
        known: int | None = None,
    ) -> Portrait:
        folded, grounds = fold_one(self.parts, moment, number, instant, known, evidence)
        inputs, zone = find_inputs(moment.plan.tags), self.parts.zone
        return draw_portrait(FoldedRow(folded, 0, zone), shown, names, zone, grounds=grounds, inputs=inputs)


def show_one(key: str, found: object) -> dict[str, Any]:
    """What a lookup says of one key."""
    if isinstance(found, DataError):
        return {"key": key, "profile": None, "problem": {"code": found.code, "message": str(found)}}
    return {"key": key, "profile": found}


def mark_held(portrait: Portrait, held: Held | None) -> Portrait:
    if held is None:
        return portrait
    return HeldPortrait(portrait.customer_id, portrait.as_of, portrait.identifiers, portrait.tags, held)


def resolve_or_not(moment: Moment, key: str) -> int | DataError | None:
    try:
        return moment.snapshot.resolve(key)
    except NotFound:
        return None
    except DataError as error:
        return error
