"""Verbs that say what to do next about customers, and remember what was decided."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.audiences.crowd import Crowd
from limner.audiences.registry import rules_of
from limner.engage.actions import DECIDED, NOTHING, Policy, parse_policy
from limner.engage.choosing import Decision, choose
from limner.errors import Conflict, NotFound
from limner.fold.standing import Chosen
from limner.identity.normalise import normalise_batch
from limner.jobs.errand import Errand
from limner.model.algebra import write_out
from limner.model.clock import iso_time
from limner.model.condition import Condition
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.model.references import tags_read
from limner.model.yaml_text import load_yaml
from limner.parts import Parts
from limner.pipeline import Moment, fold_some, prepare
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


class Acting(Recommending, Noting):
    """The next best action."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._acted: Moment | None = None
        self.desk.learn(Kind.DECISION, self._decide_beside)

    def actions_list(self) -> list[dict[str, Any]]:
        """The actions of ``actions.yaml``."""
        policy = self._policy()
        return [
            {
                "name": one.name,
                "title": dict(one.title),
                "channel": one.channel,
                "effect" if one.uplift else "propensity": one.effect,
                "value": one.value,
                "cost": one.cost,
            }
            for one in policy.actions
        ]

    def next_best_action(self, key: str, as_of: Instant = None) -> dict[str, Any]:
        """What to do about a customer now, why, and why nothing else; nothing is remembered."""
        return self._decide_one(key, as_of).as_dict(self.parts.zone)

    def action_decide(self, key: str) -> dict[str, Any]:
        """The same, remembered as an event of the customer's timeline: it is about to be done."""
        with self._settled():
            decision = self._decide_one(key, None)
            self._remember([decision])
        return decision.as_dict(self.parts.zone)

    def actions_decide(
        self, rule: object, remember: bool = False, author: str = "", progress: Progress = silent
    ) -> dict[str, Any]:
        """What to do about everybody who meets a rule: how many of each action, and what they gain together.

        With ``remember`` each decision becomes an event, from which on it counts as a contact.
        """
        self.read_rule(rule)
        self._policy()
        if self.desk.is_open:
            request = {"rule": rule, "remember": remember}
            return dict(self._beside(Kind.DECISION, request, "next best actions", author, progress))
        return self._decide_all(rule, remember, progress)

    def actions_submit(self, rule: object, remember: bool = False, author: str = "") -> dict[str, Any]:
        """The same as a job, without waiting: the job."""
        self.read_rule(rule)
        self._policy()
        request = {"rule": rule, "remember": remember}
        return self._show_job(self.desk.submit(Kind.DECISION, request, "next best actions", author).job)

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
            with self._settled():  # others have the lock between two pieces
                decisions = choose(*self._crowd_of(customers[begin : begin + AT_ONCE], None))
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
        with self._settled():
            number = self._one_id.refresh().resolve(key)
            decisions = choose(*self._crowd_of(np.array([number], np.int32), as_of))
        if not decisions:
            raise NotFound(f"c{number} has no events up to then.")
        return decisions[0]

    def _crowd_of(self, customers: npt.NDArray[np.int32], as_of: Instant) -> tuple[Policy, Crowd]:
        """The policy with audiences written out, and these customers with all that it asks about. The caller holds the
        lock."""
        policy = self._written_policy()
        conditions = conditions_of(policy)
        tags = self.tags()
        check_conditions(conditions, tags)
        behaviour = list_behaviour(conditions)
        named = [name for one in policy.actions for name in one.tags()]
        asked = [*named, *(name for condition in conditions for name in tags_read(condition))]
        wanted = [*with_inputs(tags, asked), *behaviour]
        moment = prepare(self.parts, self._one_id, wanted, silent, before=self._acted)
        self._acted = moment
        folded = fold_some(self.parts, moment, customers, self._instant(as_of))
        hidden = {tag.name: folded.columns[tag.name] for tag in behaviour}
        shown = Chosen(folded.columns, [name for name in folded.columns if name not in hidden])
        snapshots = self._snapshots_in(conditions, folded.customers)
        return policy, Crowd(replace(folded, columns=shown), self.parts.zone, hidden | snapshots)

    def _policy(self) -> Policy:
        path = self.parts.folder / ACTIONS
        if not path.exists():
            raise NotFound("No actions are declared.", hint=f"Write them into {ACTIONS} of the workspace.")
        policy = parse_policy(load_yaml(path.read_bytes(), ACTIONS), ACTIONS)
        known = {tag.name for tag in self.tags()}
        for one in policy.actions:
            if strange := [name for name in one.tags() if name not in known]:
                raise NotFound(f"{ACTIONS}: {one.name} reads the tag {strange[0]!r}, which is not published.")
        return policy

    def _written_policy(self) -> Policy:
        policy, rules = self._policy(), rules_of(self.parts.audiences.audiences())

        def out(condition: Condition) -> Condition:
            return write_out(condition, rules, ACTIONS)

        actions = tuple(replace(one, condition=out(one.condition)) for one in policy.actions)
        channels = {
            name: one if one.consent is None else replace(one, consent=out(one.consent))
            for name, one in policy.channels.items()
        }
        return replace(policy, actions=actions, channels=channels)

    def _remember(self, decisions: Sequence[Decision]) -> int:
        """As events, of those about whom something is done; how many. The caller holds the lock."""
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


def conditions_of(policy: Policy) -> list[Condition]:
    """All that a decision asks about a customer."""
    consents = [one.consent for one in policy.channels.values() if one.consent is not None]
    caps = [
        channel.reached(span, times, policy.contact)
        for channel in policy.channels.values()
        for span, times in channel.most
    ]
    return [*(one.condition for one in policy.actions), *consents, *caps]
