"""The verb that tries a tag which is not declared: what it would say of a sample of customers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from limner.audiences.insight import compare_audience
from limner.errors import DataError
from limner.fold.census import asks_anything, recall_census
from limner.fold.derive import as_doubles
from limner.fold.embedded import summarise
from limner.fold.fold import fold
from limner.fold.plan import Plan, build_plan
from limner.fold.population import Population
from limner.fold.portrait import FoldedRow, draw_portrait
from limner.fold.presence import count_events, drop_absent
from limner.fold.trial import Numbers, Rows, Turns, add_columns, begin_turns, find_lack, gather_inputs, take_customers
from limner.model.check import warn_tags
from limner.model.clock import iso_time, local_day, local_midnight
from limner.model.column import Folded
from limner.model.parse import parse_tag
from limner.model.references import folds_read, properties_read, tags_read
from limner.model.sighting import types_of
from limner.model.tag import Dated, Expr, Tag
from limner.model.timeline import Kind
from limner.pipeline import CENSUS, Moment, ground, read_seed
from limner.ports.events import Documents
from limner.timeline.roster import list_once
from limner.timeline.shard import Shard
from limner.workspace.filling import paths_read
from limner.workspace.following import Following
from limner.workspace.opened import Instant

DRAFT = "draft"
SAMPLE = 1000
MOST_READ = 10_000
"""Events whose JSON is read."""
FIRST_READ, LEAST_READ, READING = 500, 50, 0.4
"""So many of them however long it takes; more, not fewer than so many at a time, as long as seconds are left."""
EXAMPLES = 10
MUCH = 500_000
"""Events in no timeline yet, or to be looked through for a column: for so many nobody waits who tries a draft."""
ESTIMATED = "What is compared with everybody (lift, quantiles, trust in sources) is estimated from the sample."
NO_RUN = "Its values are written by runs: none has been yet. Publish it, then import a list or refresh it."

LEFT_OUT = "{count} customers of the sample have so many of these events that they were left out."

NO_NUMBER = "{count} of {size} customers have all that it reads and get no value: it divides by 0, or is too large."


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft, folded for a sample."""

    plan: Plan
    sample: Shard
    grains: Mapping[str, str]
    folded: Folded
    population: Population
    warnings: list[str]


class Previewing(Following):
    """Tries of drafts. Nothing is promoted, and nothing of what stands is changed."""

    def tags_preview(
        self, tag: Mapping[str, object], sample: int = SAMPLE, as_of: Instant = None, seed: int = 0
    ) -> dict[str, Any]:
        """``as_of``, ``size`` of the sample, ``coverage`` (share with a value), ``values``, ``examples`` with their
        evidence, and ``warnings``.

        The same seed gives the same customers in the same order. The sample has fewer of them than asked for where a
        property has no column yet, so that its events' JSON has to be read: as many as there is time for, `MOST_READ`
        events at most. What was read is kept, so that the next try of the same sample begins with it. Raises
        DefinitionError with everything that is wrong in the definition.
        """
        if sample < 1:
            raise DataError("A sample has at least one customer.")
        draft = parse_tag(DRAFT, tag)
        with self._same_file:
            with self._settled():
                instant, (moment, order) = self._instant(as_of), self._draw(sample, seed)
                published = [one for one in self.tags() if one.name != DRAFT]
            tried = self._try_draft(draft, gather_inputs(draft, published), moment, order, instant)
            return self._show(tried, draft, instant)

    def _draw(self, sample: int, seed: int) -> tuple[Moment, Numbers]:
        """The customers of the sample, in the order they were drawn in, at a moment that has them. The caller holds the
        lock."""
        state = self._state()
        if state is None and self._has_much_to_do():
            snapshot, seq = self._one_id.refresh(), self.parts.log.watermark()
            placement = snapshot.graph.customer_of
            order = draw_sample(list_once(placement), sample, seed)
            view = self.parts.timelines.sample(placement, order, seq)
            plan = build_plan((), self.parts.log.vocabulary(), lambda path: frozenset())
            return Moment(seq, snapshot, view, plan, {}, {}), order
        moment = self.moment() if state is None else state.moment
        return moment, draw_sample(moment.view.customers, sample, seed)

    def _has_much_to_do(self) -> bool:
        """Would it take long until everybody's timelines have what the published tags read?"""
        until, columns = self.parts.log.watermark(), self.parts.log.vocabulary().columns
        unread = paths_read(self.tags()) - {path for path, _ in columns} - {"time"}
        return self.parts.timelines.waiting(until) > MUCH or (bool(unread) and until > MUCH)

    def _try_draft(self, draft: Tag, tags: Sequence[Tag], moment: Moment, order: Numbers, as_of: int) -> Tried:
        view, vocabulary = moment.view, self.parts.log.vocabulary()
        shard = view.gather(np.sort(order))
        grains, seen, warnings = dict(view.grains), dict(moment.seen), list[str]()
        known = {path for path, types in seen.items() if types}
        lack = find_lack(tags, vocabulary, seen)
        if lack is not None:
            rows = lack.rows(shard, vocabulary, as_of)
            turns = begin_turns(shard, rows, np.searchsorted(shard.customers, order).astype(np.int32), MOST_READ)
            documents, places = self._read_some(turns, shard, rows)
            if len(places) < len(shard.customers):
                shard = take_customers(shard, places)
                rows = lack.rows(shard, vocabulary, as_of)
            counts = documents.count(sorted({p for fold in lack.folds for p in properties_read(fold)} - seen.keys()))
            declared = self.parts.tracking.types()
            seen |= {path: types_of(found, declared.get(path)) for path, found in counts.items()}
            known |= {path for path, found in counts.items() if found}
            columns = lack.columns(vocabulary, seen.__getitem__)
            warnings = [LEFT_OUT.format(count=turns.left_out)] if turns.left_out else []
            warnings += warn_unreadable(documents, [column.path for column in columns if column.kind is Kind.NUMBER])
            shard, vocabulary, grains = add_columns(shard, rows, columns, documents, vocabulary, grains)
        plan = build_plan(tags, vocabulary, seen.__getitem__)
        part = shard.to_slice(grains)
        population, estimated = self._estimate(plan, shard, grains, replace(moment, plan=plan), as_of)
        folded = drop_absent(fold(plan, part, as_of, None, population), count_events(part, as_of))
        notes = [*self._warn(draft, known), *warnings, *([ESTIMATED] if estimated else [])]
        notes += [NO_RUN] if isinstance(draft.definition, Dated) else []
        notes += warn_no_number(draft, folded, local_day(as_of, self.parts.zone))
        return Tried(plan, shard, grains, folded, population, notes)

    def _read_some(self, turns: Turns, shard: Shard, rows: Rows) -> tuple[Documents, Numbers]:
        """The JSON of these rows of as many customers as there is time for, and their places, ascending."""
        documents, chosen = self.parts.events.documents(), np.empty(0, np.int32)
        begun, wanted, fresh = time.perf_counter(), FIRST_READ, 0
        while wanted >= LEAST_READ and len(some := turns.take(wanted)):
            theirs = np.repeat(np.isin(np.arange(len(shard.customers)), some), np.diff(shard.offsets))
            fresh += documents.read(shard.columns["seq"][rows[theirs[rows]]].tolist())
            chosen = np.append(chosen, some)
            spent = time.perf_counter() - begun
            wanted = int(fresh / spent * (READING - spent)) if fresh else FIRST_READ
        return documents, np.sort(chosen)

    def _estimate(
        self, plan: Plan, shard: Shard, grains: Mapping[str, str], moment: Moment, as_of: int
    ) -> tuple[Population, bool]:
        """What midnight counted of everybody, else what the sample gives; and whether anything is the sample's."""
        seed = partial(read_seed, self.parts, moment, None)
        begun = seed(as_of)
        if not asks_anything(plan):
            return begun, False
        kept = recall_census(self.parts.folder / CENSUS, plan, as_of, begun.priors)
        then = seed(local_midnight(as_of, self.parts.zone))
        of_sample = summarise(plan, lambda: [shard.to_slice(grains)], then, None, 1)
        known = replace(
            of_sample,
            weights={**of_sample.weights, **kept.weights},
            bounds={**of_sample.bounds, **kept.bounds},
            trust={**of_sample.trust, **kept.trust},
            dated=begun.dated,
        )
        estimated = any(
            known.keys() != made.keys()
            for known, made in (
                (kept.weights, of_sample.weights),
                (kept.bounds, of_sample.bounds),
                (kept.trust, of_sample.trust),
            )
        )
        return known, estimated

    def _warn(self, draft: Tag, known: set[str]) -> list[str]:
        """Events and properties nobody has sent yet; all properties there are are looked for where one is unknown."""
        read = {path for fold in folds_read(draft.definition) for path in properties_read(fold)}
        if read - known:
            known = known | set(self.parts.seen.properties())
        found = warn_tags([draft], self.parts.seen.events(), known)
        return [str(each) for each in found if each.field not in ("title", "group", "owner")]

    def _show(self, tried: Tried, draft: Tag, as_of: int) -> dict[str, Any]:
        zone, folded = self.parts.zone, tried.folded
        size = len(folded.customers)
        insight = compare_audience(folded, np.ones(size, np.bool_), None, [DRAFT], zone, smallest_cell=1)
        values = [asdict(share) for share in insight.tags[DRAFT].values]
        return {
            "as_of": iso_time(as_of, zone),
            "size": size,
            "coverage": 1 - sum(cell["count"] for cell in values if cell["value"] is None) / max(size, 1),
            "values": [{name: value[name] for name in ("value", "count", "share")} for value in values],
            "examples": self._exemplify(tried, draft, as_of),
            "warnings": tried.warnings,
        }

    def _exemplify(self, tried: Tried, draft: Tag, as_of: int) -> list[dict[str, Any]]:
        """Some customers, those first who have a value."""
        zone, tags = self.parts.zone, tried.plan.tags
        rows = [FoldedRow(tried.folded, row, zone) for row in range(len(tried.folded.customers))]
        shown = []
        for row in sorted(rows, key=lambda row: row.value(DRAFT) is None)[:EXAMPLES]:
            place = int(np.searchsorted(tried.sample.customers, row.customer))
            part = tried.sample.cut(place, place + 1).to_slice(tried.grains)
            grounds = ground(self.parts, tried.plan, part, as_of, None, tried.population)
            reading = draw_portrait(row, tags, [], zone, grounds=grounds).tags[DRAFT]
            shown.append({"customer_id": f"c{row.customer}", **reading.as_dict()})
        return shown


def draw_sample(customers: Numbers, size: int, seed: int) -> Numbers:
    """So many of them, or all, by lot: the same in the same order for the same seed."""
    lot = np.random.default_rng(seed)
    return customers[lot.choice(len(customers), min(size, len(customers)), replace=False)]


def warn_no_number(draft: Tag, folded: Folded, today: int) -> list[str]:
    """Of arithmetic: customers who have all the numbers that it reads, and no result."""
    if not isinstance(draft.definition, Expr):
        return []
    lacking = np.isnan(as_doubles(folded.columns[draft.name], today))
    for name in tags_read(draft.definition):
        lacking &= ~np.isnan(as_doubles(folded.columns[name], today))
    count = int(np.count_nonzero(lacking))
    return [NO_NUMBER.format(count=count, size=len(lacking))] if count else []


def warn_unreadable(documents: Documents, paths: Sequence[str]) -> list[str]:
    """Of the sample's events, values that do not convert to the number that is asked for."""
    return [str(found) for path in dict.fromkeys(paths) if (found := documents.unreadable(path)) is not None]
