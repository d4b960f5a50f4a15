"""Choosing: of the actions that may be done about a customer now the one that gains most; now and then one by lot.

Gain = effect x value - cost. What is drawn by lot follows from the customer and the local day, so that asking again the
same day gives the same answer; with the probability it had, decisions can be learned from without bias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.audiences.crowd import Crowd
from limner.engage.actions import NOTHING, Action, Amount, Channel, Policy
from limner.fold.derive import as_doubles
from limner.identity.snapshot import customer_id
from limner.model.clock import iso_time, local_day, local_time

Flags = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]
ELIGIBLE, UNKNOWN, CONSENT, CAPPED, QUIET, LESS = "not eligible", "unknown", "consent", "cap", "quiet", "less"
"""Why an action was not chosen."""
WORDS: Mapping[str, tuple[str, str]] = {
    ELIGIBLE: ("不符合条件", "not for this customer"),
    UNKNOWN: ("效果或价值未知", "its effect or value is not known"),
    CONSENT: ("未同意该渠道", "no consent to the channel"),
    CAPPED: ("已达触达上限", "contacted often enough"),
    QUIET: ("免打扰时段", "quiet hours"),
    LESS: ("收益更低", "gains less"),
}
"""(zh, en)."""


@dataclass(frozen=True, slots=True)
class Held:
    """An action that was not chosen."""

    action: str
    why: str
    gain: float | None


@dataclass(frozen=True, slots=True)
class Decision:
    customer: int
    as_of: int
    action: str
    """`NOTHING` = none."""
    channel: str | None
    explored: bool
    """It was drawn by lot, and is not what gains most."""
    probability: float
    """That this one was to be chosen."""
    gain: float
    best: str
    """What gains most."""
    words: Mapping[str, str]
    others: Sequence[Held] = ()

    def as_dict(self, zone: str) -> dict[str, Any]:
        others = [
            {"action": one.action, "gain": one.gain, "why": one.why, "words": dict(zip(("zh", "en"), WORDS[one.why]))}
            for one in self.others
        ]
        return {
            "customer_id": customer_id(self.customer),
            "as_of": iso_time(self.as_of, zone),
            "action": self.action,
            "channel": self.channel,
            "explored": self.explored,
            "probability": round(self.probability, 6),
            "gain": round(self.gain, 6),
            "best": self.best,
            "reason": dict(self.words),
            "others": others,
        }


@dataclass(frozen=True, slots=True)
class Weighed:
    """One action for all customers."""

    action: Action
    gain: Doubles
    """NaN = not known."""
    effect: Doubles
    value: Doubles
    hindered: Mapping[str, Flags]
    """By why it may not be done, in the order in which it is told."""

    @property
    def allowed(self) -> Flags:
        return np.asarray(~np.any(list(self.hindered.values()), axis=0), np.bool_)


def choose(policy: Policy, crowd: Crowd) -> list[Decision]:
    """One decision per customer of the crowd, which has the columns of everything that `conditions_of` names."""
    folded, zone = crowd.folded, crowd.zone
    asked = {action.channel for action in policy.actions}
    hindered = {name: hinder(policy.channels[name], policy, crowd) for name in sorted(asked)}
    weighed = [weigh(action, hindered[action.channel], crowd) for action in policy.actions]
    day = local_day(folded.as_of, zone)
    customers = folded.customers.tolist()
    allowed = np.array([one.allowed for one in weighed])
    gains = np.where(allowed, np.array([one.gain for one in weighed]), -np.inf)
    return [
        decide(policy, weighed, row, customer, day, folded.as_of, allowed[:, row], gains[:, row])
        for row, customer in enumerate(customers)
    ]


def hinder(channel: Channel, policy: Policy, crowd: Crowd) -> dict[str, Flags]:
    """Why nothing may be done on the channel."""
    size, at = len(crowd.folded.customers), local_time(crowd.folded.as_of, crowd.zone).time()
    capped = np.zeros(size, np.bool_)
    for span, times in channel.most:
        capped |= crowd.find(channel.reached(span, times, policy.contact))
    return {
        CONSENT: np.zeros(size, np.bool_) if channel.consent is None else ~crowd.find(channel.consent),
        CAPPED: capped,
        QUIET: np.full(size, channel.is_quiet(at)),
    }


def weigh(action: Action, channel: Mapping[str, Flags], crowd: Crowd) -> Weighed:
    """``channel``: what hinders it there."""
    effect, value = read_amount(action.effect, crowd), read_amount(action.value, crowd)
    gain = effect * value - action.cost
    hindered = {
        ELIGIBLE: ~crowd.find(action.condition),
        CONSENT: channel[CONSENT],
        UNKNOWN: np.isnan(gain),
        CAPPED: channel[CAPPED],
        QUIET: channel[QUIET],
    }
    return Weighed(action, gain, effect, value, hindered)


def read_amount(amount: Amount, crowd: Crowd) -> Doubles:
    if isinstance(amount, str):
        return as_doubles(crowd.folded.columns[amount], local_day(crowd.folded.as_of, crowd.zone))
    return np.full(len(crowd.folded.customers), amount)


def decide(
    policy: Policy,
    weighed: Sequence[Weighed],
    row: int,
    customer: int,
    day: int,
    as_of: int,
    allowed: Flags,
    gains: Doubles,
) -> Decision:
    open_ = np.flatnonzero(allowed).tolist()
    best = max(open_, key=lambda one: (gains[one], -one), default=None)
    if best is not None and gains[best] <= 0:
        best = None
    chosen = best
    share = policy.explore if open_ else 0.0
    if share and draw(customer, day, "explore") < share:
        chosen = open_[int(draw(customer, day, "which") * len(open_))]
    probability = (share / len(open_) if open_ and chosen is not None else 0.0) + (1 - share if chosen == best else 0.0)
    others = [hold(one, row) for number, one in enumerate(weighed) if number != chosen]
    named = NOTHING if best is None else weighed[best].action.name
    if chosen is None:
        words = say_nothing(len(open_))
        return Decision(customer, as_of, NOTHING, None, False, probability, 0.0, named, words, others)
    one = weighed[chosen]
    explored = chosen != best
    words = say_action(one.action, float(one.effect[row]), float(one.value[row]), float(one.gain[row]), explored)
    name, channel, gain = one.action.name, one.action.channel, float(one.gain[row])
    return Decision(customer, as_of, name, channel, explored, probability, gain, named, words, others)


def hold(one: Weighed, row: int) -> Held:
    why = next((why for why, flags in one.hindered.items() if flags[row]), LESS)
    gain = float(one.gain[row])
    return Held(one.action.name, why, None if np.isnan(gain) else round(gain, 6))


def draw(customer: int, day: int, what: str) -> float:
    """0 <= x < 1, the same whenever it is asked.

    >>> draw(7, 20000, "explore") == draw(7, 20000, "explore") != draw(7, 20001, "explore")
    True
    """
    digest = blake2b(f"{what} {customer} {day}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64


def say_action(action: Action, effect: float, value: float, gain: float, explored: bool) -> dict[str, str]:
    if action.uplift:
        zh, en = f"触达预计使结果提高 {effect:.1%}", f"doing it is expected to change the outcome by {effect:+.1%}"
    else:
        zh, en = f"发生的概率为 {effect:.1%}", f"it is likely at {effect:.1%}"
    zh += f"，价值 {value:g}，成本 {action.cost:g}，收益 {gain:.4g}"
    en += f", worth {value:g}, costs {action.cost:g}, gains {gain:.4g}"
    if explored:
        zh, en = f"随机探索；{zh}", f"drawn by lot, to learn; {en}"
    return {"zh": f"{action.says('zh')}：{zh}", "en": f"{action.says('en')}: {en}"}


def say_nothing(allowed: int) -> dict[str, str]:
    if allowed:
        return {"zh": "没有收益为正的行动", "en": "No action gains anything"}
    return {"zh": "此刻没有可做的行动", "en": "No action may be done now"}
