"""Visits to the web site, the app and the mini program: who came when, by which door, looking for what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limner.demo.accounts import BROWSERS
from limner.demo.goods import choose_categories
from limner.demo.orders import Orders, order_channels
from limner.demo.people import People
from limner.demo.rhythm import BROWSE_DRAW, RHYTHMS, Calendar
from limner.demo.shop import Shop
from limner.demo.world import APP, FADING, MINI, STORE, WEB, Flags, Ints

VISITS_PER_ORDER = 1.75
BASE_VISITS = 1.8
SIGNED_IN = np.array([0.62, 0.92, 0.70])
"""Chance that a registered person is signed in, by channel."""
SYSTEMS = ("iOS", "Android", "Windows", "macOS")
REFERRERS = ("搜索引擎", "抖音", "小红书", "朋友圈", "短信")
UNTRACKED = 0.25
"""Share of the strangers' visits whose browser lets no identifier through."""


@dataclass(frozen=True, slots=True)
class Visits:
    """A row a visit; codes -1 = none. Times are local milliseconds."""

    person: Ints
    """-1 = a stranger who never registered."""
    start: Ints
    length: Ints
    channel: Ints
    category: Ints
    order: Ints
    """Row of the order that came of it; -1 = none."""
    user: Ints
    """Row of the accounts' users; the second accounts come after all first ones."""
    browser: Ints
    device: Ints
    openid: Ints
    system: Ints
    referrer: Ints

    def __len__(self) -> int:
        return len(self.person)


def draw_visits(shop: Shop, orders: Orders) -> Visits:
    """Visits that ended in an order, visits that did not, visits of strangers."""
    rng, world, people, calendar = shop.stream("visits"), shop.world, shop.people, shop.calendar
    bought = np.flatnonzero(orders.channel != STORE)
    looked, days = _draw_looks(rng, calendar, people, orders)
    stranger = np.repeat(np.arange(shop.strangers), 1 + rng.poisson(0.8, shop.strangers))
    person = np.concatenate([orders.person[bought], looked, np.full(len(stranger), -1)])
    known = person >= 0
    start = np.concatenate(
        [
            orders.start[bought],
            calendar.draw_times(rng, days, people.period[looked]),
            rng.integers(calendar.origin, calendar.end - 3_600_000, len(stranger)),
        ]
    )
    length = 60_000 + rng.exponential(200_000, len(person)).astype(np.int64)
    length[: len(bought)] = orders.time[bought] - orders.start[bought]
    channel = np.concatenate(
        [
            orders.channel[bought],
            _online(people, looked, order_channels(world, people, rng, looked)),
            np.where(rng.random(len(stranger)) < 0.7, WEB, MINI),
        ]
    )
    category = rng.integers(0, len(world.categories), len(person))
    category[known] = choose_categories(world, people, rng, person[known])
    signed_in = known & (start >= shop.accounts.registered_at[person]) & (rng.random(len(person)) < SIGNED_IN[channel])
    signed_in[: len(bought)] = True
    browser, openid = _identify_doors(rng, shop, person, channel, signed_in)
    untracked = ~known & (rng.random(len(person)) < UNTRACKED)
    own = len(people) * BROWSERS + stranger
    browser[~known] = np.where(untracked[~known], -1, own)
    phone_system = np.where(rng.random(len(people)) < 0.42, 0, 1)
    return Visits(
        person=person,
        start=start,
        length=length,
        channel=channel,
        category=category,
        order=np.concatenate([bought, np.full(len(person) - len(bought), -1)]),
        user=np.where(signed_in, _user_rows(shop, person, channel), -1),
        browser=browser,
        device=np.where(known & (channel == APP), person, -1),
        openid=openid,
        system=np.where(channel == WEB, 2 + (rng.random(len(person)) < 0.2), phone_system[person]),
        referrer=np.where(rng.random(len(person)) < 0.6, -1, rng.integers(0, len(REFERRERS), len(person))),
    )


def _draw_looks(rng: np.random.Generator, calendar: Calendar, people: People, orders: Orders) -> tuple[Ints, Ints]:
    """(person, day) of visits without an order: more for those who buy more, at least one for every account."""
    bought = np.bincount(orders.person, minlength=len(people))
    mean = BASE_VISITS + VISITS_PER_ORDER * bought**0.9
    counts = np.where(people.online, np.maximum(rng.poisson(mean), 1), 0)
    person = np.repeat(np.arange(len(people)), counts)
    bend = np.where(people.stage == FADING, 0.62, 1.0)[person]
    row = people.persona[person] * RHYTHMS + BROWSE_DRAW
    return person, calendar.draw_days(rng, row, people.first_day[person], people.last_day[person], bend)


def _online(people: People, person: Ints, channel: Ints) -> Ints:
    """Who prefers the stores looks at the mini program, or the web site without WeChat."""
    elsewhere = np.where(people.wechat[person], MINI, WEB)
    moved: Ints = np.where(channel == STORE, elsewhere, channel)
    return moved


def _identify_doors(
    rng: np.random.Generator, shop: Shop, person: Ints, channel: Ints, signed_in: Flags
) -> tuple[Ints, Ints]:
    """(browser, openid) of each visit. At a family's browser each member signs in often enough to be seen there."""
    own = (rng.random(len(person)) * shop.accounts.browser_count[person]).astype(np.int64)
    shared = (shop.accounts.family[person] >= 0) & signed_in
    own = np.where(shared, 0, own)
    browser = np.where(channel == WEB, shop.accounts.browser[person, own], -1)
    openid = np.where((person >= 0) & (channel == MINI) & shop.people.wechat[person], person, -1)
    return browser, openid


def _user_rows(shop: Shop, person: Ints, channel: Ints) -> Ints:
    """Second accounts are used in the mini program."""
    second = np.array([user is not None for user in shop.accounts.second_user])
    row: Ints = np.where((channel == MINI) & second[person], person + len(shop.people), person)
    return row
