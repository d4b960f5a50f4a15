"""Verbs about many customers at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.audiences.cells import Edge
from limner.audiences.cross import Cross, Overlaps, cross_tags, overlap
from limner.audiences.crowd import Crowd
from limner.audiences.differences import Differences, find_differences
from limner.audiences.insight import MOST_VALUES, Insight
from limner.audiences.registry import rules_of
from limner.audiences.sets import as_array
from limner.audiences.shelf import Shelf
from limner.audiences.steps import count_steps
from limner.errors import DefinitionError
from limner.fold.columns import load_columns
from limner.fold.copying import Copying
from limner.fold.predicate import audience_key
from limner.fold.properties import fold_key
from limner.fold.standing import Chosen
from limner.live import without_audiences
from limner.model.algebra import write_out
from limner.model.check import check_condition
from limner.model.clock import now
from limner.model.column import Folded, TagColumn, ValueType
from limner.model.condition import Condition
from limner.model.parse import parse_condition
from limner.model.references import audiences_read, folds_read, tags_read
from limner.model.tag import Layer, Tag
from limner.parts import Parts
from limner.pipeline import Moment, fold_everybody, prepare, refold, versions_of
from limner.ports.log import Progress
from limner.settings import InsightSettings
from limner.state import State
from limner.workspace.behaving import Behaving
from limner.workspace.filling import fill_columns
from limner.workspace.opened import Instant, silent

BREATH = 0.001
"""Seconds between two columns that are copied: whoever waits for the workspace gets it meanwhile."""


class Crowding(Behaving):
    """Audiences and insight."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.shelf = Shelf(parts.folder / "snapshots")
        self.smallest_cell = InsightSettings.of_workspace(parts.folder).smallest_cell

    def audience_count(self, rule: object, as_of: Instant = None, steps: bool = False) -> dict[str, Any]:
        """How many customers meet the rule; with ``steps`` also how many meet each part of it, as a funnel; with
        ``warnings`` where behaviour is asked for that nobody has shown yet."""
        asked = parse_condition(rule)
        rules = self._rules_for(asked)
        condition = write_out(asked, rules)
        with self._in_place([condition]):
            crowd = self._crowd(as_of, [condition], ())
            if steps:
                found = count_steps(asked, lambda parts: crowd.count_each([write_out(part, rules) for part in parts]))
                answer = {"count": found.count, "as_of": crowd.as_of, "steps": found}
            else:
                answer = {"count": crowd.count(condition), "as_of": crowd.as_of}
        warnings = self._warn_unseen(folds_read(condition))
        return answer | ({"warnings": warnings} if warnings else {})

    def read_rule(self, rule: object) -> Condition:
        """A rule as it is written, with the rules of audiences in the place of their names. Raises DefinitionError."""
        condition = parse_condition(rule)
        return write_out(condition, self._rules_for(condition)) if audiences_read(condition) else condition

    def _rules_for(self, asked: Condition) -> Mapping[str, Condition]:
        """Those of all audiences, where it names any: to read them takes longer than to count."""
        return rules_of(self.parts.audiences.audiences()) if audiences_read(asked) else {}

    def audience_insight(
        self,
        rule: object,
        base: object = None,
        tags: Sequence[str] = (),
        as_of: Instant = None,
        edges: Mapping[str, Sequence[Edge]] | None = None,
        most: int = MOST_VALUES,
    ) -> Insight:
        """How those who meet the rule differ from ``base`` (everybody): distributions and TGI of these tags.

        ``edges`` cut a number or time tag where asked; others are cut at the tenths of the base. ``most`` values are
        listed per tag.
        """
        condition = self.read_rule(rule)
        against = None if base is None else self.read_rule(base)
        asked = [condition] if against is None else [condition, against]
        with self._in_place(asked):
            crowd = self._crowd(as_of, asked, tags)
            return crowd.compare(
                condition, against, list(tags), edges=edges, smallest_cell=self.smallest_cell, most=most
            )

    def audience_differences(
        self,
        rule: object,
        base: object = None,
        tags: Sequence[str] | None = None,
        as_of: Instant = None,
        limit: int = 50,
    ) -> Differences:
        """What tells those who meet the rule from the rest of ``base`` (everybody) most, over these tags (all)."""
        condition = self.read_rule(rule)
        against = None if base is None else self.read_rule(base)
        conditions = [condition] if against is None else [condition, against]
        with self._in_place(conditions):
            asked = [tag.name for tag in self.tags()] if tags is None else list(tags)
            crowd = self._crowd(as_of, conditions, asked)
            inside, within = crowd.find(condition), None if against is None else crowd.find(against)
            smallest = self.smallest_cell
            return find_differences(
                crowd.folded, inside, within, asked, crowd.zone, smallest_cell=smallest, limit=limit
            )

    def audience_cross(self, rule: object, tags: Sequence[str], as_of: Instant = None) -> Cross:
        """Those who meet the rule by the values of two tags."""
        condition = self.read_rule(rule)
        with self._in_place([condition]):
            crowd = self._crowd(as_of, [condition], list(tags))
            inside = crowd.find(condition)
            return cross_tags(crowd.folded, inside, list(tags), crowd.zone, smallest_cell=self.smallest_cell)

    def audience_overlap(self, audiences: Sequence[object], as_of: Instant = None) -> Overlaps:
        """How many are in two of several audiences: names, or rules."""
        rules = [{"audience": each} if isinstance(each, str) else each for each in audiences]
        names = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in audiences]
        conditions = [self.read_rule(rule) for rule in rules]
        with self._in_place(conditions):
            crowd = self._crowd(as_of, conditions, ())
            members = {name: crowd.members(condition) for name, condition in zip(names, conditions, strict=True)}
            return overlap(members, crowd.as_of, smallest_cell=self.smallest_cell)

    def crowd(self, as_of: Instant = None, conditions: Sequence[Condition] = (), progress: Progress = silent) -> Crowd:
        """Everybody's columns at ``as_of``, ascending; without one, at the instant the kept columns have, which is now
        where a live state is kept.

        Kept columns answer while they are in line with log and definitions; anything else is folded on demand.
        """
        standing = self._copy_crowd(conditions) if as_of is None and self._live is not None else None
        if standing is not None:
            return standing
        with self._in_place(conditions):
            crowd = self._crowd(as_of, conditions, progress=progress)
            if as_of is not None or self._live is None:
                return crowd
            order = np.argsort(crowd.folded.customers)
            hidden = {key: column.take(order) for key, column in crowd.hidden.items()}
            return Crowd(crowd.folded.take(order), crowd.zone, hidden)

    def _copy_crowd(self, conditions: Sequence[Condition]) -> Crowd | None:
        """The columns of the live state, where they answer: nobody waits while all are put in order."""
        check_conditions(conditions, self.tags())
        if list_behaviour(conditions):
            return None
        with self._settled():
            state = self._state_of_all()
        copied = None if state is None else self._copy(state, [tag.name for tag in state.tags])
        if copied is None:
            return None
        folded = copied[0].folded.take(np.argsort(copied[0].folded.customers))
        with self._lock:
            return Crowd(folded, self.parts.zone, self._snapshots_in(conditions, folded.customers))

    def _copy(self, state: State, names: Sequence[str]) -> tuple[Crowd, Moment] | None:
        """Columns of the live state as it is in the end; None when it is not of one instant any more."""
        with self._lock:
            copying = Copying(state.standing)
        try:
            for name in names:
                time.sleep(BREATH)
                with self._lock:
                    copying.copy(name)
            with self._lock:
                copying.catch_up()
                moment, whole = state.moment, state.whole
        finally:
            with self._lock:
                copying.stop()
        return (Crowd(copying.folded(), self.parts.zone), moment) if whole else None

    @contextmanager
    def _in_place(self, conditions: Sequence[Condition]) -> Iterator[None]:
        """The lock, once all that came in is settled, and the columns are there that behaviour reads: where nobody read
        those before that takes a while, in which a server goes on."""
        check_conditions(conditions, self.tags())
        behaviour = list_behaviour(conditions)
        if behaviour and self._live is not None:
            with self._same_file:
                fill_columns(self.parts, (), silent, once=behaviour)
                self._stand_by(behaviour)
        with self._settled():
            yield

    def _crowd(
        self,
        as_of: Instant,
        conditions: Sequence[Condition],
        names: Sequence[str] | None = None,
        progress: Progress = silent,
    ) -> Crowd:
        """The same, in no order and only as long as the caller holds the lock; ``names``: the tags that are asked for
        besides those of the conditions, None = all."""
        tags = self.tags()
        check_conditions(conditions, tags)
        behaviour = list_behaviour(conditions)
        standing = self._find_standing(behaviour) if as_of is None else None
        if standing is not None:  # nobody is due by then: the columns are those of the instant
            folded = replace(without_audiences(standing.state.standing.folded), as_of=standing.instant)
            return Crowd(folded, self.parts.zone, {**standing.did, **self._snapshots_in(conditions, folded.customers)})
        if not behaviour:
            folded = self._columns(tags, as_of, progress)
            return Crowd(folded, self.parts.zone, self._snapshots_in(conditions, folded.customers))
        if as_of is None:
            instant = now() if self._live is not None else self._columns(tags, None, progress).as_of
        else:
            instant = self._instant(as_of)
        asked = (
            [tag.name for tag in tags] if names is None else [*names, *(n for c in conditions for n in tags_read(c))]
        )
        # All of one moment: customers may be merged between two.
        moment = prepare(self.parts, self._one_id, with_inputs(tags, asked), progress, once=behaviour)
        folded = fold_everybody(self.parts, moment, instant, progress)
        hidden = {tag.name: folded.columns[tag.name] for tag in behaviour}
        shown = Chosen(folded.columns, [name for name in folded.columns if name not in hidden])
        return Crowd(
            replace(folded, columns=shown), self.parts.zone, hidden | self._snapshots_in(conditions, folded.customers)
        )

    def _snapshots_in(self, conditions: Sequence[Condition], customers: npt.NDArray[np.int32]) -> dict[str, TagColumn]:
        """Hidden columns of the snapshots that conditions ask for. The caller holds the lock."""
        hidden = {}
        for leaf in (leaf for condition in conditions for leaf in audiences_read(condition)):
            assert leaf.snapshot is not None, "others are written out"
            members = self.shelf.read(self.shelf.get(leaf.name, leaf.snapshot), self._one_id.refresh().graph.root)
            hidden[audience_key(leaf)] = TagColumn(ValueType.BOOL, np.isin(customers, as_array(members)).view(np.int8))
        return hidden

    def _columns(self, tags: Sequence[Tag], as_of: Instant, progress: Progress) -> Folded:
        if self._stored is None:
            self._stored = load_columns(self.parts.folder / "columns")
        stored = self._stored
        versions = versions_of(self.parts, tags)
        asked = None if as_of is None else self._instant(as_of)
        if stored is not None and asked in (None, stored.folded.as_of):
            if stored.seq == self.parts.log.watermark() and stored.versions == versions:
                return stored.folded
            asked = stored.folded.as_of
        if asked is None or (stored is not None and asked == stored.folded.as_of):
            self._stored = None
            return refold(self.parts, self._one_id, tags, now() if asked is None else asked, progress)[0]
        return fold_everybody(self.parts, self.moment(progress), asked, progress)


def check_conditions(conditions: Sequence[Condition], tags: Sequence[Tag]) -> None:
    """DefinitionError with everything that is wrong with the conditions of a rule."""
    problems = [problem for condition in conditions for problem in check_condition(condition, tags, "rule")]
    if problems:
        raise DefinitionError(problems)


def list_behaviour(conditions: Sequence[Condition]) -> list[Tag]:
    """What conditions ask for inline, as tags that have no name of their own."""
    return [Tag(fold_key(fold), Layer.FACT, fold) for each in conditions for fold in folds_read(each)]


def with_inputs(tags: Sequence[Tag], names: Sequence[str]) -> list[Tag]:
    """The named tags and all that they are worked out from."""
    known = {tag.name: tag for tag in tags}
    wanted, found = list(dict.fromkeys(names)), {}
    while wanted:
        name = wanted.pop()
        if name in known and name not in found:
            found[name] = known[name]
            wanted += tags_read(known[name].definition)
    return [tag for tag in tags if tag.name in found]
