"""The way out: the log → promoted properties → the graph → timelines → the fold.

`prepare`, then `fold_everybody`, `fold_some` or `fold_one`. The way in is `limner.storing`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from limner.errors import NotFound
from limner.fold import embedded
from limner.fold.columns import save_columns
from limner.fold.dated import Links
from limner.fold.embedded import Notice, fold_stretches, notice_nothing, summarise
from limner.fold.evidence import Grounds, find_entries, find_grounds
from limner.fold.fold import fold, fold_present
from limner.fold.plan import Plan, build_plan, narrow, needs
from limner.fold.population import Population
from limner.fold.presence import count_events
from limner.fold.properties import needs_seen
from limner.identity.one_id import OneId
from limner.identity.snapshot import Snapshot
from limner.model.clock import iso_time
from limner.model.column import Folded
from limner.model.dump import digest_tag
from limner.model.references import folds_read, properties_read
from limner.model.sighting import room_of, types_of
from limner.model.tag import Dated, Tag
from limner.model.timeline import Kind, Slice
from limner.parts import Parts
from limner.ports.log import Progress
from limner.timeline.view import View

T = TypeVar("T")
Seed = Callable[[int], Population]
"""What is known of everybody at an instant without a summary: what runs had written, how far sources are believed."""
CENSUS = "population"
"""A workspace's folder of dated population summaries."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The log as it stood at ``seq``, ready to be folded."""

    seq: int
    snapshot: Snapshot
    view: View
    plan: Plan
    seen: Mapping[str, frozenset[str]]
    """The JSON types of the properties that the plan reads."""
    room: Mapping[str, int]
    """How many values more these may have before their types may be others, see `limner.model.sighting`."""
    wanted: frozenset[tuple[str, Kind]] = frozenset()
    """The columns it has been given."""


def prepare(
    parts: Parts,
    one_id: OneId,
    tags: Sequence[Tag],
    progress: Progress,
    known_at: int | None = None,
    before: Moment | None = None,
    once: Sequence[Tag] = (),
) -> Moment:
    """Bring promoted properties, graph and timelines in line with the log. ``known_at``: with the links known then.

    ``before``: an earlier moment of tags that last, whose plan will do while nothing it stands on has changed.
    ``once``: what is asked besides, this one time.
    """
    seq = parts.log.watermark()  # first, so that all that follows knows whatever these rows hold
    lasting, tags = tags, [*tags, *once]
    if before is not None and (once or list(before.plan.tags) != tags):
        before = None
    read = find_read(tags) if before is None else before.seen.keys()
    counts, declared = parts.seen.count(sorted(read)), parts.tracking.types()  # once, as rows keep coming in
    seen = {path: types_of(found, declared.get(path)) for path, found in counts.items()}
    room = {path: room_of(found, declared.get(path)) for path, found in counts.items()}
    if before is not None and before.seen == seen:
        wanted = before.wanted
    else:
        wanted = frozenset(needs(lasting, seen.__getitem__) | needs_seen(once, seen.__getitem__))
    parts.log.promote(wanted, progress)
    now = one_id.refresh()
    parts.timelines.refresh(now.graph.customer_of, seq, progress)
    then = now if known_at is None else one_id.snapshot_at(known_at)
    view = parts.timelines.view(then.graph.customer_of)
    vocabulary = parts.log.vocabulary()
    if before is not None and before.plan.vocabulary is vocabulary and before.seen == seen:
        return Moment(seq, then, view, before.plan, seen, room, wanted)
    return Moment(seq, then, view, build_plan(tags, vocabulary, seen.__getitem__), seen, room, wanted)


def find_read(tags: Sequence[Tag]) -> set[str]:
    """The properties that their folds read."""
    return {path for tag in tags for fold in folds_read(tag.definition) for path in properties_read(fold)}


def versions_of(parts: Parts, tags: Sequence[Tag]) -> dict[str, str]:
    """What besides the log's rows decides about the values of tags: their definitions, the items they look up,
    what runs wrote of them, and how far sources are believed to begin with."""
    revisions = {
        "item table": str(parts.items.revision()),
        "dated columns": str(parts.dated.revision),
        "sources": repr(parts.reliabilities),
    }
    return {tag.name: digest_tag(tag) for tag in tags} | revisions


def fold_everybody(
    parts: Parts,
    moment: Moment,
    as_of: int,
    progress: Progress,
    known_at: int | None = None,
    notice: Notice = notice_nothing,
) -> Folded:
    """All customers up to ``as_of``, ascending. ``notice``: looks at their timelines on their way."""
    census = parts.folder / CENSUS
    seed = partial(read_seed, parts, moment, known_at)
    return fold_view(moment.view, moment.plan, census, parts.threads, as_of, progress, seed, known_at, notice)


def fold_view(
    view: View,
    plan: Plan,
    census: Path,
    threads: int,
    as_of: int,
    progress: Progress,
    seed: Seed,
    known_at: int | None = None,
    notice: Notice = notice_nothing,
) -> Folded:
    """All customers of a view up to ``as_of``, ascending. ``census``: the folder of the dated population summaries."""
    total = len(view.customers)
    return fold_stretches(
        plan,
        view.stretches(),
        as_of,
        known_at,
        weigh_view(view, plan, census, threads, as_of, known_at, seed),
        threads=threads,
        progress=lambda done: progress("fold", done, total),
        everybody=view.customers,
        notice=notice,
    )


def find_population(parts: Parts, moment: Moment, as_of: int, known_at: int | None) -> Population | None:
    """What folds may know besides a customer's events at ``as_of``: the census of that day's midnight, and what runs
    had written by then.

    A question about what was known at some past instant gets a summary of its own, by what was known then.
    """
    seed = partial(read_seed, parts, moment, known_at)
    return weigh_view(moment.view, moment.plan, parts.folder / CENSUS, parts.threads, as_of, known_at, seed)


def weigh_view(
    view: View,
    plan: Plan,
    census: Path,
    threads: int,
    as_of: int,
    known_at: int | None,
    seed: Seed,
) -> Population | None:
    """The same of a view."""

    def weigh_all(instant: int, known: int | None) -> Population:
        return summarise(plan, view.slices, seed(instant), known, threads)

    begun = seed(as_of)
    population = embedded.find_population(census, plan, as_of, known_at, begun.priors, weigh_all)
    return replace(population or begun, dated=begun.dated) if begun.dated else population


def read_seed(parts: Parts, moment: Moment, known_at: int | None, as_of: int) -> Population:
    """What is known at an instant without a summary. No column for a tag that no run has written by then."""
    instant = as_of if known_at is None else min(as_of, known_at)
    links = Links(moment.snapshot.graph.root, moment.snapshot.observations.identifiers)
    found = {
        tag.name: parts.dated.read(tag.name, moment.plan.shapes[tag.name], instant, links)
        for tag in moment.plan.derived
        if isinstance(tag.definition, Dated)
    }
    written = {name: column for name, column in found.items() if column is not None}
    return Population(as_of, priors=parts.reliabilities, dated=written)


def fold_one(
    parts: Parts, moment: Moment, customer: int, as_of: int, known_at: int | None = None, grounded: bool = True
) -> tuple[Folded, Grounds | None]:
    """One customer, exact at any instant, and what every value rests on, if that is asked."""
    part = moment.view.slice_of_one(customer)
    if not count_events(part, as_of, known_at).any():
        raise NotFound(f"c{customer} has no events {'up to then' if len(part) else 'on a timeline'}.")
    population = find_population(parts, moment, as_of, known_at)
    folded = fold(moment.plan, part, as_of, known_at, population)
    return folded, ground(parts, moment.plan, part, as_of, known_at, population) if grounded else None


def fold_past(
    parts: Parts, moment: Moment, customer: int, instants: Sequence[int], tags: Sequence[str]
) -> list[Folded | None]:
    """These tags of one customer at several instants, its timeline gathered once; None where it had no events yet."""
    part, plan = moment.view.slice_of_one(customer), narrow(moment.plan, tuple(tags))
    return [
        fold(plan, part, instant, None, find_population(parts, moment, instant, None))
        if count_events(part, instant, None).any()
        else None
        for instant in instants
    ]


def ground(
    parts: Parts, plan: Plan, part: Slice, as_of: int, known_at: int | None, population: Population | None
) -> Grounds:
    """What the values of the one customer of the slice rest on; of those that were entered by hand, who did and why."""
    grounds = find_grounds(plan, part, as_of, known_at, population)
    entries = find_entries(grounds, part)
    if not entries:
        return grounds
    told = {event["seq"]: event["properties"] or {} for event in parts.log.history(sorted(set(entries.values())))}
    return replace(grounds, entries={tag: told[seq] for tag, seq in entries.items() if seq in told})


def fold_some(
    parts: Parts, moment: Moment, customers: npt.NDArray[np.int32], as_of: int, known_at: int | None = None
) -> Folded:
    """Those of these ascending customers that exist by then."""
    part = moment.view.slice_of(customers)
    population = find_population(parts, moment, as_of, known_at)
    return fold_present(moment.plan, part, as_of, known_at, population)


@dataclass(frozen=True, slots=True)
class FoldReport:
    customers: int
    events: int
    tags: int
    seconds: float
    """The fold itself, without start-up and without bringing the timelines up."""
    as_of: str
    timeline_seconds: float
    """Promotion, identity and timelines."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def refold(
    parts: Parts, one_id: OneId, tags: Sequence[Tag], as_of: int, progress: Progress
) -> tuple[Folded, FoldReport]:
    """The batch: everybody at ``as_of``, kept as the tag columns."""
    started = time.perf_counter()
    moment = prepare(parts, one_id, tags, progress)
    ready = time.perf_counter()
    folded = fold_everybody(parts, moment, as_of, progress)
    done = time.perf_counter()
    save_columns(parts.folder / "columns", folded, moment.seq, versions_of(parts, tags))
    return folded, FoldReport(
        customers=len(folded.customers),
        events=folded.events,
        tags=len(tags),
        seconds=round(done - ready, 4),
        as_of=iso_time(as_of, parts.zone),
        timeline_seconds=round(ready - started, 4),
    )
