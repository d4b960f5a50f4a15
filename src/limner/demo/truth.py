"""What was planted, so that tests and models can be measured against it: truth.parquet and truth.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from limner.demo.accounts import SHOP_PHONE, Accounts, birthday
from limner.demo.campaign import ARMS, COUPON, HORIZON, NAME, OUT, Campaign, effects
from limner.demo.ledger import shop_phone_orders
from limner.demo.orders import Orders
from limner.demo.people import People
from limner.demo.rhythm import DAY, Calendar
from limner.demo.shop import Shop
from limner.demo.source import OFFSET, Written
from limner.demo.world import CHANNELS, LOST, SENSITIVITIES, STAGES, Flags, Ints

TABLE, SUMMARY = "truth.parquet", "truth.json"


@dataclass(frozen=True, slots=True)
class ShopTruth:
    """The planted truth of one shop."""

    people: pa.Table
    """A row a person (see `tabulate_people`); a second self has the row of the first in ``duplicate_of``."""
    summary: dict[str, Any]
    """Size, dates, what importing each file should count, its dirty rows, the campaign's effect, shared identifiers."""


def write_truth(folder: Path, truth: ShopTruth) -> None:
    pq.write_table(truth.people, folder / TABLE, compression="zstd")
    text = json.dumps(truth.summary, ensure_ascii=False, indent=1)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")


def read_truth(folder: Path) -> ShopTruth:
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    return ShopTruth(pq.read_table(folder / TABLE), summary)


def tabulate_people(shop: Shop, orders: Orders, campaign: Campaign, answered: Ints) -> pa.Table:
    """One row a person: what they are, by which identifiers they can be found, what they did in sum."""
    world, calendar, people, accounts = shop.world, shop.calendar, shop.people, shop.accounts
    everybody = range(len(people))
    ages = [_age(calendar, people, person) for person in everybody]
    periods = list(world.periods)
    brands = [world.category_facts[c]["brands"][b] for c, b in zip(people.category, people.brand)]
    spend = np.bincount(orders.person, orders.amount - orders.refunded, len(people)) / 100
    return pa.table(
        {
            "person": np.arange(len(people), dtype=np.int32),
            "duplicate_of": _or_null(people.duplicate_of),
            "stage": _named(people.stage, STAGES),
            "persona": _named(people.persona, world.personas),
            "gender": ["女" if woman else "男" for woman in people.woman],
            "age": pa.array(ages, pa.int16()),
            "birthday": [birthday(people, person) for person in everybody],
            "has_child": people.has_child,
            "province": [world.cities[city][0] for city in people.city],
            "city": [world.cities[city][1] for city in people.city],
            "favourite_category": _named(people.category, world.categories),
            "favourite_brand": brands,
            "price_sensitivity": _named(people.sensitivity, SENSITIVITIES),
            "preferred_channel": _named(people.channel, CHANNELS),
            "preferred_period": _named(people.period, periods),
            "preferred_hours": pa.array([world.periods[periods[p]] for p in people.period], pa.list_(pa.int8())),
            "registered_at": _instants(accounts.registered_at),
            "churned_on": _churn_dates(calendar, people),
            **_identifiers(people, accounts),
            "family": _or_null(accounts.family),
            "recycled_phone_of": _or_null(accounts.recycled),
            "campaign_arm": [ARMS[arm] if arm != OUT else None for arm in campaign.arm],
            "campaign_responded": campaign.responds,
            "orders": np.bincount(orders.person, minlength=len(people)).astype(np.int32),
            "refunds": np.bincount(orders.person, orders.refunded > 0, len(people)).astype(np.int32),
            "net_spend": np.round(spend, 2),
            "last_order_at": _last_orders(orders, len(people)),
            "answered_survey": np.isin(np.arange(len(people)), answered),
        }
    )


def summarise(shop: Shop, orders: Orders, campaign: Campaign, files: dict[str, Written]) -> dict[str, Any]:
    """What goes into truth.json."""
    calendar, people = shop.calendar, shop.people
    return {
        "customers": len(people),
        "from": str(calendar.start),
        "until": str(calendar.until),
        "timezone": "Asia/Shanghai",
        "seed": shop.seed,
        "strangers": shop.strangers,
        "shop_phone": SHOP_PHONE,
        "shop_phone_orders": shop_phone_orders(len(people)),
        "duplicates": int(np.count_nonzero(people.duplicate_of >= 0)),
        "orders": len(orders),
        "stages": _counted(people.stage, STAGES),
        "campaign": {
            "name": NAME,
            "coupon": COUPON,
            "horizon_days": HORIZON,
            "arms": _counted(campaign.arm[campaign.arm != OUT], ARMS),
            "effect": effects(people, campaign, _converted(people, orders, campaign)),
        },
        "files": {name: written.summary() for name, written in files.items()},
    }


def _converted(people: People, orders: Orders, campaign: Campaign) -> Flags:
    """Who ordered within the campaign's horizon."""
    since = orders.time - campaign.at[orders.person]
    within = (since > 0) & (since < HORIZON * DAY)
    converted: Flags = np.bincount(orders.person[within], minlength=len(people)) > 0
    return converted


def _identifiers(people: People, accounts: Accounts) -> dict[str, list[list[str]]]:
    def present(*columns: Sequence[str | None]) -> list[list[str]]:
        return [[value for value in row if value] for row in zip(*columns)]

    browsers = [
        [accounts.browsers[code] for code in accounts.browser[person, : accounts.browser_count[person]]]
        if people.online[person]
        else []
        for person in range(len(people))
    ]
    return {
        "user_ids": present(accounts.user, accounts.second_user),
        "anonymous_ids": browsers,
        "device_ids": [[device] if on else [] for device, on in zip(accounts.devices, people.online)],
        "phones": present(accounts.phone),
        "emails": present(accounts.email),
        "openids": present(accounts.openid),
        "unionids": present(accounts.unionid),
        "customer_nos": present(accounts.member, accounts.second_member),
    }


def _named(codes: Ints, names: Sequence[str]) -> pa.Array:
    return pa.array(names).take(pa.array(codes))


def _counted(codes: Ints, names: Sequence[str]) -> dict[str, int]:
    return dict(zip(names, np.bincount(codes, minlength=len(names)).tolist()))


def _or_null(rows: Ints) -> pa.Array:
    return pa.array(rows.astype(np.int32), mask=rows < 0)


def _instants(local: Ints, missing: Flags | None = None) -> pa.Array:
    return pa.array((local - OFFSET).astype("datetime64[ms]"), mask=missing).cast(pa.timestamp("ms", tz="UTC"))


def _churn_dates(calendar: Calendar, people: People) -> pa.Array:
    """The day after which a lost customer buys no more."""
    days = (calendar.origin // DAY + people.last_order_day).astype(np.int32)
    return pa.array(days, pa.int32(), mask=people.stage != LOST).cast(pa.date32())


def _last_orders(orders: Orders, count: int) -> pa.Array:
    last = np.full(count, -1, dtype=np.int64)
    np.maximum.at(last, orders.person, orders.time)
    return _instants(last, last < 0)


def _age(calendar: Calendar, people: People, person: int) -> int:
    born, until = birthday(people, person), calendar.until
    return until.year - born.year - ((until.month, until.day) < (born.month, born.day))
