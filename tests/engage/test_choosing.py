"""Choosing actions: what gains most of what may be done; by lot now and then, with its probability."""

from __future__ import annotations

from collections import Counter
from datetime import time
from typing import Any

import numpy as np
import pytest

from limner.audiences.crowd import Crowd
from limner.engage.actions import Policy, parse_policy
from limner.engage.choosing import Decision, choose
from limner.errors import DefinitionError
from limner.fold.properties import fold_key
from limner.model.clock import read_instant
from limner.model.column import Folded, TagColumn, ValueType
from limner.model.condition import Did

ZONE = "Asia/Shanghai"
POLICY: dict[str, Any] = {
    "actions": {
        "care": {"channel": "sms", "if": {"stage": "grown"}, "effect": "uplift", "value": 100, "cost": 3},
        "mail": {"channel": "email", "propensity": 0.05, "value": "worth", "title": {"zh": "邮件", "en": "Mail"}},
    },
    "channels": {
        "sms": {"consent": {"agrees": True}, "most": {"7d": 2}, "quiet": ["21:00", "09:00"]},
        "email": {"consent": "not needed"},
    },
}
NOON, NIGHT = (read_instant(f"2026-11-20T{hour}:00:00", ZONE) for hour in ("12", "22"))


def crowd(policy: Policy, size: int = 4, at: int = NOON, **columns: Any) -> Crowd:
    """Customers 0 .. of whom all is as wanted unless said otherwise."""

    def fill(name: str, usual: Any) -> np.ndarray:
        return np.resize(np.array(columns.get(name, usual)), size)

    folded = {
        "stage": TagColumn(ValueType.TEXT, fill("stage", 0).astype(np.int32), dictionary=("grown", "new")),
        "uplift": TagColumn(ValueType.FLOAT, fill("uplift", 0.1).astype(np.float64)),
        "worth": TagColumn(ValueType.FLOAT, fill("worth", 60).astype(np.float64)),
        "agrees": TagColumn(ValueType.BOOL, fill("agrees", 1).astype(np.int8)),
    }
    hidden = {}
    for channel in policy.channels.values():
        for span, times in channel.most:
            test = channel.reached(span, times, policy.contact)
            assert isinstance(test, Did)
            hidden[fold_key(test.fold)] = TagColumn(ValueType.INTEGER, fill("contacts", 0).astype(np.int64))
    return Crowd(Folded(np.arange(size, dtype=np.int32), folded, at, 0), ZONE, hidden)


def decide(policy: dict[str, Any] = POLICY, at: int = NOON, **columns: Any) -> Decision:
    read = parse_policy(policy)
    return choose(read, crowd(read, 1, at, **columns))[0]


def why(decision: Decision) -> dict[str, str]:
    return {one.action: one.why for one in decision.others}


def test_what_gains_most_is_chosen_and_says_why() -> None:
    one = decide()
    assert (one.action, one.channel, one.gain, one.probability, one.explored) == ("care", "sms", 7.0, 1.0, False)
    assert "10.0%" in one.words["zh"]
    assert "gains 7" in one.words["en"]
    assert why(one) == {"mail": "less"}
    dear = decide(uplift=0.05)
    assert (dear.action, dear.gain) == ("mail", 3.0)
    assert dear.words["zh"].startswith("邮件")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"stage": 1}, "not eligible"),
        ({"agrees": 0}, "consent"),
        ({"agrees": -1}, "consent"),
        ({"uplift": np.nan}, "unknown"),
        ({"contacts": 2}, "cap"),
        ({"at": NIGHT}, "quiet"),
    ],
)
def test_what_may_not_be_done_is_not(columns: dict[str, Any], reason: str) -> None:
    one = decide(**columns)
    assert one.action == "mail"
    assert why(one) == {"care": reason}
    assert set(one.as_dict(ZONE)["others"][0]["words"]) == {"zh", "en"}


def test_nothing_is_done_where_nothing_gains() -> None:
    one = decide(uplift=0.01, worth=0)
    assert (one.action, one.channel, one.gain, one.probability) == ("nothing", None, 0.0, 1.0)
    assert decide(agrees=0, worth=np.nan).words["en"] == "No action may be done now"


def test_a_share_is_drawn_by_lot_with_its_probability() -> None:
    read = parse_policy({**POLICY, "explore": 0.2})
    found = choose(read, crowd(read, 5000))
    assert [one.as_dict(ZONE) for one in found] == [one.as_dict(ZONE) for one in choose(read, crowd(read, 5000))]
    explored = [one for one in found if one.explored]
    assert len(explored) / 5000 == pytest.approx(0.1, abs=0.02), "half of what is drawn is the best anyway"
    assert {one.action for one in explored} == {"mail"}
    assert {one.probability for one in explored} == {0.1}
    assert {one.probability for one in found if not one.explored} == {0.9}
    weights = sum(1 / one.probability for one in found if one.action == "mail")
    assert weights / 5000 == pytest.approx(1, abs=0.15), "weighed by it, each action stands for everybody"


def test_another_day_draws_anew_and_only_what_is_allowed() -> None:
    read = parse_policy({**POLICY, "explore": 1.0})
    today = [one.action for one in choose(read, crowd(read, 400))]
    tomorrow = [one.action for one in choose(read, crowd(read, 400, NOON + 86_400_000_000))]
    assert today != tomorrow
    assert Counter(today)["mail"] == pytest.approx(200, abs=50)
    none = choose(read, crowd(read, 400, agrees=0))
    assert {(one.action, one.probability) for one in none} == {("mail", 1.0)}


def test_quiet_hours_over_midnight_and_within_a_day() -> None:
    sms = parse_policy(POLICY).channels["sms"]
    assert [sms.is_quiet(time(hour)) for hour in (8, 9, 20, 21, 0)] == [True, False, False, True, True]
    changed = {**POLICY["channels"], "sms": {"consent": "not needed", "quiet": ["12:00", "14:00"]}}
    noon = parse_policy({**POLICY, "channels": changed}).channels["sms"]
    assert [noon.is_quiet(time(hour)) for hour in (11, 12, 13, 14)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        (("actions",), {}, "no actions"),
        (("actions", "care", "channel"), "smss", "sms"),
        (("actions", "care", "propensity"), 0.1, "either an effect or a propensity"),
        (("actions", "care", "value"), None, "a tag's name or a number"),
        (("actions", "care", "price"), 3, "no field 'price'"),
        (("actions", "nothing"), {"channel": "sms", "effect": 1, "value": 1}, "Call it otherwise"),
        (("channels", "email"), {}, "who has agreed"),
        (("channels", "sms", "most"), {"7 days": 2}, "7d"),
        (("channels", "sms", "quiet"), ["25:00", "9:00"], "two times of the day"),
        (("explore",), 1.5, "0 to 1"),
    ],
)
def test_wrong_policies_are_said(where: tuple[str, ...], value: object, says: str) -> None:
    import copy

    policy: Any = copy.deepcopy(POLICY)
    inside = policy
    for step in where[:-1]:
        inside = inside[step]
    inside[where[-1]] = value
    with pytest.raises(DefinitionError, match=says):
        parse_policy(policy)
