"""A log to fold, the same at every run: ten thousand random events of customers with several identifiers each, many at
the same instant, some received days later; and a set of tags that asks for everything the language has."""

from __future__ import annotations

import json
import random
from typing import Any

import pyarrow as pa

from limner.model.parse import parse_tag
from limner.model.tag import Tag

HOUR = 3_600_000_000
DAY = 24 * HOUR
START = 1_760_000_000_000_000  # 2025-10-09T08:53:20Z
DAYS = 120
NAMES = ("login", "view_item", "add_to_cart", "order_paid", "identify")
PROFILES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("profile_set_once", {"city": "苏州", "points": 10}),
    ("profile_increment", {"points": 2.5}),
    ("profile_append", {"hobbies": ["茶", "棋"]}),
    ("profile_unset", {"city": 1}),
    ("profile_delete", {}),
)
WORDS = ("护肤", "彩妆", "零食", "été", "zebra", "Apple", "")


def make_events(count: int, seed: int) -> pa.Table:
    """A batch of the log's shape. Instants are rare, so that ties are not; ids descend, so that arrival breaks none.

    Every tenth event is told by another source too, under the same id and otherwise.
    """
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for i in range(count):
        rows.append(retell_event(chance, rows[-1]) if i % 10 == 9 else make_event(chance, seed, count - i))
    columns = {name: [row.get(name) for row in rows] for name in (*FIELDS, *IDENTIFIERS)}
    instant = pa.timestamp("us", "UTC")
    return pa.table(
        {
            name: pa.array(values, pa.int64()).cast(instant) if name in INSTANTS else pa.array(values, pa.string())
            for name, values in columns.items()
        }
    )


INSTANTS = ("time", "received_at")
SOURCES = ("web", "app", "crm")
FIELDS = ("event_id", "source", "name", *INSTANTS, "properties", "traits")
IDENTIFIERS = ("id.user_id", "id.phone", "id.anonymous_id")


def make_event(chance: random.Random, seed: int, number: int) -> dict[str, Any]:
    person = int(300 * chance.random() ** 2)
    device = chance.randrange(3)
    time = START + chance.randrange(DAYS) * DAY + chance.randrange(8) * 3 * HOUR
    identifiers = {
        "id.user_id": f"u{person}",
        "id.phone": f"1380000{person:04}",
        "id.anonymous_id": f"a{person}-{device}",
    }
    shown = chance.choice(
        (
            ["id.user_id"],
            ["id.anonymous_id"],
            ["id.user_id", "id.anonymous_id"],
            ["id.user_id", "id.phone"],
            ["id.phone"],
        )
    )
    name = chance.choice(NAMES)
    traits = {"city": chance.choice(("杭州", "上海", None)), "birthday": "1990-11-05"} if name == "identify" else None
    if name == "identify" and number % 2:
        name, traits = PROFILES[number // 2 % len(PROFILES)]
    return {
        "event_id": f"{seed}-{number:05}",
        "source": chance.choice(SOURCES),
        "name": name,
        "time": time,
        "received_at": time + chance.choice((0, 0, 0, HOUR, 9 * DAY)),
        "properties": json.dumps(make_properties(chance)),
        "traits": None if traits is None else json.dumps(traits),
        **{name: value for name, value in identifiers.items() if name in shown},
    }


def retell_event(chance: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    source = chance.choice([source for source in SOURCES if source != row["source"]])
    return row | {"source": source, "properties": json.dumps(make_properties(chance))}


def make_properties(chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {"channel": chance.choice(("app", "web"))}
    if chance.random() < 0.8:
        found["amount"] = chance.choice((chance.randrange(-50, 900), round(chance.uniform(0, 500), 2)))
    if chance.random() < 0.7:
        found["category"] = chance.choice(WORDS)
    if chance.random() < 0.5:
        found["products"] = [
            {"sku": f"s{chance.randrange(30)}", **({"price": chance.randrange(1, 99)} if chance.random() < 0.8 else {})}
            for _ in range(chance.randrange(4))
        ]
    if chance.random() < 0.3:
        found["weight"] = chance.choice((1, 9.9e13) * 8 + ("heavy",))
    if chance.random() < 0.4:
        found["page"] = {"path": f"/p/{chance.randrange(50)}"}
    return found


def make_tags() -> list[Tag]:
    return [parse_tag(name, {"layer": "fact", **definition}) for name, definition in DEFINITIONS.items()]


def fold(**words: Any) -> dict[str, Any]:
    return {"fold": words}


PAID = "order_paid"
DEFINITIONS: dict[str, dict[str, Any]] = {
    "events": fold(count="*"),
    "orders_30d": fold(count="*", of=PAID, within="30d"),
    "priced": fold(count="amount", of=[PAID, "view_item"]),
    "logins_6h": fold(count="*", of="login", within="6h"),
    "spend": fold(sum="amount", of=PAID),
    "spend_app_90d": fold(sum="amount", of=PAID, within="90d", where={"channel": "app", "amount": {"gt": 0}}),
    "spend_before": fold(sum="amount", of=PAID, within="30d", before="30d"),
    "spend_festival": fold(sum="amount", of=PAID, between=["2025-11-01", "2025-11-11"]),
    "spend_first_week": fold(sum="amount", of=PAID, after={"first": "view_item"}, within="7d"),
    "carts_after_login": fold(count="*", of="add_to_cart", after={"last": "login"}, within="48h"),
    "average": fold(avg="amount", of=PAID),
    "lowest": fold(min="amount"),
    "highest": fold(max="amount", within="60d"),
    "heaviest": fold(max="weight"),
    "first_word": fold(min="category"),
    "last_word": fold(max="category"),
    "middle": fold(median="amount", of=PAID),
    "first_amount": fold(first="amount"),
    "last_category": fold(last="category", of="view_item"),
    "last_login": fold(last="time", of="login"),
    "first_seen": fold(min="time"),
    "categories": fold(distinct="category"),
    "paths": fold(distinct="page.path", within="45d"),
    "active_days": fold(days="*"),
    "streak": fold(streak="*", within="90d"),
    "favourite": fold(top="category", by={"sum": "amount"}, of=PAID),
    "favourite_sure": fold(top="category", evidence={"times": 2, "share": 0.1, "lift": 1.1}),
    "top_amount": fold(top="amount"),
    "care_share": fold(share={"category": "护肤"}, by={"sum": "amount"}),
    "latest_categories": fold(list="category", last=3),
    "latest_amounts": fold(list="amount", of=PAID, within="60d"),
    "hours": fold(hours="*"),
    "weekdays": fold(weekdays="*", of="login"),
    "interval": fold(interval="*", of=PAID),
    "since_login": fold(since="*", of="login"),
    "city": fold(trait="city"),
    "city_trusted": fold(trait="city", resolve="trusted"),
    "city_frequent": fold(trait="city", resolve="frequent"),
    "points": fold(trait="points"),
    "points_trusted": fold(trait="points", resolve="trusted", within="60d"),
    "hobbies": fold(list="traits.hobbies[]"),
    "funnel": {"fold": {"sequence": ["view_item", "add_to_cart", {"not": "login"}, PAID], "within": "5d"}},
    "same_sku": {"fold": {"sequence": ["view_item", PAID], "within": "30d", "same": "products[].sku"}},
    "skus": fold(distinct="products[].sku", of=PAID),
    "sku_value": fold(sum="products[].price", of=PAID, within="90d"),
    "favourite_sku": fold(top="products[].sku", by={"sum": "products[].price"}),
    "latest_skus": fold(list="products[].sku", last=5),
    "dear_items": fold(count="*", where={"products[].price": {"gte": 60}}),
    "order_value": {"expr": "spend / orders_30d"},
    "loss": {"expr": "-spend * 0"},
    "tier": {"when": [{"if": {"spend": {"gte": 3000}}, "then": "high"}, {"else": "low"}]},
    "rank": {"when": [{"if": {"tier": "high"}, "then": 2}, {"if": {"orders_30d": 0}, "then": 1}]},
    "at_risk": {"if": {"all": [{"tier": "high"}, {"not": {"since_login": {"lte": 3}}}]}},
    "bought": {"if": {"did": PAID, "sum": "amount", "is": {"gte": 300}, "within": "60d", "where": {"channel": "app"}}},
    "followed": {"if": {"sequence": ["view_item", {"of": PAID, "where": {"amount": {"gt": 10}}}], "within": "2d"}},
    "nobody_saw": fold(sum="never_sent"),
    "risk": {"layer": "prediction", "model": "churn"},
}
