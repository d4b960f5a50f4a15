"""The live state: everybody's tag columns, kept in line with the log and with the clock.

A tick folds the customers whose timelines changed, and those whose values change by themselves at this instant, and
replaces their rows. What it leaves is, bit for bit, what folding everybody at that instant gives; so nothing of it
needs to be kept: it is folded anew when a process starts. Of customers who are held back (`limner.watch.heavy`) it
leaves what folding them at an earlier instant gives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import numpy.typing as npt

from limner.again import Again, fold_again, fold_one_again
from limner.errors import NotFound
from limner.fold.changes import find_changes
from limner.fold.due import NEVER, Edges, find_edges
from limner.fold.standing import Chosen, StandingRow
from limner.full_fold import FullFold, Look
from limner.identity.one_id import OneId
from limner.model.audience import AUDIENCE, Audience
from limner.model.change import Changed, Mark
from limner.model.column import Folded
from limner.model.tag import Layer, Rule, Tag
from limner.parts import Parts
from limner.pipeline import Moment, prepare
from limner.ports.log import Progress
from limner.settings import HeavySettings
from limner.state import State, find_lasting, is_alike, renew
from limner.timeline.roster import list_missing, list_once
from limner.watch.heavy import SECOND, Heavies, find_blocked

Numbers = npt.NDArray[np.int32]


def unwatched(what: str, done: int, total: int) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did."""

    mark: Mark
    folded: int
    """Customers folded."""
    everybody: bool
    """Were all of them?"""
    changes: Sequence[Changed] = ()


class Live:
    """Not safe to share between threads: whoever calls holds the workspace's lock. Whoever only reads the state as it
    stands may hold `still` instead."""

    def __init__(self, parts: Parts, one_id: OneId) -> None:
        self._parts = parts
        self._one_id = one_id
        self._heavy = HeavySettings.of_workspace(parts.folder)
        self.still = Lock()
        """Held while the state is changed, which takes milliseconds: all that takes long is done before."""
        self.state: State | None = None
        self.full: FullFold | None = None
        """Everybody is being folded beside; the state is of before, or there is none yet."""

    def is_behind(self, tags: Sequence[Tag] | None, instant: int) -> bool:
        """Is there anybody whose row is not of this instant? Of changes of registered audiences only ticks take
        notice."""
        return self.full is not None or self.has_news(tags, instant)

    def standing_at(self, tags: Sequence[Tag] | None, instant: int) -> State | None:
        """The state, if its rows are of this instant but for those that are due and those that something came in for.
        The caller holds `still`."""
        state = self.state
        stands = (
            state is not None
            and self.full is None
            and state.whole
            and instant < state.all_due
            and state.revisions == self._revisions()
            and state.tags == tags
        )
        return state if stands else None

    def has_news(self, tags: Sequence[Tag] | None, instant: int) -> bool:
        """Would a tick fold anybody?"""
        state = self.state
        return (
            state is None
            or instant >= state.next_due
            or state.moment.seq != self._parts.log.watermark()
            or state.revisions != self._revisions()
            or state.tags != tags
        )

    def _revisions(self) -> tuple[int, int]:
        return self._parts.items.revision(), self._parts.dated.revision

    def tick(
        self, tags: Sequence[Tag], audiences: Sequence[Audience], told: Collection[str], as_of: int, progress: Progress
    ) -> Ticked:
        """Bring the columns to ``as_of``. ``told``: the tags whose changes are wanted, besides those of audiences."""
        look = self._look(tags, audiences, told, as_of, progress)
        if self.state is not None and is_enough(self.state, look):
            return self._go_on(self.state, look)
        full = self._begin_full(look)
        full.run(self._parts, progress)
        return self._adopt(full, look)

    def tick_beside(
        self, tags: Sequence[Tag], audiences: Sequence[Audience], told: Collection[str], as_of: int
    ) -> Ticked | None:
        """The same, but everybody is left to whoever runs `full`. Meanwhile those who are touched are followed; None
        where they cannot be."""
        look = self._look(tags, audiences, told, as_of, unwatched)
        state = self.state
        if self.full is not None:
            self.full.note(look)
        elif state is None or not is_enough(state, look):
            with self.still:
                self.full = self._begin_full(look)
                if state is not None:
                    state.all_due, state.whole = NEVER, False  # from here on that is the other's
        return self._go_on(state, look) if state is not None and is_enough(state, look) else None

    def look_again(self, tags: Sequence[Tag], audiences: Sequence[Audience], told: Collection[str], as_of: int) -> Look:
        """What a full fold that has run has to take in before it is adopted."""
        look = self._look(tags, audiences, told, as_of, unwatched)
        if self.full is not None:
            self.full.note(look)
        return look

    def catch_up(self, full: FullFold, look: Look, touched: Numbers) -> None:
        """Fold those who were touched while everybody was folded. Whoever runs it need not hold the lock."""
        assert full.state is not None, "it has run"
        self._bring(full.state, look, touched, ())

    def adopt(self, full: FullFold, look: Look) -> Ticked | None:
        """What everybody was folded to takes the place of what stood; None = it does not fit any more, and another full
        fold is begun."""
        if not full.fits(look):
            self.full = self._begin_full(look)
            return None
        return self._adopt(full, look)

    def _adopt(self, full: FullFold, look: Look) -> Ticked:
        """Of what has no value yet, or had one of another definition, nothing is told."""
        before, state = self.state, full.state
        assert state is not None, "it has run"
        # Those found to be heavy only now may have been read as of later: they are brought there once more.
        spared = state.heavies.events.keys() - (before.heavies.events if before else {}).keys()
        touched = np.union1d(full.take_touched(), state.heavies.find_behind(spared))
        self._bring(state, look, touched, (), spared)
        changes: list[Changed] = []
        if before is not None:
            lasting = find_lasting(before.moment.plan, state.moment.plan, look.names)
            gone = list_missing(before.standing.customers, state.standing.customers)
            columns = state.standing.folded.columns
            folded = replace(state.standing.folded, columns={name: columns[name] for name in lasting})
            changes = find_changes(before.standing, folded, gone, lasting, self._parts.zone)
        with self.still:
            self.state, self.full = state, None
        changes = [change for change in changes if change.customer not in state.heavies.blocked]
        return Ticked(state.mark, state.standing.size, True, changes)

    def _go_on(self, state: State, look: Look) -> Ticked:
        touched = look.touched
        assert touched is not None, "it is enough to fold them"
        folded, changes = self._bring(state, look, touched, look.names)
        return Ticked(state.mark, folded, False, changes)

    def _bring(
        self, state: State, look: Look, touched: Numbers, names: Sequence[str], spared: Collection[int] = ()
    ) -> tuple[int, list[Changed]]:
        """Fold those whose rows are of another instant than the look, heavy ones only if they are ``spared``; how many
        they were, and what that changes."""
        moment, as_of, before = look.moment, look.as_of, state.heavies.blocked
        edges = state.edges if moment.plan is state.moment.plan else find_edges(moment.plan)
        blocked = find_blocked(self._parts.observations.blocks(), moment.snapshot.graph.root)
        pinned = [self._pin(moment, edges, one, blocked[one]) for one in blocked.keys() - before.keys()]
        freed = np.array(sorted(before.keys() - blocked.keys()), np.int32)
        chosen = list_once(np.concatenate([touched, find_due(state, as_of), freed]))
        with self.still:
            state.heavies.blocked = blocked
            chosen, waiting = state.heavies.hold(chosen, moment.snapshot.graph.peopled, spared)
        again = [*pinned, *(fold_again(self._parts, moment, edges, chosen, as_of) if len(chosen) else [])]
        moment.snapshot.make_ready()
        zone, standing = self._parts.zone, state.standing
        changes = [one for each in again for one in find_changes(standing, each.folded, each.gone, names, zone)]
        with self._changing(state):
            renew(state, moment, edges)
            postpone(state, waiting)
            for each in again:
                replace_rows(state, each)
            state.settle(as_of)
        return len(chosen), changes

    @contextmanager
    def _changing(self, state: State) -> Iterator[None]:
        """A state that is changed by half is nobody's."""
        with self.still:
            try:
                yield
            except BaseException:
                self.state = None if self.state is state else self.state
                raise

    def _look(
        self, tags: Sequence[Tag], audiences: Sequence[Audience], told: Collection[str], as_of: int, progress: Progress
    ) -> Look:
        revisions, state = self._revisions(), self.state
        followed = [Tag(AUDIENCE + one.name, Layer.BUSINESS, Rule(one.rule)) for one in audiences]
        before = self.full.moment if self.full is not None else None if state is None else state.moment
        moment, touched = self._see([*tags, *followed], before, progress)
        reached = [] if state is None else [state.standing.as_of]
        reached += [] if self.full is None else [self.full.as_of]
        as_of = max([as_of, *reached])  # a clock that was put back changes nobody
        return Look(tags, [*told, *(tag.name for tag in followed)], revisions, moment, touched, as_of)

    def _see(self, tags: Sequence[Tag], before: Moment | None, progress: Progress) -> tuple[Moment, Numbers | None]:
        """The log as it stands, and whose timelines changed since it was last seen; None = anybody's."""
        moment = prepare(self._parts, self._one_id, tags, progress, before=before)
        return moment, self._parts.timelines.take_touched()

    def _begin_full(self, look: Look) -> FullFold:
        return FullFold(look, Heavies(self._heavy.events, self._heavy.every * SECOND))

    def _pin(self, moment: Moment, edges: Edges, customer: int, since: int) -> Again:
        """The row of who was blocked is of what was known at an instant, until it is folded again."""
        again = fold_one_again(self._parts, moment, edges, customer, since, since)
        return replace(again, due=np.full(len(again.due), NEVER), ahead={})


def replace_rows(state: State, again: Again) -> None:
    """Put the rows of all these customers in place."""
    state.heavies.note(again.customers, again.there, again.sizes, again.folded.as_of)
    if state.ahead:
        for customer in again.customers.tolist():
            state.ahead.pop(customer, None)
    state.standing.remove(again.gone)
    state.standing.put(again.folded, again.due)
    state.ahead |= again.ahead


def postpone(state: State, waiting: Numbers) -> None:
    """These customers are due no more: they have their turn."""
    if not len(waiting):
        return
    rows = state.standing.find(waiting)
    state.standing.due[rows[rows >= 0]] = NEVER
    for customer in waiting[rows < 0].tolist():
        state.ahead.pop(customer, None)


def read_standing(state: State, customer: int, as_of: int, zone: str) -> StandingRow:
    """The customer's row, read at ``as_of``, when nobody may be due; of one who is held back, at its own instant."""
    row = state.standing.row_of(customer)
    if row < 0:
        raise NotFound(f"c{customer} has no events up to now.")
    return state.standing.row(row, state.heavies.as_of(customer, as_of), zone)


def count_members(state: State) -> dict[str, int]:
    """How many are in each registered audience."""
    return {
        name.removeprefix(AUDIENCE): state.standing.count_true(name)
        for name in state.standing.folded.columns
        if name.startswith(AUDIENCE)
    }


def without_audiences(folded: Folded) -> Folded:
    """The columns of tags only."""
    return replace(folded, columns=Chosen(folded.columns, [n for n in folded.columns if not n.startswith(AUDIENCE)]))


def is_enough(state: State, look: Look) -> bool:
    """Is it enough to fold those who were touched?"""
    return (
        look.touched is not None
        and look.as_of < state.all_due
        and look.revisions == state.revisions
        and is_alike(state.moment.plan, look.moment.plan)
    )


def find_due(state: State, as_of: int) -> Numbers:
    """Customers whose values may differ by now though nothing happened."""
    if as_of < state.next_due:
        return np.zeros(0, np.int32)
    standing = state.standing
    ahead = [customer for customer, due in state.ahead.items() if due <= as_of]
    return np.concatenate([standing.customers[standing.due <= as_of], np.array(ahead, np.int32)])
