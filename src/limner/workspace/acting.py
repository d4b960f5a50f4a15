"""Verbs that say what to do next about customers, and remember what was decided."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.audiences.crowd import Crowd
from limner.audiences.registry import rules_of
from limner.engage.actions import DECIDED, NOTHING, Policy, conditions_of, parse_policy, write_policy
from limner.engage.choosing import Decision, choose
from limner.errors import Conflict, NotFound
from limner.fold.fold import fold_present
from limner.fold.standing import Chosen
from limner.identity.normalise import normalise_batch
from limner.jobs.errand import Errand
from limner.model.clock import iso_time
from limner.model.condition import Condition
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.model.references import audiences_read, tags_read
from limner.model.tag import Tag
from limner.model.yaml_text import load_yaml
from limner.parts import Parts
from limner.pipeline import Moment, find_population, prepare
from limner.ports.jobs import Kind
from limner.ports.log import Progress
from limner.workspace.crowding import check_conditions, list_behaviour, with_inputs
from limner.workspace.noting import Noting
from limner.workspace.opened import Instant, silent
from limner.workspace.recommending import Recommending

ACTIONS = "actions.yaml"
DECIDER = "limner"
"""The source of the events that tell of decisions."""
AT_ONCE = 2_000
"""Customers decided on, and remembered, at once."""


@dataclass(frozen=True, slots=True)
class Needs:
    """A policy with its audiences written out, and what it asks about customers."""

    policy: Policy
    conditions: Sequence[Condition]
    behaviour: Sequence[Tag]
    wanted: Sequence[Tag]
    """All that is folded."""


class Acted(NamedTuple):
    """What was last decided by."""

    needs: Needs
    moment: Moment
    items: int
    """Revision of the item table."""


class Acting(Recommending, Noting):
    """The next best action."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._read_policy: tuple[tuple[int, int, int], Policy] | None = None
        self._needed: tuple[Policy, list[Tag], Mapping[str, Condition], Needs] | None = None
        self._acted: Acted | None = None
        self._deciding = Lock()
        """Held from a decision until it is remembered: the next one has it among the contacts."""
        self.desk.learn(Kind.DECISION, self._decide_beside)

    def actions_list(self) -> list[dict[str, Any]]:
        """The actions of ``actions.yaml``."""
        return [
            {
                "name": one.name,
                "title": dict(one.title),
                "channel": one.channel,
                "if": dict(one.rule),
                "effect" if one.uplift else "propensity": one.effect,
                "value": one.value,
                "cost": one.cost,
            }
            for one in self._policy().actions
        ]

    def actions_policy(self) -> dict[str, Any]:
        """The actions, and what is respected when one is chosen: the share drawn by lot, and each channel's bounds."""
        policy = self._policy()
        channels = [
            {
                "name": name,
                "consent": one.consent is not None,
                "most": {str(span): times for span, times in one.most},
                "quiet": [at.strftime("%H:%M") for at in one.quiet or ()],
            }
            for name, one in policy.channels.items()
        ]
        contact = list(policy.contact)
        return {"actions": self.actions_list(), "explore": policy.explore, "contact": contact, "channels": channels}

    def next_best_action(self, key: str, as_of: Instant = None) -> dict[str, Any]:
        """What to do about a customer now, why, and why nothing else; nothing is remembered."""
        return self._decide_one(key, as_of).as_dict(self.parts.zone)

    def action_decide(self, key: str) -> dict[str, Any]:
        """The same, remembered as an event of the customer's timeline: it is about to be done."""
        with self._deciding:
            decision = self._decide_one(key, None)
            self._remember([decision])
        return decision.as_dict(self.parts.zone)

    def actions_decide(
        self, rule: object, remember: bool = False, author: str = "", progress: Progress = silent
    ) -> dict[str, Any]:
        """What to do about everybody who meets a rule: how many of each action, and what they gain together.

        With ``remember`` each decision becomes an event, from which on it counts as a contact.
        """
        self._check_decidable(rule)
        if self.desk.is_open:
            request = {"rule": rule, "remember": remember}
            return dict(self._beside(Kind.DECISION, request, "next best actions", author, progress))
        return self._decide_all(rule, remember, progress)

    def actions_submit(self, rule: object, remember: bool = False, author: str = "") -> dict[str, Any]:
        """The same as a job, without waiting: the job."""
        self._check_decidable(rule)
        request = {"rule": rule, "remember": remember}
        return self._show_job(self.desk.submit(Kind.DECISION, request, "next best actions", author).job)

    def _check_decidable(self, rule: object) -> None:
        """What is wrong with the rule, or the actions, is said before anything is begun."""
        check_conditions([self.read_rule(rule)], self.tags())
        self._policy()

    def _decide_beside(self, errand: Errand) -> dict[str, Any]:
        return self._decide_all(errand.request["rule"], errand.request["remember"], errand.tell)

    def _decide_all(self, rule: object, remember: bool, progress: Progress) -> dict[str, Any]:
        condition = self.read_rule(rule)
        crowd, _ = self._take(condition, [], None)
        customers = np.sort(crowd.folded.customers[crowd.find(condition)])
        actions: Counter[str] = Counter()
        explored, gain, remembered, as_of = 0, 0.0, 0, crowd.folded.as_of
        for begin in range(0, len(customers), AT_ONCE):
            progress("decide", begin, len(customers))
            with self._deciding if remember else nullcontext():
                decisions = self._choose(customers[begin : begin + AT_ONCE], None)
                remembered += self._remember(decisions) if remember else 0
            actions.update(one.action for one in decisions)
            explored += sum(one.explored for one in decisions)
            gain += sum(one.gain for one in decisions)
        progress("decide", len(customers), len(customers))
        return {
            "as_of": iso_time(as_of, self.parts.zone),
            "customers": len(customers),
            "actions": dict(actions.most_common()),
            "explored": explored,
            "gain": round(gain, 4),
            "remembered": remembered,
        }

    def _decide_one(self, key: str, as_of: Instant) -> Decision:
        decisions = self._choose(key, as_of)
        if not decisions:
            raise NotFound(f"{key} has no events up to then.")
        return decisions[0]

    def _choose(self, asked: str | npt.NDArray[np.int32], as_of: Instant) -> list[Decision]:
        """About who a key names, or about these customers. Others wait only while their events are gathered."""
        with self._same_file:
            with self._settled():
                needs = self._needs()
                moment = self._moment_for(needs, [asked] if isinstance(asked, str) else [])
                instant, view = self._instant(as_of), moment.view
                if isinstance(asked, str):
                    part = view.slice_of_one(moment.snapshot.resolve(asked))
                else:
                    part = view.slice_of(asked)
                population = find_population(self.parts, moment, instant, None)
                snapshots = self._snapshots_in(needs.conditions, part.customers)
            folded = fold_present(moment.plan, part, instant, None, population)
        there = np.isin(part.customers, folded.customers) if snapshots else None
        members = {name: replace(column, values=column.values[there]) for name, column in snapshots.items()}
        hidden = {tag.name: folded.columns[tag.name] for tag in needs.behaviour}
        shown = Chosen(folded.columns, [name for name in folded.columns if name not in hidden])
        return choose(needs.policy, Crowd(replace(folded, columns=shown), self.parts.zone, hidden | members))

    def _needs(self) -> Needs:
        """Worked out again when the file, the tags or the audiences it asks about are others."""
        policy, tags, rules = self._policy(), self.tags(), self._rules_asked()
        kept = self._needed
        if kept is not None and kept[:3] == (policy, tags, rules):
            return kept[3]
        written = write_policy(policy, rules, ACTIONS)
        conditions = conditions_of(written)
        check_conditions(conditions, tags)
        behaviour = list_behaviour(conditions)
        named = [name for one in written.actions for name in one.tags()]
        asked = [*named, *(name for condition in conditions for name in tags_read(condition))]
        needs = Needs(written, conditions, behaviour, [*with_inputs(tags, asked), *behaviour])
        self._needed = policy, tags, rules, needs
        return needs

    def _moment_for(self, needs: Needs, keys: Sequence[str]) -> Moment:
        """The log as it stands, ready for what the policy asks. The live state's is, as long as what came in since the
        policy's own was prepared is too little to make a property of another type. The caller holds the lock."""
        state, acted, revision = self._state_for(keys), self._acted, self.parts.items.revision()
        if acted is not None and acted.needs is needs and acted.items == revision:
            moment, vocabulary = acted.moment, self.parts.log.vocabulary()
            if moment.plan.vocabulary is vocabulary:
                fresh = self.parts.log.watermark() - moment.seq
                if not fresh:
                    return moment
                live = None if state is None else state.moment
                if live and live.plan.vocabulary is vocabulary and all(fresh <= room for room in moment.room.values()):
                    return replace(moment, snapshot=live.snapshot, view=live.view)
        moment = prepare(self.parts, self._one_id, needs.wanted, silent, before=None if acted is None else acted.moment)
        self._acted = Acted(needs, moment, revision)
        return moment

    def _policy(self) -> Policy:
        """Read again when the file is another."""
        path = self.parts.folder / ACTIONS
        try:
            found = path.stat()
        except FileNotFoundError:
            raise NotFound("No actions are declared.", hint=f"Write them into {ACTIONS} of the workspace.") from None
        stamp = found.st_mtime_ns, found.st_size, found.st_ino
        if self._read_policy is None or self._read_policy[0] != stamp:
            self._read_policy = stamp, parse_policy(load_yaml(path.read_bytes(), ACTIONS), ACTIONS)
        policy = self._read_policy[1]
        known = {tag.name for tag in self.tags()}
        for one in policy.actions:
            if strange := [name for name in one.tags() if name not in known]:
                raise NotFound(f"{ACTIONS}: {one.name} reads the tag {strange[0]!r}, which is not published.")
        return policy

    def _rules_asked(self) -> Mapping[str, Condition]:
        """The rules of audiences, if any is asked about."""
        asked = any(True for condition in conditions_of(self._policy()) for _ in audiences_read(condition))
        return rules_of(self.parts.audiences.audiences()) if asked else {}

    def _remember(self, decisions: Sequence[Decision]) -> int:
        """As events, of those about whom something is done; how many."""
        with self._settled():
            return self._append(decisions)

    def _append(self, decisions: Sequence[Decision]) -> int:
        rows: dict[str, list[tuple[dict[str, Any], str]]] = {}
        for one in decisions:
            if one.action == NOTHING:
                continue
            try:
                type, value = self._address(one.customer, f"c{one.customer}")
            except Conflict:  # all identifiers are shared: no event can be put on the timeline
                continue
            rows.setdefault(type, []).append((write_event(one), value))
        for type, told in rows.items():
            batch = pa.Table.from_pylist([event for event, _ in told], EVENT_BATCH)
            names = pa.array([value for _, value in told], pa.string())
            self.parts.log.append(normalise_batch(batch.append_column(f"{IDENTIFIER_PREFIX}{type}", names)))
        return sum(map(len, rows.values()))


def write_event(one: Decision) -> dict[str, Any]:
    said = {
        "action": one.action,
        "channel": one.channel,
        "explored": one.explored,
        "probability": one.probability,
        "gain": one.gain,
        "best": one.best,
    }
    return {
        "event_id": f"action-{uuid.uuid4().hex}",
        "source": DECIDER,
        "name": DECIDED,
        "time": one.as_of,
        "received_at": one.as_of,
        "properties": json.dumps(said, ensure_ascii=False),
    }
