"""What may be done next about a customer, and what is respected when it is done: ``actions.yaml``.

.. code-block:: yaml

    actions:
      care_coupon:
        title: {zh: 会员关怀券, en: Care coupon}
        channel: sms
        if: {stage: 成熟}                    # for whom it is; everybody unless given
        effect: care_uplift                  # what doing it changes: a tag, or a number
        value: 120                           # what that is worth: a tag, or a number
        cost: 3
      bestseller_mail:
        channel: email
        propensity: order_30d                # where no campaign was drawn by lot: how likely it is, done or not
        value: 80
    explore: 0.05                            # share of decisions that are drawn by lot, to be learned from
    contact: action_decided                  # events that count as a contact of their channel
    channels:
      sms:
        consent: {sms_consent: 'yes'}        # a condition, or: not needed
        most: {1d: 1, 30d: 4}                # contacts within so long
        quiet: ['21:00', '09:00']            # local time: nothing is sent
      email: {consent: not needed}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from limner.model.algebra import write_out
from limner.model.condition import All, Condition, Did
from limner.model.fold import Fold, Measure, Op, PropertyTest, Selection, Span, Window
from limner.model.parse_condition import read_condition
from limner.model.parse_events import read_names
from limner.model.parse_tag import check_name, read_title
from limner.model.parse_value import read_number, read_span
from limner.model.place import Place, describe

DECIDED = "action_decided"
NOTHING = "nothing"
"""The action of doing none: it gains 0."""
NOT_NEEDED = "not needed"
FIELDS = ("title", "channel", "if", "effect", "propensity", "value", "cost")
CHANNEL_FIELDS = ("consent", "most", "quiet")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
LARGEST = 1e12
EVERYBODY = All(())
Amount = str | float
"""A tag's name, or a number."""


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    channel: str
    effect: Amount
    """What doing it changes, or, if `uplift` is false, how likely what is wanted is, done or not."""
    uplift: bool
    value: Amount
    cost: float = 0.0
    title: Mapping[str, str] = field(default_factory=dict)
    condition: Condition = EVERYBODY
    rule: Mapping[str, object] = field(default_factory=dict)
    """The condition as it is written; empty = everybody."""

    def says(self, language: str) -> str:
        return self.title.get(language) or next(iter(self.title.values()), self.name)

    def tags(self) -> list[str]:
        return [amount for amount in (self.effect, self.value) if isinstance(amount, str)]


@dataclass(frozen=True, slots=True)
class Channel:
    name: str
    consent: Condition | None
    """None = not needed."""
    most: tuple[tuple[Span, int], ...] = ()
    quiet: tuple[time, time] | None = None
    """From, until; over midnight where from is later."""

    def is_quiet(self, at: time) -> bool:
        if self.quiet is None:
            return False
        begin, end = self.quiet
        return begin <= at < end if begin < end else at >= begin or at < end

    def reached(self, span: Span, times: int, contact: tuple[str, ...]) -> Condition:
        """Has a customer had so many contacts of the channel within so long?"""
        selection = Selection(contact, (PropertyTest("channel", Op.EQ, self.name),))
        return Did(Fold(Measure.COUNT, selection, Window(within=span)), Op.GTE, times)


@dataclass(frozen=True, slots=True)
class Policy:
    actions: tuple[Action, ...]
    channels: Mapping[str, Channel]
    explore: float = 0.0
    contact: tuple[str, ...] = (DECIDED,)


def parse_policy(data: object, where: str = "actions.yaml") -> Policy:
    """Raises `DefinitionError` with everything that is wrong."""
    place = Place(where)
    fields = place.mapping({} if data is None else data, "a file of actions") or {}
    place.only(fields, ("actions", "channels", "explore", "contact"), "a file of actions")
    told = place.at("channels").mapping(fields.get("channels", {}), "channels") or {}
    channels = {name: _read_channel(name, said, place.at("channels").at(name)) for name, said in told.items()}
    named = place.at("actions").mapping(fields.get("actions", {}), "actions") or {}
    read = [_read_action(name, said, told, place.at("actions").at(name)) for name, said in named.items()]
    explore = read_number(fields.get("explore", 0), place.at("explore"), 0, 1)
    contact = read_names(fields["contact"], place.at("contact")) if "contact" in fields else (DECIDED,)
    if not named:
        place.at("actions").wrong("there are no actions.", "Write {care: {channel: sms, effect: ..., value: 100}}.")
    place.raise_problems()
    actions = tuple(one for one in read if one is not None)
    return Policy(actions, {name: one for name, one in channels.items() if one}, explore or 0.0, tuple(contact))


def _read_action(name: str, data: object, channels: Mapping[str, object], place: Place) -> Action | None:
    check_name(name, place, "an action")
    if name == NOTHING:
        place.wrong("nothing is what is done when no action is.", "Call it otherwise.")
    fields = place.mapping(data, "an action")
    if fields is None:
        return None
    place.only(fields, FIELDS, "an action")
    channel = place.at("channel").text(fields.get("channel"), "the channel")
    if channel is not None and channel not in channels:
        place.at("channel").unknown("channel", channel, channels)
    if ("effect" in fields) == ("propensity" in fields):
        place.wrong("an action has either an effect or a propensity.", "An effect is what doing it changes.")
    kind = "effect" if "effect" in fields else "propensity"
    effect = _read_amount(fields.get(kind), place.at(kind), -1.0 if kind == "effect" else 0.0)
    value = _read_amount(fields.get("value"), place.at("value"), 0.0)
    cost = read_number(fields.get("cost", 0), place.at("cost"), 0, LARGEST)
    condition = read_condition(fields["if"], place.at("if")) if "if" in fields else EVERYBODY
    title = read_title(fields["title"], place.at("title")) if "title" in fields else {}
    if channel is None or effect is None or value is None or condition is None:
        return None
    rule = fields.get("if")
    written = rule if isinstance(rule, Mapping) else {}
    return Action(name, channel, effect, kind == "effect", value, cost or 0.0, title, condition, written)


def _read_amount(data: object, place: Place, least: float) -> Amount | None:
    if data is None:
        place.wrong("a tag's name or a number is wanted.")
        return None
    return place.text(data, "a tag") if isinstance(data, str) else read_number(data, place, least, LARGEST)


def _read_channel(name: str, data: object, place: Place) -> Channel | None:
    fields = place.mapping(data, "a channel")
    if fields is None:
        return None
    place.only(fields, CHANNEL_FIELDS, "a channel")
    consent: Condition | None = None
    if "consent" not in fields:
        place.wrong("who has agreed to be contacted there?", f"Write consent: a condition, or consent: {NOT_NEEDED}.")
    elif fields["consent"] != NOT_NEEDED:
        consent = read_condition(fields["consent"], place.at("consent"))
    caps = place.at("most").mapping(fields.get("most", {}), "the most contacts") or {}
    most = []
    for span, times in caps.items():
        here = place.at("most").at(span)
        length, number = read_span(span, here), read_number(times, here, 1, 1e6)
        if length is not None and number is not None:
            most.append((length, int(number)))
    return Channel(name, consent, tuple(most), _read_quiet(fields.get("quiet"), place.at("quiet")))


def _read_quiet(data: object, place: Place) -> tuple[time, time] | None:
    if data is None:
        return None
    found = [CLOCK.fullmatch(one) if isinstance(one, str) else None for one in data] if isinstance(data, list) else []
    clocks = [time(int(match[1]), int(match[2])) for match in found if match is not None]
    if len(clocks) != 2 or clocks[0] == clocks[1]:
        place.wrong(f"two times of the day are wanted, but this is {describe(data)}.", "Write ['21:00', '09:00'].")
        return None
    return clocks[0], clocks[1]


def write_policy(policy: Policy, rules: Mapping[str, Condition], where: str = "actions.yaml") -> Policy:
    """With the audiences it asks about written out, by their rules."""

    def out(condition: Condition) -> Condition:
        return write_out(condition, rules, where)

    actions = tuple(replace(one, condition=out(one.condition)) for one in policy.actions)
    channels = {
        name: one if one.consent is None else replace(one, consent=out(one.consent))
        for name, one in policy.channels.items()
    }
    return replace(policy, actions=actions, channels=channels)


def conditions_of(policy: Policy) -> list[Condition]:
    """All that a decision asks about a customer."""
    consents = [one.consent for one in policy.channels.values() if one.consent is not None]
    caps = [
        channel.reached(span, times, policy.contact)
        for channel in policy.channels.values()
        for span, times in channel.most
    ]
    return [*(one.condition for one in policy.actions), *consents, *caps]
