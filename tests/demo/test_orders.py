"""Orders and refunds: the shapes a shop has, and the stages one must be able to see in them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from limner.demo.accounts import SHOP_PHONE

MIDNIGHT = datetime(2026, 11, 20, 16, tzinfo=UTC)
"""The end of the last day, in China."""


def test_peaks(shop) -> None:  # type: ignore[no-untyped-def]
    paid = shop.parquet("orders.parquet")["paid_at"].to_pylist()
    per_day = Counter((moment + timedelta(hours=8)).date() for moment in paid)
    ordinary = float(np.median(list(per_day.values())))
    assert per_day[date(2026, 11, 11)] > 5 * ordinary
    assert per_day[date(2026, 6, 18)] > 3 * ordinary
    assert per_day[date(2026, 2, 18)] < ordinary  # the second day of the New Year
    assert len(per_day) == shop_days(shop)


def shop_days(shop) -> int:  # type: ignore[no-untyped-def]
    first, last = (date.fromisoformat(shop.truth.summary[key]) for key in ("from", "until"))
    return (last - first).days + 1


def test_few_customers_spend_most(shop) -> None:  # type: ignore[no-untyped-def]
    spend = np.sort(shop.truth.people["net_spend"].to_numpy())[::-1]
    assert 0.55 < spend[: len(spend) // 5].sum() / spend.sum() < 0.9
    assert shop.truth.people["orders"].to_numpy().max() > 30


def test_amounts_add_up(shop) -> None:  # type: ignore[no-untyped-def]
    for row in shop.parquet("orders.parquet").slice(0, 500).to_pylist():
        gross = sum(product["amount"] for product in row["products"])
        assert row["amount"] == pytest.approx(gross - row["discount"])
        assert row["amount"] > 0
        assert row["quantity"] == sum(product["quantity"] for product in row["products"])
        assert (row["discount"] > 0) == (row["coupon"] is not None)
        assert (row["channel"] == "store") == (row["store"] is not None)


def test_refunds(shop) -> None:  # type: ignore[no-untyped-def]
    orders = {row["order_id"]: row for row in shop.parquet("orders.parquet").to_pylist()}
    with (shop.folder / "refunds.csv").open(encoding="utf-8", newline="") as file:
        refunds = list(csv.DictReader(file))
    assert 0.03 < len(refunds) / len(orders) < 0.05
    dirty = shop.file("refunds.csv")["dirty"]
    for line, refund in enumerate(refunds, 2):
        order = orders[refund["order_id"]]
        if line in dirty["broken_amount"]:
            assert refund["amount"] == "待核实"
        else:
            assert 0 < float(refund["amount"].replace(",", "")) <= order["amount"] + 0.005
        if line in dirty["broken_time"]:
            with pytest.raises(ValueError, match="does not match"):
                datetime.strptime(refund["refunded_at"], "%Y/%m/%d %H:%M")
        else:
            local = datetime.strptime(refund["refunded_at"], "%Y/%m/%d %H:%M")
            assert local.replace(tzinfo=UTC) - timedelta(hours=8) > order["paid_at"] - timedelta(minutes=1)
    assert dirty["broken_time"]
    assert dirty["broken_amount"]
    assert any("," in refund["amount"] for refund in refunds)


def test_the_shops_phone(shop) -> None:  # type: ignore[no-untyped-def]
    orders = shop.parquet("orders.parquet").slice(0, shop.truth.summary["orders"]).to_pylist()
    typed = [row for row in orders if row["phone"] == SHOP_PHONE]
    assert len(typed) == shop.truth.summary["shop_phone_orders"] == 37
    assert len({row["customer_no"] for row in typed if row["customer_no"]}) > 5
    assert any(row["customer_no"] is None for row in typed)
    assert SHOP_PHONE not in {phone for person in shop.people for phone in person["phones"]}


def test_every_order_names_somebody(shop) -> None:  # type: ignore[no-untyped-def]
    orders = shop.parquet("orders.parquet").to_pylist()
    assert all(row["user_id"] or row["customer_no"] or row["phone"] for row in orders)
    assert all(row["user_id"] and not row["customer_no"] for row in orders if row["channel"] != "store")


def test_stages_can_be_seen(shop) -> None:  # type: ignore[no-untyped-def]
    """Days since the last order and since the registration, by the stage planted."""
    bounds = {"成长": (0, 46), "成熟": (0, 46), "衰退": (58, 146), "流失": (149, 321)}
    for person in shop.people:
        if person["stage"] == "新客":
            assert MIDNIGHT - person["registered_at"] < timedelta(days=60)
            continue
        low, high = bounds[person["stage"]]
        assert low <= (MIDNIGHT - person["last_order_at"]).days <= high, person
        assert (person["churned_on"] is not None) == (person["stage"] == "流失")
        if person["churned_on"]:
            assert (person["last_order_at"] + timedelta(hours=8)).date() <= person["churned_on"]


def test_tastes_and_sensitivity_show(shop) -> None:  # type: ignore[no-untyped-def]
    """Among those with five orders or more most of the spend goes to the planted category."""
    by_user = {user: person for person in shop.people for user in person["user_ids"]}
    spend: dict[int, Counter[str]] = {}
    coupons: dict[str, list[bool]] = {"low": [], "mid": [], "high": []}
    for row in shop.parquet("orders.parquet").to_pylist():
        person = by_user.get(row["user_id"])
        if person and person["orders"] >= 5:
            for product in row["products"]:
                spend.setdefault(person["person"], Counter())[product["category"]] += product["amount"]
            coupons[person["price_sensitivity"]].append(row["coupon"] is not None)
    found = [taste.most_common(1)[0][0] == shop.people[person]["favourite_category"] for person, taste in spend.items()]
    assert np.mean(found) > 0.75
    shares = [float(np.mean(coupons[sensitivity])) for sensitivity in ("low", "mid", "high")]
    assert shares[0] + 0.05 < shares[1] < shares[2] - 0.1
