"""What people bought, when, where and for how much; and what they sent back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limner.demo.campaign import HORIZON, Campaign
from limner.demo.goods import choose_categories, choose_items
from limner.demo.people import People
from limner.demo.rhythm import DAY, RHYTHMS, Calendar
from limner.demo.shop import Shop
from limner.demo.world import (
    APP,
    CHANNELS,
    MINI,
    NEW,
    STORE,
    Flags,
    Floats,
    Ints,
    World,
    pick,
)

MEAN_ORDERS = np.array([0.9, 4.6, 7.4, 5.2, 3.4])
LEAST_ORDERS = np.array([0, 2, 4, 3, 1])
BEND = np.array([1.0, 1.8, 1.0, 0.62, 0.9])
"""By stage: orders become more frequent (over 1) or rarer (under 1) with time."""
NEAR_END = np.array([0, 40, 45, 25, 20])
"""By stage: the last order is at most so many days before the end of orders, to show the stage; 0 = anywhere."""
COUPON_CHANCE = np.array([0.10, 0.32, 0.66])
COUPONS = (
    (59_900, 10_000, "MJ599-100"),
    (29_900, 4_000, "MJ299-40"),
    (14_900, 2_000, "MJ149-20"),
    (4_900, 600, "MJ49-6"),
)
"""(spend at least, discount, code), hundredths of a yuan."""
CARE_DISCOUNT = 3_000
REFUND_RATE = 0.04


@dataclass(frozen=True, slots=True)
class Orders:
    """In order of time. Times are local milliseconds, money hundredths of a yuan."""

    person: Ints
    start: Ints
    """Beginning of the visit that ended in the order."""
    time: Ints
    channel: Ints
    amount: Ints
    discount: Ints
    coupon: Ints
    """Row of COUPONS; len(COUPONS) = the campaign's; -1 = none."""
    line_counts: Ints
    line_item: Ints
    """Lines of all orders, one after the other."""
    line_quantity: Ints
    refunded: Ints
    """Hundredths of a yuan; 0 = none."""
    refunded_at: Ints

    def __len__(self) -> int:
        return len(self.person)


def draw_orders(shop: Shop, campaign: Campaign) -> Orders:
    rng, world, people = shop.stream("orders"), shop.world, shop.people
    person, start, length, channel, cared = _draw_purchases(rng, shop, campaign)
    counts = 1 + np.minimum(rng.poisson(_basket(world, people)[person]), 5)
    owner = np.repeat(person, counts)
    item = choose_items(people, rng, owner, choose_categories(world, people, rng, owner))
    quantity = 1 + (rng.random(len(owner)) < 0.18) + (rng.random(len(owner)) < 0.04)
    gross = np.add.reduceat(shop.goods.cents[item] * quantity, np.cumsum(counts) - counts)
    coupon, discount = _apply_coupons(rng, people.sensitivity[person], gross, cared)
    refunded, refunded_at = _draw_refunds(rng, shop.calendar, start + length, gross - discount)
    return Orders(
        person=person,
        start=start,
        time=start + length,
        channel=channel,
        amount=gross - discount,
        discount=discount,
        coupon=coupon,
        line_counts=counts,
        line_item=item,
        line_quantity=quantity,
        refunded=refunded,
        refunded_at=refunded_at,
    )


def _draw_purchases(rng: np.random.Generator, shop: Shop, campaign: Campaign) -> tuple[Ints, Ints, Ints, Ints, Flags]:
    """(person, start and length of the visit, channel, is it the campaign's doing), in order of the payment."""
    calendar, people = shop.calendar, shop.people
    person, days = _draw_order_days(rng, calendar, people)
    extra = np.flatnonzero(campaign.responds)
    person = np.concatenate([person, extra])
    days = np.concatenate([days, campaign.day + 1 + rng.integers(0, HORIZON - 2, len(extra))])
    cared = np.arange(len(person)) >= len(person) - len(extra)
    channel = order_channels(shop.world, people, rng, person)
    start = calendar.draw_times(rng, days, people.period[person])
    start = np.where(channel == STORE, _in_opening_hours(rng, start), start)
    length = 120_000 + rng.exponential(240_000, len(person)).astype(np.int64)
    start = np.maximum(
        start, shop.accounts.registered_at[person] + 60_000
    )  # the day of joining may be that of the order
    start = np.minimum(start, calendar.end - length - 1000)
    by_time = np.argsort(start + length, kind="stable")
    return person[by_time], start[by_time], length[by_time], channel[by_time], cared[by_time]


def order_channels(world: World, people: People, rng: np.random.Generator, person: Ints) -> Ints:
    """Three out of four times the preferred channel; the stores' own members buy in the stores only."""
    usual = pick(rng, world.table("channels", CHANNELS), people.persona[person])
    chosen = np.where(rng.random(len(person)) < 0.75, people.channel[person], usual)
    chosen = np.where((chosen == MINI) & ~people.wechat[person], APP, chosen)
    settled: Ints = np.where(people.online[person], chosen, STORE)
    return settled


def _basket(world: World, people: People) -> Floats:
    """Mean number of lines beyond the first, by person."""
    by_persona: Floats = np.array([0.6 * facts["basket"] for facts in world.persona_facts])
    return by_persona[people.persona]


def _draw_order_days(rng: np.random.Generator, calendar: Calendar, people: People) -> tuple[Ints, Ints]:
    """(person, day) of each order: Poisson by stage and zeal, the last one where the stage says it was."""
    stage = people.stage
    counts = np.maximum(rng.poisson(MEAN_ORDERS[stage] * people.zeal), LEAST_ORDERS[stage])
    counts = np.where(stage == NEW, rng.choice(3, len(people), p=[0.15, 0.6, 0.25]), counts)
    person = np.repeat(np.arange(len(people)), counts)
    row = people.persona[person] * RHYTHMS + people.sensitivity[person]
    low, high = np.maximum(people.joined, 0)[person], people.last_order_day[person]
    days = calendar.draw_days(rng, row, low, high, BEND[stage[person]])
    latest = np.full(len(people), -1)
    np.maximum.at(latest, person, days)
    back = NEAR_END[stage]
    strays = (counts > 0) & (back > 0) & (latest < people.last_order_day - back)
    moved = people.last_order_day - 1 - (rng.random(len(people)) * back).astype(np.int64)
    days[(np.cumsum(counts) - counts)[strays]] = moved[strays]
    return person, days


def _in_opening_hours(rng: np.random.Generator, times: Ints) -> Ints:
    """Store visits between 10 and 21 o'clock: others move to a random hour of theirs."""
    hour = times % DAY // 3_600_000
    shut = (hour < 10) | (hour >= 21)
    moved: Ints = np.where(shut, times - hour * 3_600_000 + rng.integers(10, 21, len(times)) * 3_600_000, times)
    return moved


def _apply_coupons(rng: np.random.Generator, sensitivity: Ints, gross: Ints, cared: Flags) -> tuple[Ints, Ints]:
    coupon = np.full(len(gross), -1)
    wants = rng.random(len(gross)) < COUPON_CHANCE[sensitivity]
    for row, (threshold, _, _) in enumerate(COUPONS):
        coupon = np.where(wants & (coupon < 0) & (gross >= threshold), row, coupon)
    coupon = np.where(cared, len(COUPONS), coupon)
    values = np.array([value for _, value, _ in COUPONS] + [CARE_DISCOUNT, 0])
    return coupon, np.minimum(values[coupon], gross // 2)


def _draw_refunds(rng: np.random.Generator, calendar: Calendar, time: Ints, amount: Ints) -> tuple[Ints, Ints]:
    at = time + rng.integers(3_600_000, 10 * DAY, len(time))
    back = (rng.random(len(time)) < REFUND_RATE * 1.03) & (at < calendar.end)
    partial = rng.random(len(time)) < 0.25
    part = (amount * rng.uniform(0.2, 0.8, len(time))).astype(np.int64)
    refunded: Ints = np.where(back, np.where(partial, part, amount), 0)
    return refunded, at
