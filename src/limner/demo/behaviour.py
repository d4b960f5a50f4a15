"""What happened during the visits, event by event: behaviour.parquet, the bulk of the shop's data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from limner.demo.goods import choose_categories, choose_items
from limner.demo.orders import COUPONS, Orders
from limner.demo.people import People
from limner.demo.rhythm import DAY
from limner.demo.shop import Shop
from limner.demo.source import Written
from limner.demo.visits import REFERRERS, SYSTEMS, Visits
from limner.demo.world import APP, CHANNELS, STORE, Flags, Ints, World

KINDS = (
    "page", "search", "view_item", "add_to_cart", "remove_from_cart", "add_favourite", "share", "login",
    "checkout_started", "coupon_received", "push_opened", "review_posted",
)  # fmt: skip
PAGE, SEARCH, VIEW, CART, UNCART, FAVOURITE, SHARE, LOGIN, CHECKOUT, COUPON, PUSH, REVIEW = range(len(KINDS))
PAGES = ("/", "/cart", "/me", "/promotion", "/category")
PUSHES = ("新品上架", "限时秒杀", "降价提醒", "补货提醒", "会员日")
COUPON_PER_VISIT = np.array([0.03, 0.07, 0.15])
RESENT = 0.002
"""Share of the rows an impatient client sent twice."""
LATER = 20 * 366 * DAY
"""How far ahead the clocks of some clients are."""


@dataclass(frozen=True, slots=True)
class Events:
    """Columns of equal length; codes -1 = none. ``detail`` means by kind: keyword, page, coupon, push, rating."""

    visit: Ints
    kind: Ints
    time: Ints
    item: Ints
    detail: Ints

    def __len__(self) -> int:
        return len(self.visit)

    def take(self, rows: Ints) -> Events:
        return Events(self.visit[rows], self.kind[rows], self.time[rows], self.item[rows], self.detail[rows])


def write_behaviour(path: Path, shop: Shop, orders: Orders, visits: Visits) -> Written:
    rng, world, people = shop.stream("behaviour"), shop.world, shop.people
    events = join_events(
        [
            *_around(rng, world, people, visits),
            *_looking(rng, world, people, visits),
            *_buying(rng, orders, visits),
            _reviews(rng, orders, visits),
        ],
        shop.calendar.end,
    )
    table = _as_table(shop, visits, events)
    count = len(table)
    dirty = _soil(rng, count)
    table = _resend(rng, _break_clocks(table, dirty), dirty)
    nameless = _nameless(visits)[events.visit]
    nameless[_dirty_rows(dirty)] = False
    pq.write_table(table, path, compression="zstd", store_schema=False, row_group_size=262_144)
    return Written(
        read=len(table),
        duplicate=len(table) - count,
        unidentified=int(np.count_nonzero(nameless)),
        dirty={**dirty, "resent": range(count + 1, len(table) + 1)},
        rejects=("no_time", "far_ahead"),
    )


def join_events(parts: Sequence[Events], end: int) -> Events:
    """All parts in order of time, without what would happen after the end."""
    joined = Events(
        *(
            np.concatenate([getattr(part, column) for part in parts])
            for column in ("visit", "kind", "time", "item", "detail")
        )
    )
    return joined.take(_by_time(joined.time, end))


def _by_time(time: Ints, end: int) -> Ints:
    order: Ints = np.argsort(time, kind="stable")
    return order[: np.searchsorted(time[order], end)]


def _some(visit: Ints, kind: int, time: Ints, item: Ints | None = None, detail: Ints | None = None) -> Events:
    nothing = np.full(len(visit), -1)
    return Events(
        visit,
        np.full(len(visit), kind),
        time,
        nothing if item is None else item,
        nothing if detail is None else detail,
    )


def _within(rng: np.random.Generator, visits: Visits, visit: Ints, low: float, high: float) -> Ints:
    """An instant in that part of each visit."""
    time: Ints = visits.start[visit] + (visits.length[visit] * rng.uniform(low, high, len(visit))).astype(np.int64)
    return time


def _around(rng: np.random.Generator, world: World, people: People, visits: Visits) -> list[Events]:
    """Pages, searches, sign-ins, coupons, pushes: what a visit has besides goods."""
    count = len(visits)
    every = np.arange(count)
    page = np.repeat(every, 1 + rng.poisson(0.75, count))
    search = every[rng.random(count) < 0.42]
    login = every[(visits.user >= 0) & (rng.random(count) < 0.2)]
    chance = np.where(visits.person >= 0, COUPON_PER_VISIT[people.sensitivity[visits.person]], 0.0)
    coupon = every[rng.random(count) < chance]
    push = every[(visits.channel == APP) & (rng.random(count) < 0.12)]
    words = len(world.category_facts[0]["keywords"])
    keyword = visits.category[search] * words + rng.integers(0, words, len(search))
    page_path, offer = rng.integers(0, len(PAGES), len(page)), rng.integers(0, len(COUPONS), len(coupon))
    return [
        _some(page, PAGE, _within(rng, visits, page, 0, 0.9), detail=page_path),
        _some(search, SEARCH, _within(rng, visits, search, 0.01, 0.3), detail=keyword),
        _some(login, LOGIN, _within(rng, visits, login, 0, 0.02)),
        _some(coupon, COUPON, _within(rng, visits, coupon, 0.02, 0.5), detail=offer),
        _some(push, PUSH, visits.start[push], detail=rng.integers(0, len(PUSHES), len(push))),
    ]


def _looking(rng: np.random.Generator, world: World, people: People, visits: Visits) -> list[Events]:
    """Goods looked at without being bought then, and what came of it."""
    view = np.repeat(np.arange(len(visits)), 1 + rng.poisson(1.9, len(visits)))
    person = visits.person[view]
    astray = (rng.random(len(view)) < 0.2) & (person >= 0)
    category = visits.category[view].copy()
    category[astray] = choose_categories(world, people, rng, person[astray])
    item = choose_items(people, rng, person, category)  # a stranger (-1) picks like the last person
    time = _within(rng, visits, view, 0.1, 0.93)

    def after(kind: int, chance: float, low: int, high: int, among: Flags) -> Events:
        rows = np.flatnonzero((rng.random(len(view)) < chance) & among)
        return _some(view[rows], kind, time[rows] + rng.integers(low, high, len(rows)), item[rows])

    carted = rng.random(len(view)) < 0.07
    return [
        _some(view, VIEW, time, item),
        after(CART, 1.0, 4_000, 20_000, carted),
        after(CHECKOUT, 0.15, 30_000, 60_000, carted),
        after(UNCART, 0.14, 60_000, 3_600_000, carted),
        after(FAVOURITE, 0.045, 3_000, 15_000, visits.user[view] >= 0),
        after(SHARE, 0.012, 3_000, 30_000, visits.user[view] >= 0),
    ]


def _buying(rng: np.random.Generator, orders: Orders, visits: Visits) -> list[Events]:
    """Each line of an order was looked at and put into the cart before."""
    buying = np.flatnonzero(visits.order >= 0)
    visit_of_order = np.full(len(orders), -1)
    visit_of_order[visits.order[buying]] = buying
    visit = np.repeat(visit_of_order, orders.line_counts)
    online = visit >= 0
    visit, item = visit[online], orders.line_item[online]
    return [
        _some(visit, VIEW, _within(rng, visits, visit, 0.15, 0.7), item),
        _some(visit, CART, _within(rng, visits, visit, 0.72, 0.9), item),
        _some(buying, CHECKOUT, _within(rng, visits, buying, 0.92, 0.97)),
    ]


def _reviews(rng: np.random.Generator, orders: Orders, visits: Visits) -> Events:
    """A few days after the order, of its first line, with one to five stars."""
    visit = np.flatnonzero((visits.order >= 0) & (rng.random(len(visits)) < 0.09))
    order = visits.order[visit]
    first_line = (np.cumsum(orders.line_counts) - orders.line_counts)[order]
    pleased = rng.choice(5, len(visit), p=[0.03, 0.04, 0.09, 0.26, 0.58])
    annoyed = rng.choice(5, len(visit), p=[0.35, 0.3, 0.2, 0.1, 0.05])
    stars = 1 + np.where(orders.refunded[order] > 0, annoyed, pleased)
    time = orders.time[order] + rng.integers(2 * DAY, 12 * DAY, len(visit))
    return _some(visit, REVIEW, time, orders.line_item[first_line], stars)


def _nameless(visits: Visits) -> Flags:
    nameless: Flags = (visits.user < 0) & (visits.browser < 0) & (visits.device < 0) & (visits.openid < 0)
    return nameless


def _as_table(shop: Shop, visits: Visits, events: Events) -> pa.Table:
    world, accounts, goods = shop.world, shop.accounts, shop.goods
    visit, kind, item, detail = events.visit, events.kind, events.item, events.detail
    brand = np.where(item >= 0, item // 9, -1)
    keywords = [word for facts in world.category_facts for word in facts["keywords"]]

    def only(wanted: int, codes: Ints = detail) -> Ints:
        found: Ints = np.where(kind == wanted, codes, -1)
        return found

    return pa.table(
        {
            "event_id": _numbered("b", np.arange(len(events))),
            "event": _coded(kind, KINDS),
            "ts": pa.array(events.time.astype("datetime64[ms]")),
            "user_id": _coded(visits.user[visit], accounts.user + accounts.second_user),
            "anonymous_id": _coded(visits.browser[visit], accounts.browsers),
            "device_id": _coded(visits.device[visit], accounts.devices),
            "openid": _coded(visits.openid[visit], accounts.openid),
            "session_id": _numbered("s", np.where(kind == REVIEW, -1, visit)),
            "platform": _coded(visits.channel[visit], CHANNELS[:STORE]),
            "os": _coded(visits.system[visit], SYSTEMS),
            "utm_source": _coded(only(PAGE, visits.referrer[visit]), REFERRERS),
            "path": _coded(only(PAGE), PAGES),
            "keyword": _coded(only(SEARCH), keywords),
            "sku": _coded(item, goods.sku),
            "category": _coded(brand // 6 if len(brand) else brand, world.categories),
            "brand": _coded(brand, goods.brand),
            "price": pa.array(goods.cents[item] / 100, mask=item < 0),
            "coupon": _coded(only(COUPON), [code for _, _, code in COUPONS]),
            "push": _coded(only(PUSH), PUSHES),
            "rating": pa.array(detail.astype(np.int8), mask=kind != REVIEW),
        }
    )


def _coded(codes: Ints, texts: Sequence[str | None]) -> pa.DictionaryArray:
    present = np.array([text is not None for text in texts])
    places = (np.cumsum(present) - 1)[codes].astype(np.int32)  # a dictionary has each text once, and no null
    dictionary = pa.array([text for text in texts if text is not None], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=codes < 0), dictionary)


def _numbered(letter: str, numbers: Ints) -> pa.Array:
    """``b1, b2 ...``; null for -1."""
    texts = pa.array(numbers + 1, mask=numbers < 0).cast(pa.string())
    return pc.binary_join_element_wise(letter, texts, "")


def _soil(rng: np.random.Generator, count: int) -> dict[str, list[int]]:
    """Rows (from 1) without a time and rows from far ahead."""
    rows = rng.choice(count, min(20, count // 50), replace=False) + 1
    half = len(rows) * 3 // 5
    return {"no_time": sorted(rows[:half].tolist()), "far_ahead": sorted(rows[half:].tolist())}


def _dirty_rows(dirty: dict[str, list[int]]) -> Ints:
    """All dirty rows, counted from 0."""
    return np.array([row - 1 for rows in dirty.values() for row in rows], dtype=np.int64)


def _break_clocks(table: pa.Table, dirty: dict[str, list[int]]) -> pa.Table:
    time = table["ts"].to_numpy().copy()
    time[np.array(dirty["far_ahead"], dtype=np.int64) - 1] += np.timedelta64(LATER, "ms")
    missing = np.zeros(len(time), dtype=np.bool_)
    missing[np.array(dirty["no_time"], dtype=np.int64) - 1] = True
    return table.set_column(table.column_names.index("ts"), "ts", pa.array(time, mask=missing))


def _resend(rng: np.random.Generator, table: pa.Table, dirty: dict[str, list[int]]) -> pa.Table:
    """Append some good rows again, as a client that got no answer does."""
    rows = np.setdiff1d(rng.choice(len(table), int(len(table) * RESENT), replace=False), _dirty_rows(dirty))
    return pa.concat_tables([table, table.take(pa.array(rows))])
