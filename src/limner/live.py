"""The live state: everybody's tag columns, kept in line with the log and with the clock.

A tick folds the customers whose timelines changed, and those whose values change by themselves at this instant, and
replaces their rows. What it leaves is, bit for bit, what folding everybody at that instant gives; so nothing of it
needs to be kept: it is folded anew when a process starts. Of customers who are held back (`limner.watch.heavy`) it
leaves what folding them at an earlier instant gives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from limner.errors import NotFound
from limner.fold.changes import find_changes
from limner.fold.due import NEVER, Edges, find_edges, lower_to_tags, next_due, next_for_all
from limner.fold.evidence import Grounds
from limner.fold.fold import fold
from limner.fold.plan import Plan
from limner.fold.portrait import find_inputs
from limner.fold.presence import count_events, drop_absent
from limner.fold.standing import Chosen, Standing, StandingRow
from limner.identity.one_id import OneId
from limner.model.audience import AUDIENCE, Audience
from limner.model.change import Changed, Mark
from limner.model.column import Folded
from limner.model.tag import Dated, Layer, Rule, Tag
from limner.model.timeline import Slice
from limner.parts import Parts
from limner.pipeline import Moment, find_population, fold_everybody, ground, prepare
from limner.ports.log import Progress
from limner.settings import HeavySettings
from limner.watch.heavy import SECOND, Heavies, find_blocked

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did."""

    mark: Mark
    folded: int
    """Customers folded."""
    everybody: bool
    """Were all of them?"""
    changes: Sequence[Changed] = ()


@dataclass(slots=True)
class State:
    """Columns, and what they were folded with."""

    tags: Sequence[Tag]
    """As given, without those of audiences."""
    revisions: tuple[int, int]
    """Of the item table, and of what runs wrote."""
    moment: Moment
    edges: Edges
    standing: Standing
    ahead: dict[int, int]
    """Customers whose first event is yet to come, and when that is."""
    all_due: int
    """When everybody is due."""
    inputs: Mapping[str, Sequence[str]]
    """The tags that each tag reads."""
    heavies: Heavies
    next_due: int = 0
    """When the first of all is."""

    @property
    def mark(self) -> Mark:
        return Mark(self.moment.seq, self.standing.as_of)

    def latest(self, instant: int) -> int:
        """The last instant up to this one at which the columns are what a fold gives."""
        return max(self.standing.as_of, min(instant, self.next_due - 1))

    def settle(self, as_of: int) -> None:
        """All that was due by then is done."""
        self.standing.as_of = as_of
        self.next_due = min(self.all_due, int(self.standing.due.min(initial=NEVER)), *self.ahead.values())


class Live:
    """Not safe to share between threads: whoever calls holds the workspace's lock."""

    def __init__(self, parts: Parts, one_id: OneId) -> None:
        self._parts = parts
        self._one_id = one_id
        self._heavy = HeavySettings.of_workspace(parts.folder)
        self.state: State | None = None

    def is_behind(self, tags: Sequence[Tag] | None, instant: int) -> bool:
        """Would a tick fold anybody? Of changes of registered audiences only ticks take notice."""
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
        revisions, state = self._revisions(), self.state
        followed = [Tag(AUDIENCE + one.name, Layer.BUSINESS, Rule(one.rule)) for one in audiences]
        moment = prepare(
            self._parts, self._one_id, [*tags, *followed], progress, before=None if state is None else state.moment
        )
        touched = self._parts.timelines.take_touched()
        names = [*told, *(tag.name for tag in followed)]
        if state is not None:
            as_of = max(as_of, state.standing.as_of)  # a clock that was put back changes nobody
        if (
            state is None
            or touched is None
            or as_of >= state.all_due
            or revisions != state.revisions
            or not is_alike(state.moment.plan, moment.plan)
        ):
            return self._fold_all(tags, revisions, moment, as_of, names, progress)
        renew(state, moment)
        changes, freed = self._block(state, names)
        chosen = np.unique(np.concatenate([touched, find_due(state, as_of), freed]))
        chosen, waiting = state.heavies.hold(chosen, moment.snapshot.graph.peopled)
        postpone(state, waiting)
        changes += self._fold_some(state, chosen, as_of, names) if len(chosen) else []
        state.settle(as_of)
        return Ticked(state.mark, len(chosen), False, changes)

    def _fold_all(
        self,
        tags: Sequence[Tag],
        revisions: tuple[int, int],
        moment: Moment,
        as_of: int,
        names: Sequence[str],
        progress: Progress,
    ) -> Ticked:
        """Everybody. Of what has no value yet, or had one of another definition, nothing is told."""
        before, prospects = self.state, Prospects(find_edges(moment.plan), moment, as_of, self._heavies())
        folded = fold_everybody(self._parts, moment, as_of, progress, slices=prospects.watch(moment.view.slices()))
        changes: list[Changed] = []
        if before is not None:
            lasting = find_lasting(before.moment.plan, moment.plan, names)
            gone = np.setdiff1d(before.standing.customers, folded.customers)
            changes = find_changes(before.standing, folded, gone, lasting, self._parts.zone)
        self.state = self._stand(tags, revisions, moment, folded, prospects)
        self._block(self.state, ())
        self.state.settle(as_of)
        changes = [change for change in changes if change.customer not in self.state.heavies.blocked]
        return Ticked(self.state.mark, len(folded.customers), True, changes)

    def _heavies(self) -> Heavies:
        return Heavies(self._heavy.events, self._heavy.every * SECOND)

    def _stand(
        self, tags: Sequence[Tag], revisions: tuple[int, int], moment: Moment, folded: Folded, prospects: Prospects
    ) -> State:
        due, ahead = prospects.of(folded)
        written = [tag.name for tag in moment.plan.derived if isinstance(tag.definition, Dated)]
        rewritten = self._parts.dated.next_change(written, folded.as_of)
        all_due = min(next_for_all(prospects.edges, folded.as_of, self._parts.zone), rewritten)
        inputs = find_inputs(moment.plan.tags)
        standing = Standing(folded, due)
        return State(tags, revisions, moment, prospects.edges, standing, ahead, all_due, inputs, prospects.heavies)

    def _fold_some(self, state: State, customers: Numbers, as_of: int, names: Sequence[str]) -> list[Changed]:
        again = fold_again(self._parts, state.moment, state.edges, customers, as_of)
        changes = self._replace(state, customers, again, names)
        state.ahead |= again.ahead
        return changes

    def _block(self, state: State, names: Sequence[str]) -> tuple[list[Changed], Numbers]:
        """Give those who were blocked the rows they keep; what that changes, and who is blocked no more."""
        before = state.heavies.blocked
        now = find_blocked(self._parts.observations.blocks(), state.moment.snapshot.graph.root)
        state.heavies.blocked = now
        changes: list[Changed] = []
        for customer in now.keys() - before.keys():
            changes += self._pin(state, np.array([customer], np.int32), now[customer], names)
        return changes, np.array(sorted(before.keys() - now.keys()), np.int32)

    def _pin(self, state: State, customers: Numbers, since: int, names: Sequence[str]) -> list[Changed]:
        """The rows of these customers are of what was known at an instant, until they are folded again."""
        again = fold_again(self._parts, state.moment, state.edges, customers, since, since)
        return self._replace(state, customers, replace(again, due=np.full(len(again.due), NEVER)), names)

    def _replace(self, state: State, customers: Numbers, again: Again, names: Sequence[str]) -> list[Changed]:
        """Put the rows of all these customers in place; what that changes in these columns."""
        state.heavies.note(customers, again.part, again.folded.as_of)
        for customer in customers.tolist():
            state.ahead.pop(customer, None)
        gone = np.setdiff1d(customers, again.folded.customers)
        changes = find_changes(state.standing, again.folded, gone, names, self._parts.zone)
        state.standing.remove(gone)
        state.standing.put(again.folded, again.due)
        return changes


@dataclass(frozen=True, slots=True)
class Again:
    """Some customers folded again."""

    part: Slice
    """Their timelines."""
    folded: Folded
    """Those who exist by then."""
    due: npt.NDArray[np.int64]
    """When each of these is due."""
    ahead: dict[int, int]
    """The others, and when they are."""


def fold_again(
    parts: Parts, moment: Moment, edges: Edges, customers: Numbers, as_of: int, known_at: int | None = None
) -> Again:
    """These ascending customers at an instant, and when they are due after it."""
    part = moment.view.slice_of(customers)
    population = find_population(parts, moment, as_of, known_at)
    due, counts = next_due(edges, moment.plan, part, as_of), count_events(part, as_of, known_at)
    folded = drop_absent(fold(moment.plan, part, as_of, known_at, population), counts)
    ahead = note_ahead(part.customers[counts == 0], due[counts == 0])
    due = due[counts > 0]
    lower_to_tags(edges, folded.columns, as_of, parts.zone, due)
    return Again(part, folded, due, ahead)


def postpone(state: State, waiting: Numbers) -> None:
    """These customers are due no more: they have their turn."""
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


def take_held(state: State, names: Sequence[str]) -> Folded | None:
    """The rows of those who are blocked, which folding them at this instant does not give; None where nobody is."""
    customers = np.array(sorted(state.heavies.blocked), np.int32)
    rows = state.standing.find(customers)
    return state.standing.take(rows[rows >= 0], names) if np.any(rows >= 0) else None


def ground_standing(parts: Parts, state: State, customer: int, as_of: int, most: int | None = None) -> Grounds | None:
    """What the values of the customer rest on; None where it has more than ``most`` events."""
    part = state.moment.view.slice_of(np.array([customer], np.int32))
    if most is not None and part.offsets[-1] > most:
        return None
    population = find_population(parts, state.moment, as_of, None)
    return ground(parts, state.moment.plan, part, as_of, None, population)


def count_members(state: State) -> dict[str, int]:
    """How many are in each registered audience."""
    columns = state.standing.folded.columns
    return {
        name.removeprefix(AUDIENCE): int(np.count_nonzero(columns[name].values == 1))
        for name in columns
        if name.startswith(AUDIENCE)
    }


def without_audiences(folded: Folded) -> Folded:
    """The columns of tags only."""
    return replace(folded, columns=Chosen(folded.columns, [n for n in folded.columns if not n.startswith(AUDIENCE)]))


def is_alike(before: Plan, now: Plan) -> bool:
    """Do rows folded by one plan stand well beside those of the other? Not if tags changed, or if a property they read
    turned out to be a text, or was never seen before."""
    if before is now:
        return True
    return before.tags == now.tags and before.kinds == now.kinds and before.vocabulary.columns == now.vocabulary.columns


def find_lasting(before: Plan, now: Plan, names: Sequence[str]) -> list[str]:
    """Those of the tags that are defined as they were and have values of the same kind."""
    earlier = {tag.name: tag for tag in before.tags}
    defined = [tag.name for tag in now.tags if tag.name in names and earlier.get(tag.name) == tag]
    return [
        name
        for name in defined
        if (before.shapes[name].type, before.shapes[name].scale) == (now.shapes[name].type, now.shapes[name].scale)
    ]


def renew(state: State, moment: Moment) -> None:
    """Go on with a later moment, whose dictionaries may have more words."""
    if moment.plan is not state.moment.plan:
        state.edges = find_edges(moment.plan)
        shapes = moment.plan.shapes
        state.standing.renew({name: shape.dictionary for name, shape in shapes.items() if shape.dictionary})
    state.moment = moment


def find_due(state: State, as_of: int) -> Numbers:
    """Customers whose values may differ by now though nothing happened."""
    standing = state.standing
    ahead = [customer for customer, due in state.ahead.items() if due <= as_of]
    return np.concatenate([standing.customers[standing.due <= as_of], np.array(ahead, np.int32)])


@dataclass(slots=True)
class Prospects:
    """When each customer is due, and who is heavy: found while everybody's timelines pass by to be folded."""

    edges: Edges
    moment: Moment
    as_of: int
    heavies: Heavies
    _found: list[tuple[Numbers, npt.NDArray[np.int64]]] = field(default_factory=list)

    def watch(self, slices: Iterable[Slice]) -> Iterator[Slice]:
        """The same slices."""
        for part in slices:
            self.heavies.note(part.customers, part, self.as_of)
            self._found.append((part.customers, next_due(self.edges, self.moment.plan, part, self.as_of)))
            yield part

    def of(self, folded: Folded) -> tuple[npt.NDArray[np.int64], dict[int, int]]:
        """When each of the folded customers is due, and the customers that are not there yet."""
        due = np.full(len(folded.customers), NEVER, np.int64)
        ahead: dict[int, int] = {}
        for customers, found in self._found:
            places = np.searchsorted(folded.customers, customers)
            there = folded.customers[np.minimum(places, len(due) - 1)] == customers if len(due) else places < 0
            due[places[there]] = found[there]
            ahead |= note_ahead(customers[~there], found[~there])
        lower_to_tags(self.edges, folded.columns, folded.as_of, self.moment.plan.vocabulary.zone, due)
        return due, ahead


def note_ahead(customers: Numbers, due: npt.NDArray[np.int64]) -> dict[int, int]:
    return dict(zip(customers.tolist(), due.tolist(), strict=True))
