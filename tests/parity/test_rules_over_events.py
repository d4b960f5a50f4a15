"""Rules over behaviour, asked of a workspace, against what plain Python finds in the very messages that came in.

Between the two lie decoding, identities, promotion, timelines, the fold and the scan: none of them is used by the twin.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.parity import stories
from tests.parity.timelines import instant, local, seen_in
from tests.parity.twin import Twin
from tests.parity.twin_conditions import holds

import limner
from limner.audiences.sets import as_array
from limner.errors import DefinitionError
from limner.fold.properties import kinds_seen, measured_kind
from limner.live import Live
from limner.model.check import check_condition
from limner.model.clock import local_midnight, now
from limner.model.condition import All, AnyOf, Condition, Did, Not, TagTest
from limner.model.dump import dump_condition
from limner.model.fold import Fold, Measure, Op
from limner.model.parse import parse_condition
from limner.model.timeline import Kind
from limner.workspace import Workspace

ZONE = "Asia/Shanghai"
PEOPLE = 10
FIRST = instant("2026-10-01T00:00", ZONE)
DAYS = 40
INSTANTS = ("2026-10-20T00:00:00", "2026-11-02T15:30:00", "2026-11-09T23:59:59.999999", "2026-12-24T08:00:00")
MERGED, SPLIT = (("user_id:u1", "user_id:u2"), ("user_id:u3", "anonymous_id:b7")), "user_id:u2"
TESTABLE = tuple(set(Measure) - {Measure.HOURS, Measure.WEEKDAYS, Measure.LIST, Measure.TRAIT})
GIVE_BACK = (Measure.MIN, Measure.MAX, Measure.FIRST, Measure.LAST, Measure.TOP)
"""Measures whose value is of the kind that their property is."""


def make_messages(seed: int, first: int) -> list[dict[str, Any]]:
    """What ten people did in forty days, some of it at the same instant; before they sign in their browser is known."""
    dice = random.Random(seed)
    messages = []
    for n in range(90):
        who = n if n < PEOPLE else dice.randrange(PEOPLE)
        time = first + dice.choice((dice.randrange(DAYS * 24) * stories.HOUR, dice.randrange(DAYS) * 24 * stories.HOUR))
        properties: dict[str, Any] = {}
        for name, values in (("amount", stories.NUMBERS), ("channel", stories.WORDS), ("due", stories.DATES)):
            if dice.randrange(6):
                properties[name] = dice.choice(values)
        if dice.randrange(3) == 0:
            prices = [{"sku": dice.choice(("s1", "s2")), "price": dice.choice(stories.NUMBERS)} for _ in range(2)]
            properties["products"] = prices[: dice.randrange(3)]
        known = {"userId": f"u{who}", "anonymousId": f"b{who}"}
        left_out = dice.choice(("", "userId", "anonymousId")) if n >= PEOPLE else ""
        message = {"type": "track", "event": dice.choice(stories.NAMES), "messageId": f"m{dice.randrange(10**9)}-{n}"}
        known.pop(left_out, "")
        messages.append(message | known | {"timestamp": local(time, ZONE).isoformat(), "properties": properties})
    return messages


@dataclass(frozen=True, repr=False)
class Plain:
    """The messages by the people they are of, as they were merged and split by hand."""

    people: Mapping[str, list[dict[str, Any]]]
    """By an identifier of each."""

    @classmethod
    def of(cls, messages: Sequence[dict[str, Any]]) -> Plain:
        owner = {name: name[1:] for n in range(PEOPLE) for name in (f"u{n}", f"b{n}")}
        for left, right in MERGED:
            kept, gone = (owner[key.partition(":")[2]] for key in (left, right))
            owner = {name: kept if one == gone else one for name, one in owner.items()}
        apart = SPLIT.partition(":")[2]
        owner |= {apart: "apart", "b" + apart[1:]: "apart"}
        people: dict[str, list[dict[str, Any]]] = {}
        for message in messages:
            who = owner[message.get("userId", message.get("anonymousId"))]
            people.setdefault(who, []).append(as_event(message))
        keys = {one: next(name for name, who in owner.items() if who == one) for one in people}
        return cls(
            {f"{'user_id' if key[0] == 'u' else 'anonymous_id'}:{key}": people[one] for one, key in keys.items()}
        )

    def events(self) -> list[dict[str, Any]]:
        return [event for events in self.people.values() for event in events]

    def meet(self, condition: Condition, as_of: int) -> set[str]:
        """A key of each who meets it, among those who had events by then."""
        everything = self.events()
        twin = Twin(as_of, ZONE, kinds_seen(lambda path: seen_in(everything, path)))
        return {
            key
            for key, events in self.people.items()
            if any(event["time"] <= as_of for event in events)
            and holds(condition, lambda leaf, own=events: value_of(twin, leaf, own), as_of, ZONE)
        }


def as_event(message: Mapping[str, Any]) -> dict[str, Any]:
    time = instant(message["timestamp"], ZONE)
    known = {"time": time, "received_at": time, "event_id": message["messageId"], "source": "segment"}
    return {"name": message["event"], "properties": message["properties"], "traits": {}, **known}


def value_of(twin: Twin, leaf: TagTest | Did, own: Sequence[Mapping[str, Any]]) -> tuple[Any, Kind]:
    assert isinstance(leaf, Did)
    found, kind = twin.fold(leaf.fold, own), measured_kind(leaf.fold, twin.kinds)
    found = found[0] if leaf.fold.measure is Measure.TOP else found
    return found, kind if leaf.fold.measure in GIVE_BACK and kind is not None else Kind.NUMBER


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[Op, Any]:
    op = draw(st.sampled_from((Op.GTE, Op.GTE, Op.LT, Op.EQ, Op.NE, Op.IN, Op.BETWEEN, Op.IS_NULL)))
    literal = st.sampled_from((0, 1, 2, 3, 0.5, 12.5, "app", "2026-11-01"))
    match op:
        case Op.IN:
            return op, tuple(draw(st.lists(literal, min_size=1, max_size=3)))
        case Op.BETWEEN:
            return op, draw(st.sampled_from(((0, 1), (1, 4), (-3.25, 12.5), ("2026-10-08", "2026-11-02"))))
        case Op.IS_NULL:
            return op, draw(st.booleans())
    return op, draw(literal)


def rules(folds: st.SearchStrategy[Fold]) -> st.SearchStrategy[Condition]:
    leaves = st.builds(lambda fold, test: Did(fold, *test), folds, comparisons())
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        ),
        max_leaves=3,
    )


def is_said(fold: Fold) -> bool:
    """Can a rule say it? Whole events are named by ``did``; ``evidence`` and lists have no test."""
    return fold.evidence is None and bool(fold.selection.names or fold.measure is Measure.SEQUENCE)


def is_right(condition: Condition) -> bool:
    """Nothing is compared that never can be."""
    try:
        return not check_condition(parse_condition(dump_condition(condition)), (), "rule")
    except DefinitionError:
        return False


RULES = rules(st.sampled_from(TESTABLE).flatmap(stories.folds).filter(is_said)).filter(is_right)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Plain]]:
    """Half of it in a base, half in the tail, merged and split by hand."""
    folder = tmp_path_factory.mktemp("rules")
    limner.init(folder / "shop", timezone=ZONE)
    messages = make_messages(5, FIRST)
    files = [folder / "first.jsonl", folder / "second.jsonl"]
    for place, file in enumerate(files):
        file.write_text("\n".join(map(json.dumps, messages[place::2])), encoding="utf-8")
    with limner.open(folder / "shop") as workspace:
        workspace.import_files(files[0])
        workspace.fold(as_of=INSTANTS[0])
        workspace.import_files(files[1])
        for left, right in MERGED:
            workspace.identity_merge(left, right)
        workspace.identity_split(SPLIT)
        yield workspace, Plain.of(messages)


def names(workspace: Workspace, customers: Sequence[int], plain: Plain) -> set[str]:
    numbers = {workspace.profile(key, evidence=False).customer_id: key for key in plain.people}
    return {numbers[f"c{customer}"] for customer in customers}


def test_people_are_who_they_are(shop: tuple[Workspace, Plain]) -> None:
    workspace, plain = shop
    crowd = workspace.crowd(as_of=INSTANTS[-1])
    assert names(workspace, crowd.folded.customers.tolist(), plain) == plain.people.keys()
    for key, events in plain.people.items():
        told = workspace.timeline(key, limit=500)["events"]
        assert {event["event_id"] for event in told if event["source"] != "hand"} >= {e["event_id"] for e in events}


@settings(max_examples=50, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(condition=RULES, as_of=st.sampled_from(INSTANTS))
def test_a_rule_finds_whom_plain_python_finds(shop: tuple[Workspace, Plain], condition: Condition, as_of: str) -> None:
    workspace, plain = shop
    rule = dump_condition(condition)
    asked = parse_condition(rule)
    expected = plain.meet(asked, instant(as_of, ZONE))
    crowd = workspace.crowd(as_of, [asked])
    assert names(workspace, as_array(crowd.members(asked)).tolist(), plain) == expected, rule
    assert crowd.count(asked) == len(expected)


@settings(max_examples=3, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(conditions=st.lists(RULES, min_size=5, max_size=5))
def test_an_audience_that_is_followed_has_the_same_members(
    tmp_path_factory: pytest.TempPathFactory, conditions: list[Condition]
) -> None:
    folder = tmp_path_factory.mktemp("followed")
    limner.init(folder / "shop", timezone=ZONE)
    messages = make_messages(7, local_midnight(now(), ZONE) - (DAYS - 1) * 24 * stories.HOUR)
    messages = [message for message in messages if instant(message["timestamp"], ZONE) < now() - stories.HOUR]
    halves = messages[: len(messages) // 2], messages[len(messages) // 2 :]
    with limner.open(folder / "shop") as workspace:
        workspace._live = Live(workspace.parts, workspace._one_id)
        for place, half in enumerate(halves):
            file = folder / f"{place}.jsonl"
            file.write_text("\n".join(map(json.dumps, half)), encoding="utf-8")
            workspace.import_files(file)
            if place == 0:
                for number, condition in enumerate(conditions):
                    workspace.audience_save(f"a{number}", dump_condition(condition))
        for left, right in MERGED:
            workspace.identity_merge(left, right)
        workspace.identity_split(SPLIT)
        workspace.tick()
        plain = Plain.of(messages)
        for number, condition in enumerate(conditions):
            told = workspace.audience_members(f"a{number}")
            members = [int(customer[1:]) for customer in told["customers"]]
            assert names(workspace, members, plain) == plain.meet(condition, instant(told["as_of"], ZONE)), condition
