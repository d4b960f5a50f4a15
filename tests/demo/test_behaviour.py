"""behaviour.parquet: who did what when, and the rows that are dirty on purpose."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.demo.behaviour import KINDS

IDENTIFIERS = ("user_id", "anonymous_id", "device_id", "openid")
END = datetime(2026, 11, 21)


def clean(shop) -> pa.Table:  # type: ignore[no-untyped-def]
    """The rows an import should accept."""
    table = shop.parquet("behaviour.parquet")
    dirty = [row - 1 for rows in shop.file("behaviour.parquet")["dirty"].values() for row in rows]
    keep = np.ones(len(table), dtype=bool)
    keep[dirty] = False
    return table.filter(pa.array(keep))


def test_bulk(shop) -> None:  # type: ignore[no-untyped-def]
    """At this density 20,000 customers have over 1.5 million events."""
    assert len(shop.parquet("behaviour.parquet")) > 75 * 1500


def test_dirty_rows_are_where_the_truth_says(shop) -> None:  # type: ignore[no-untyped-def]
    table = shop.parquet("behaviour.parquet")
    said = shop.file("behaviour.parquet")
    rows = {kind: np.array(lines) - 1 for kind, lines in said["dirty"].items()}
    time = table["ts"].to_pylist()
    assert [i for i, moment in enumerate(time) if moment is None] == rows["no_time"].tolist()
    assert [i for i, moment in enumerate(time) if moment and moment >= END] == rows["far_ahead"].tolist()
    assert min(time[i] for i in rows["far_ahead"]) > END + timedelta(days=3650)
    ids = table["event_id"].to_pylist()
    assert [ids[i] for i in rows["resent"]] == [event for event, n in repeated(ids).items() for _ in range(n - 1)]
    assert len(rows["resent"]) == said["duplicate"] > 0
    assert said["rejected"] == len(rows["no_time"]) + len(rows["far_ahead"]) == 20


def repeated(ids: list[str]) -> dict[str, int]:
    """Event ids seen again, in the order they were seen again."""
    counts = Counter(ids)
    seen: set[str] = set()
    again: dict[str, int] = {}
    for event in ids:
        if event in seen:
            again[event] = counts[event]
        seen.add(event)
    return again


def test_unidentified_rows(shop) -> None:  # type: ignore[no-untyped-def]
    table = clean(shop)
    nameless = sum(not any(row) for row in zip(*(table[column].to_pylist() for column in IDENTIFIERS)))
    assert nameless == shop.file("behaviour.parquet")["unidentified"] > 0


def test_all_kinds_with_their_properties(shop) -> None:  # type: ignore[no-untyped-def]
    table = clean(shop)
    assert set(table["event"].to_pylist()) == set(KINDS)
    owners = {"keyword": {"search"}, "path": {"page"}, "rating": {"review_posted"}, "push": {"push_opened"}}
    for column, kinds in owners.items():
        assert set(table.filter(pc.is_valid(table[column]))["event"].to_pylist()) == kinds
    looked = table.filter(pc.equal(table["event"], "view_item"))
    items = {row["sku"]: row for row in shop.parquet("items.parquet").to_pylist()}
    for row in looked.slice(0, 200).to_pylist():
        item = items[row["sku"]]
        assert (row["category"], row["brand"], row["price"]) == (item["category"], item["brand"], item["price"])


def test_nobody_is_signed_in_before_registration(shop) -> None:  # type: ignore[no-untyped-def]
    registered = {user: person["registered_at"] for person in shop.people for user in person["user_ids"]}
    table = clean(shop)
    table = table.filter(pc.is_valid(table["user_id"]))
    for user, moment in zip(table["user_id"].to_pylist(), table["ts"].to_pylist()):
        assert moment - timedelta(hours=8) >= registered[user].replace(tzinfo=None)


def test_what_was_bought_online_was_in_the_cart_before(shop) -> None:  # type: ignore[no-untyped-def]
    table = clean(shop)
    carts = table.filter(pc.equal(table["event"], "add_to_cart"))
    carted: dict[tuple[str, str], list[datetime]] = {}
    for user, sku, moment in zip(*(carts[column].to_pylist() for column in ("user_id", "sku", "ts"))):
        carted.setdefault((user, sku), []).append(moment)
    orders = shop.parquet("orders.parquet").to_pylist()[:2000]
    for row in (row for row in orders if row["channel"] != "store"):
        paid = row["paid_at"].replace(tzinfo=None) + timedelta(hours=8)
        for product in row["products"]:
            moments = carted[row["user_id"], product["sku"]]
            assert any(paid - timedelta(hours=2) < moment < paid for moment in moments)


def test_preferred_hours_and_doors(shop) -> None:  # type: ignore[no-untyped-def]
    """Of every user's events most are in the planted hours, and through the planted door."""
    table = clean(shop)
    table = table.filter(pc.equal(table["event"], "page"))
    people = {user: person for person in shop.people for user in person["user_ids"]}
    hours, doors = [], []
    for user, moment, door in zip(*(table[column].to_pylist() for column in ("user_id", "ts", "platform"))):
        if user in people:
            hours.append(moment.hour in people[user]["preferred_hours"])
            if people[user]["preferred_channel"] == "app":
                doors.append(door == "app")
    assert np.mean(hours) > 0.6
    assert np.mean(doors) > 0.75


def test_families_meet_at_one_browser(shop) -> None:  # type: ignore[no-untyped-def]
    table = clean(shop)
    pairs = list(zip(table["anonymous_id"].to_pylist(), table["user_id"].to_pylist()))
    users: dict[str, set[str]] = {}
    for browser, user in pairs:
        if browser and user:
            users.setdefault(browser, set()).add(user)
    shared = {browser for browser, seen in users.items() if len(seen) > 1}
    families = [person for person in shop.people if person["family"] is not None]
    assert len(families) == 18
    assert shared <= {person["anonymous_ids"][0] for person in families}
    assert len(shared) >= 6
