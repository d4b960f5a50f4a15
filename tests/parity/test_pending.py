"""Reads between an acknowledgement and the tick that follows it, compared with a twin that has stored everything.

What clients send is acknowledged, stored and ticked in any order; customers are linked, aliased, merged, split,
unbound, blocked and erased; identifiers become shared, and properties change their type. Whatever is answered without
waiting has to be what a fold from scratch says at that instant, and so has what is answered after waiting.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.contract.engine.lives import DEFINITIONS, make_properties

import limner
from limner import pending
from limner.adapters.duckdb.file import LogFile
from limner.errors import LimnerError, NotFound
from limner.live import Live
from limner.model.clock import now
from limner.pending import Pending
from limner.ports.journal import Delivery, Kind
from limner.storing import store_deliveries
from limner.workspace import Workspace

SEEDS = (1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 9)))
STEPS = 70
MOST_STEPS = 4 * STEPS
FIRST = 250
"""Deliveries there are before: properties have types that a few values do not change."""
PEOPLE = 150
RULES = "identifiers: {user_id: {fan_out: 6}, phone: {limit: 2}, anonymous_id: {limit: 2}}\n"
EXTRA: dict[str, dict[str, Any]] = {
    f"odd_{number}": {"layer": "fact", "fold": {"max": f"odd{number}"}} for number in range(6)
}
"""Of properties that few events have, numbers or texts."""
NAMES = ("login", "view_item", "add_to_cart", "order_paid")


class Twins:
    """A workspace that is read while things are on their way, and one that has everything at once."""

    def __init__(self, folder: Path) -> None:
        for name in ("shop", "twin"):
            limner.init(folder / name)
            tags = {
                name: {"layer": "fact", **definition}
                for name, definition in DEFINITIONS.items()
                if asks_nobody(definition)
            }
            (folder / name / "tags" / "lives.yaml").write_text(json.dumps({"tags": tags | EXTRA}, ensure_ascii=False))
            (folder / name / "identity.yaml").write_text(RULES)
        self.shop, self.twin = limner.open(folder / "shop"), limner.open(folder / "twin")
        for workspace in (self.shop, self.twin):
            workspace.tags_apply()
        self.shop._live = Live(self.shop.parts, self.shop._one_id)
        self.told: Counter[str] = Counter()

    def acknowledge(self, *deliveries: Delivery) -> None:
        """As the intake's writer does."""
        self.shop.pending.add(deliveries, self.shop.parts.journal.write(deliveries))
        store_deliveries(self.twin.parts, self.twin._one_id, deliveries)

    def decide(self, verb: str, *keys: str) -> None:
        outcomes = []
        for workspace in (self.shop, self.twin):
            try:
                getattr(workspace, verb)(*keys)
                outcomes.append("done")
            except LimnerError as error:
                outcomes.append(type(error).__name__)
        assert outcomes[0] == outcomes[1]
        self.told[f"{verb} {outcomes[0]}"] += 1

    def read(self, key: str, evidence: bool) -> None:
        try:
            body = self.shop.profile_at_once(key, evidence=evidence)
        except NotFound:
            body = None
        self.told["waits" if body is None else "at once"] += 1
        self.told["at once while something is pending"] += body is not None and bool(self.shop.pending.size)
        if body is not None:
            self.compare(key, evidence, msgspec.json.decode(body))

    def recall(self, key: str, evidence: bool) -> None:
        """What was known of the past is answered without waiting, too."""
        as_of = (datetime.now(UTC) - timedelta(hours=30)).isoformat()
        try:
            said = self.shop._draw_known(key, self.shop._instant(as_of), self.shop.tags(), evidence)
        except NotFound:
            return
        self.told["recalled at once"] += said is not None
        if said is not None:
            self.compare(key, evidence, msgspec.json.decode(msgspec.json.encode(said.as_dict())))

    def read_and_wait(self, key: str) -> None:
        with suppress(NotFound):
            self.compare(key, True, msgspec.json.decode(msgspec.json.encode(self.shop.profile(key).as_dict())))

    def compare(self, key: str, evidence: bool, said: dict[str, Any]) -> None:
        if "held" in said:
            return
        exact = self.twin.profile(key, as_of=said["as_of"], evidence=evidence).as_dict()
        expected = msgspec.json.decode(msgspec.json.encode(exact))
        assert said["identifiers"] == expected["identifiers"]
        assert said["customer_id"] == expected["customer_id"]
        for name, value in expected["tags"].items():
            assert said["tags"][name] == value, (key, name)
        self.told["compared"] += len(expected["tags"])

    def close(self) -> None:
        self.shop.close()
        self.twin.close()


def asks_nobody(definition: dict[str, Any]) -> bool:
    """Not for the summary of last midnight, that knows what was known when it was first asked for; nor for elements of
    lists, of which a log this small always has so few that their type may be another."""
    return not any(word in json.dumps(definition) for word in ('"lift"', '"trusted"', '"products'))


class Chance(random.Random):
    """What clients send."""

    number = 0

    def key(self) -> str:
        kind, form = self.choice((("user_id", "u{}"), ("phone", "1380000{:04}"), ("anonymous_id", "a{}")))
        return f"{kind}:{form.format(self.randrange(PEOPLE + 3))}"

    def message(self) -> dict[str, Any]:
        person = self.randrange(PEOPLE)
        other = person if self.random() < 0.93 else self.randrange(PEOPLE)
        self.number += 1
        ago = timedelta(minutes=self.choice((0, 1, 200, 2_000, 20_000)) * self.random())
        message: dict[str, Any] = {
            "type": "track",
            "messageId": f"m{self.number - (self.random() < 0.05)}",
            "timestamp": (datetime.now(UTC) - ago).isoformat(),
            "event": self.choice(NAMES),
            "properties": make_properties(self),
        }
        if self.random() < 0.06:
            message["properties"][f"odd{self.randrange(6)}"] = self.choice((3, 4.5, "many"))
        match self.randrange(8):
            case 0 | 1 | 2:
                message |= {"userId": f"u{person}"}
            case 3:
                message |= {"anonymousId": f"a{other}"}
            case 4 | 5:
                message |= {"userId": f"u{person}", "anonymousId": f"a{other}"}
            case 6:
                traits = {"phone": f"1380000{other:04}", "city": self.choice(("杭州", "上海"))}
                message |= {"type": "identify", "userId": f"u{person}", "traits": traits}
            case 7 if self.random() < 0.5:
                before = self.choice((f"a{other}", f"u{other}", f"u{self.randrange(PEOPLE)}"))
                message |= {"type": "alias", "userId": f"u{person}", "previousId": before, "anonymousId": "a1"}
            case _:
                message |= {"userId": f"u{person}", "timestamp": "yesterday" if self.random() < 0.3 else None}
        return message

    def delivery(self) -> Delivery:
        return deliver(*(self.message() for _ in range(self.randrange(1, 4))))

    def unbinding(self) -> Delivery:
        unbound = [{"type": "phone", "value": f"+861380000{self.randrange(PEOPLE):04}"}]
        self.number += 1
        message = {"type": "track", "event": "$UnbindID", "userId": f"u{self.randrange(PEOPLE)}"}
        return deliver(message | {"messageId": f"m{self.number}", "properties": {"unbind": unbound}})


def deliver(*messages: dict[str, Any]) -> Delivery:
    lines = tuple(json.dumps(message, ensure_ascii=False).encode() for message in messages)
    return Delivery(Kind.MESSAGES, "web", now(), lines)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_read_before_the_tick_is_what_a_fold_of_all_that_was_acknowledged_says(
    tmp_path: Path, seed: int
) -> None:
    chance, twins = Chance(seed), Twins(tmp_path)
    twins.acknowledge(*(chance.delivery() for _ in range(FIRST)))
    twins.shop.intake.catch_up()
    twins.shop.tick()
    for step in range(MOST_STEPS):
        if step >= STEPS and has_seen_all(twins.told):
            break
        go_on(twins, chance)
        for _ in range(chance.randrange(4)):
            twins.read(chance.key(), chance.random() < 0.3)
        if chance.random() < 0.3:
            twins.recall(chance.key(), chance.random() < 0.5)
    twins.close()
    assert has_seen_all(twins.told), twins.told


def has_seen_all(told: Counter[str]) -> bool:
    """Has all happened that is compared, and often enough? While somebody may become shared, which can take many steps,
    everybody waits: then the stream goes on."""
    return (
        told["at once while something is pending"] > STEPS / 24
        and told["waits"] > STEPS / 8
        and told["recalled at once"] > 2
        and told["identity_merge done"] + told["identity_split done"] > 0
    )


def go_on(twins: Twins, chance: Chance) -> None:
    shop = twins.shop
    match chance.randrange(24):
        case 0 | 1:
            shop.intake.catch_up()
        case 2:
            shop.tick()
        case 3 | 4 | 5:
            shop.intake.catch_up()
            shop.tick()
        case 6:
            twins.decide("identity_merge", chance.key(), chance.key())
        case 7:
            twins.decide("identity_split", chance.key())
        case 8 if chance.random() < 0.3:
            twins.decide("erase", chance.key())
        case 9 if chance.random() < 0.3:
            twins.decide("identity_block", chance.key())
        case 10:
            twins.read_and_wait(chance.key())
        case 11 if chance.random() < 0.5:
            # What it splits depends on what was stored by then, and that is a decision of the log.
            shop.intake.catch_up()
            twins.acknowledge(chance.unbinding())
            twins.read(chance.key(), False)
            shop.intake.catch_up()
        case _:
            twins.acknowledge(chance.delivery())


def test_who_is_not_named_is_not_waited_for(tmp_path: Path) -> None:
    twins = Twins(tmp_path)
    shop = twins.shop
    for user in ("u1", "u2"):
        twins.acknowledge(say(user, f"first-{user}"))
    shop.intake.catch_up()
    shop.tick()
    twins.acknowledge(say("u1", "second"))
    assert shop.profile_at_once("user_id:u1") is None
    assert shop.profile_at_once("user_id:u2") is not None
    shop.intake.catch_up()  # in the log, and not in the live state
    assert shop.profile_at_once("user_id:u1") is None
    assert shop.profile_at_once("user_id:u2") is not None
    with shop._lock:  # while a tick works
        twins.read("user_id:u2", True)
    shop.tick()
    assert count_events(shop, "user_id:u1") == 2
    shop.identity_merge("user_id:u1", "user_id:u2")  # not on its way from a client: it may concern anybody
    assert shop.profile_at_once("user_id:u2") is None
    shop.tick()
    assert count_events(shop, "user_id:u2") == 3
    twins.close()


def test_rows_that_came_to_nothing_may_be_anybodys() -> None:
    pending = Pending()
    for first, last in ((1, 5), (6, 9), (6, 5)):
        pending.note_rows(first, last)
    assert pending._accounts_for(0, 5)
    assert not pending._accounts_for(0, 6)
    pending.note_rows(8, 9)
    assert not pending._accounts_for(0, 9)
    assert pending._accounts_for(7, 9)


@pytest.mark.parametrize("asked", [True, False])
def test_while_somebody_asks_it_is_known_of_many_whom_they_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    monkeypatch.setattr(pending, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(pending, "LATELY", 3600.0)
    twins = Twins(tmp_path)
    shop = twins.shop
    shop.pending._asked_at = -3600.0
    twins.acknowledge(say("u2", "first"))
    shop.intake.catch_up()
    shop.tick()
    if asked:
        assert shop.profile_at_once("user_id:u2") is not None
    for number in range(5):
        twins.acknowledge(say("u1", f"later{number}"))
    assert (shop.profile_at_once("user_id:u2") is not None) == asked
    twins.close()


def test_what_was_foreseen_holds_until_something_else_comes_into_the_graph(tmp_path: Path) -> None:
    twins = Twins(tmp_path)
    shop = twins.shop
    for user in ("u1", "u2", "u3"):
        twins.acknowledge(say(user, f"first-{user}"))
    shop.intake.catch_up()
    shop.tick()
    twins.read("user_id:u1", False)
    foresight = shop.pending._foresight
    for number in range(3):  # it need not be looked at again at every tick
        twins.acknowledge(
            deliver({"type": "page", "userId": "u2", "anonymousId": f"a{number}", "messageId": f"{number}"})
        )
        twins.read("user_id:u1", False)
        shop.intake.catch_up()
        shop.tick()
        twins.read("user_id:u1", False)
        assert shop.pending._foresight is foresight
    twins.decide("identity_merge", "user_id:u2", "user_id:u3")
    shop.tick()
    twins.read("user_id:u1", False)
    assert shop.pending._foresight is not foresight
    assert twins.told["waits"] == 0
    twins.close()


def test_a_read_at_once_asks_nothing_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would keep all others waiting for as long as that takes."""
    twins = Twins(tmp_path)
    shop = twins.shop
    shop.parts.expect_appends()
    for user in ("u1", "u2"):
        twins.acknowledge(say(user, f"first-{user}"))
        shop.intake.catch_up()
        shop.tick()
        assert shop.profile_at_once("user_id:u1") is not None
    twins.acknowledge(say("u3", "first-u3"))
    shop.intake.catch_up()
    shop.tick()
    twins.acknowledge(say("u4", "first-u4"))
    with monkeypatch.context() as patch:
        patch.setattr(LogFile, "cursor", forbid)
        assert shop.profile_at_once("user_id:u1") is not None
        assert shop.profile_at_once("user_id:u3") is not None
    twins.close()


def forbid(*given: object) -> None:
    raise AssertionError("the file is asked")


def test_everybody_waits_while_somebody_may_become_shared(tmp_path: Path) -> None:
    """What u1 did under a phone that was parted from it goes to the phone's customer then, whom nothing names."""
    twins = Twins(tmp_path)
    shop, phone = twins.shop, "phone:13800000001"
    traits = {"traits": {"phone": "13800000001"}}
    twins.acknowledge(deliver({"type": "identify", "userId": "u1", "messageId": "both", **traits}))
    twins.acknowledge(deliver({"type": "identify", "messageId": "alone", **traits}), say("u2", "other"))
    twins.decide("identity_split", phone)
    shop.tick()
    assert count_events(shop, phone) == 1
    browsers = [{"type": "page", "userId": "u1", "anonymousId": f"a{n}", "messageId": f"page{n}"} for n in range(7)]
    twins.acknowledge(deliver(*browsers[:5]))
    assert count_events(shop, phone) == 1, "u1 is under its cap"
    twins.acknowledge(deliver(*browsers[5:]))
    assert shop.profile_at_once(phone) is None
    shop.intake.catch_up()
    shop.tick()
    twins.read(phone, False)
    assert count_events(shop, phone) == 2
    twins.close()


def say(user: str, id: str) -> Delivery:
    return deliver({"type": "track", "event": "login", "userId": user, "messageId": id})


def count_events(shop: Workspace, key: str) -> int:
    body = shop.profile_at_once(key, ["events"])
    assert body is not None
    return int(msgspec.json.decode(body)["tags"]["events"]["value"])
