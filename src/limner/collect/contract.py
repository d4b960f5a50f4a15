"""The tracking plan, checked on events as they come in.

Only events the plan constrains are looked at; when there are none, a check costs nothing. What is checked is the event
as the reader has it: properties with the members of the context that are kept (`segment.CONTEXT_KEPT`), and traits.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.rule import Rule, build_rules, fold_name
from limner.collect.segment import CONTEXT_KEPT, TYPES
from limner.collect.violations import Fault, Violation, explain_violations, is_word
from limner.model.contract import Mode
from limner.model.event import identifier_columns
from limner.model.tracking import TrackedEvent, Tracking, Unplanned

OWN_EVENTS = frozenset(TYPES) - {"track"}
"""Events of the protocol itself: no plan needs to name them."""
OWN_EVENTS_PREFIX = "profile_"
OWN_PROPERTIES = frozenset((*CONTEXT_KEPT, "name", "category", "group_id", "group"))
"""What the reader itself puts into properties: never unplanned."""

MOST_OBSERVED = 1_000
"""Events of a table whose violations are told one by one although they are kept."""

Object = Mapping[str, object]
Breach = tuple[str, str, str, str]
"""Source, event by the plan's name, property by the plan's path (or ``*``), `Fault`."""


@dataclass(frozen=True, slots=True)
class Checked:
    events: pa.Table
    """Those that are kept."""
    refused: list[tuple[int, str, Mode]]
    """Row in the table that was checked, the reason, and `Mode.QUARANTINE` or `Mode.REJECT`; by row."""
    observed: dict[int, str]
    """Kept events that break the plan, by row of ``events``, and how: the last `MOST_OBSERVED` of them."""
    violating: int
    """All of those."""
    violations: Counter[Breach]
    """Events by what is wrong with them, kept or not. Names of unknown events are the senders' (at most 100
    characters): whoever adds them up over time must bound how many there are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One event of the plan, made ready."""

    event: TrackedEvent
    rules: tuple[Rule, ...]
    planned: frozenset[str]
    """Names at the top of properties; only where others are refused."""

    @classmethod
    def of(cls, event: TrackedEvent) -> Plan:
        tops = {planned.path.replace("[]", "").partition(".")[0] for planned in event.properties}
        return cls(event, build_rules(event.properties), OWN_PROPERTIES | tops)

    def examine(self, properties: Object, traits: Object, pending: list[tuple[Rule, str]]) -> list[Violation]:
        """What is wrong, at most one thing a property; texts whose pattern is still to be looked at go to `pending`."""
        found = []
        for rule in self.rules:
            wrong, texts = None, []
            for value in rule.values(traits if rule.of_traits else properties):
                wrong = rule.judge(value)
                if wrong is not None:
                    break
                if rule.planned.pattern is not None and isinstance(value, str):
                    texts.append((rule, value))
            if wrong is not None:
                found.append(self._with_hint(wrong, properties))
            else:
                pending += texts
        if self.event.unplanned is Unplanned.REFUSED:
            found += self._unplanned(properties)
        return found

    def _with_hint(self, wrong: Violation, properties: Object) -> Violation:
        """A property is missing: was one sent whose name is written a little differently?"""
        if wrong.fault is not Fault.MISSING or "." in wrong.property or len(properties) > 200:
            return wrong
        near = fold_name(wrong.property)
        for name in properties:
            if fold_name(name) == near and name != wrong.property and is_word(name):
                return Violation(wrong.property, wrong.fault, f"is missing (there is {name!r})")
        return wrong

    def _unplanned(self, properties: Object) -> list[Violation]:
        others = [name for name in properties if name not in self.planned]
        if not others:
            return []
        shown = [repr(name) for name in others[:5] if is_word(name)]
        more = len(others) - len(shown)
        if more:
            shown.append(f"{more} more" if shown else "a property" if more == 1 else f"{more} properties")
        verb = "is" if len(others) == 1 else "are"
        return [Violation("*", Fault.UNPLANNED, f"{' and '.join(shown)} {verb} not in the plan of {self.event.name}")]


@dataclass(slots=True)
class Contract:
    tracking: Tracking
    _plans: dict[str, Plan] = field(init=False)
    """By name and alias, those with anything to check."""
    _known: dict[str, TrackedEvent] = field(init=False)
    _folded: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.renew(self.tracking)

    def renew(self, tracking: Tracking) -> None:
        """Another plan holds from now on; events that are looked at meanwhile are judged by either."""
        named = [(name, event) for event in tracking.events for name in (event.name, *event.aliases)]
        self.tracking = tracking
        self._known = dict(named)
        self._plans = {name: Plan.of(event) for name, event in named if event.constrained}
        self._folded = {fold_name(name): event.name for name, event in named}

    def mode(self, name: str) -> Mode:
        """What becomes of an event of this name that breaks the plan; ACCEPT when nothing is asked of it."""
        plan = self._plans.get(name)
        if plan is not None:
            return plan.event.mode
        return Mode.ACCEPT if self._is_known(name) else self.tracking.unknown_events

    @property
    def refuses(self) -> bool:
        """Is there any event whose sender is told what is wrong with it?"""
        modes = {plan.event.mode for plan in self._plans.values()} | {self.tracking.unknown_events}
        return Mode.REJECT in modes

    def check_message(
        self, name: str, properties: Object, traits: Object | None = None, hidden: Collection[str] = ()
    ) -> list[str]:
        """What is wrong with one event, a sentence each; none = all is well. `mode` says what becomes of it.

        ``hidden``: the event's identifiers, which no sentence may show.
        """
        return self.check_messages([(name, properties, traits or {})], hidden)[0]

    def check_messages(
        self, messages: Sequence[tuple[str, Object, Object]], hidden: Collection[str] = ()
    ) -> list[list[str]]:
        """`check_message` for many of (name, properties, traits): far cheaper than one by one where there are patterns.

        ``hidden``: the identifiers of all of them.
        """
        found: list[list[Violation]] = []
        waiting: list[tuple[Rule, str, int]] = []
        for place, (name, properties, traits) in enumerate(messages):
            pending: list[tuple[Rule, str]] = []
            found.append(self._examine(name, properties, traits, pending))
            waiting += [(rule, text, place) for rule, text in pending]
        for place, wrong in _search(waiting).items():
            found[place] = found[place] + wrong
        return [[violation.sentence(hidden) for violation in violations] for violations in found]

    def check(self, events: pa.Table) -> Checked:
        """Events of the reader, before aliases are replaced: those that are kept, and why others are not."""
        rows = self._constrained(events)
        if not len(rows):
            return Checked(events, [], {}, 0, Counter())
        found = sorted(self._examine_rows(events, rows).items())
        if not found:
            return Checked(events, [], {}, 0, Counter())
        broken = events.take([row for row, _ in found])
        people = _identifiers(broken)
        refused: list[tuple[int, str, Mode]] = []
        observed: deque[tuple[int, str]] = deque(maxlen=MOST_OBSERVED)
        violations: Counter[Breach] = Counter()
        for (row, wrong), name, source, hidden in zip(
            found, broken["name"].to_pylist(), broken["source"].to_pylist(), people
        ):
            known = self._known.get(name)
            event = known.name if known else name[:100]
            violations.update({(source, event, one.property, one.fault.value) for one in wrong})
            mode = self.mode(name)
            title = event if known or is_word(event, hidden) else "event"
            reason = explain_violations(title, wrong, hidden)
            if mode in (Mode.QUARANTINE, Mode.REJECT):
                refused.append((row, reason, mode))
            else:
                observed.append((row - len(refused), reason))
        if refused:
            kept = np.ones(events.num_rows, np.bool_)
            kept[[row for row, _, _ in refused]] = False
            events = events.filter(pa.array(kept))
        violating = len(found) - len(refused)
        return Checked(events, refused, dict(observed), violating, violations)

    def _constrained(self, events: pa.Table) -> list[int]:
        """Rows of events that something is asked of."""
        if not self._plans and self.tracking.unknown_events is Mode.ACCEPT:
            return []
        names = events["name"].combine_chunks().dictionary_encode()
        if isinstance(names, pa.ChunkedArray):  # an empty one stays chunked
            return []
        asked = [name in self._plans or self.mode(name) is not Mode.ACCEPT for name in names.dictionary.to_pylist()]
        if not any(asked):
            return []
        rows: list[int] = np.flatnonzero(np.array(asked)[names.indices.to_numpy()]).tolist()
        return rows

    def _examine_rows(self, events: pa.Table, rows: list[int]) -> dict[int, list[Violation]]:
        chosen = events.select(["name", "properties", "traits"]).take(rows)
        columns = (chosen[name].to_pylist() for name in chosen.column_names)
        found: dict[int, list[Violation]] = {}
        waiting: list[tuple[Rule, str, int]] = []
        for row, name, properties, traits in zip(rows, *columns):
            pending: list[tuple[Rule, str]] = []
            known, person = _decode(properties), _decode(traits)
            if known is None or person is None:
                found[row] = [Violation("*", Fault.UNREADABLE, "properties or traits are not a readable JSON object")]
                continue
            if wrong := self._examine(name, known, person, pending):
                found[row] = wrong
            waiting += [(rule, text, row) for rule, text in pending]
        for row, wrong in _search(waiting).items():
            found[row] = found.get(row, []) + wrong
        return found

    def _examine(
        self, name: str, properties: Object, traits: Object, pending: list[tuple[Rule, str]]
    ) -> list[Violation]:
        plan = self._plans.get(name)
        if plan is not None:
            return plan.examine(properties, traits, pending)
        if self.mode(name) is Mode.ACCEPT:
            return []
        near = self._folded.get(fold_name(name))
        hint = f" (did you mean {near}?)" if near else ""
        return [Violation("*", Fault.UNKNOWN, f"an event of this name is not in the tracking plan{hint}")]

    def _is_known(self, name: str) -> bool:
        return name in self._known or name in OWN_EVENTS or name.startswith(OWN_EVENTS_PREFIX)


def _decode(text: str | None) -> Object | None:
    """A JSON object; empty for none, None for what is not one."""
    if text is None:
        return {}
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        try:  # it takes numbers and halves of surrogate pairs that are refused above
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _search(waiting: list[tuple[Rule, str, int]]) -> dict[int, list[Violation]]:
    """By row, the texts in which their pattern is not found: each pattern is compiled once, and run by RE2."""
    by_rule: dict[int, list[tuple[Rule, str, int]]] = {}
    for entry in waiting:
        by_rule.setdefault(id(entry[0]), []).append(entry)
    found: dict[int, list[Violation]] = {}
    for entries in by_rule.values():
        texts = pa.array([text.encode("utf-8", "replace") for _, text, _ in entries], pa.binary())
        matched = pc.match_substring_regex(texts.cast(pa.string()), entries[0][0].planned.pattern).to_pylist()
        missed = {row: (rule, text) for (rule, text, row), match in reversed(list(zip(entries, matched))) if not match}
        for row, (rule, text) in missed.items():
            found.setdefault(row, []).append(rule.mismatch(text))
    return found


def _identifiers(events: pa.Table) -> list[frozenset[str]]:
    """Of each event."""
    columns = [events[name].to_pylist() for name in identifier_columns(events)]
    return [frozenset(column[row].strip() for column in columns if column[row]) for row in range(events.num_rows)]
