"""The randomised campaign: who was in it, and an effect that can be found again."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from limner.demo import write_shop
from limner.demo.campaign import COUPON, EFFECT


def test_file_and_truth_agree(shop) -> None:  # type: ignore[no-untyped-def]
    with (shop.folder / "campaign.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["user_id"]: row for row in csv.DictReader(file)}
    arms = {person["user_ids"][0]: person["campaign_arm"] for person in shop.people if person["campaign_arm"]}
    assert {user: row["arm"] for user, row in rows.items()} == arms
    assert all((row["coupon"] == COUPON) == (row["arm"] == "treated") for row in rows.values())


def test_arms_are_alike_but_for_the_treatment(shop) -> None:  # type: ignore[no-untyped-def]
    people = [person for person in shop.people if person["campaign_arm"]]
    treated = [person for person in people if person["campaign_arm"] == "treated"]
    assert len(treated) / len(people) == pytest.approx(0.5, abs=0.06)
    assert not any(person["campaign_responded"] for person in shop.people if person["campaign_arm"] != "treated")
    orders = [row for row in shop.parquet("orders.parquet").to_pylist() if row["coupon"] == COUPON]
    responded = {user for person in treated if person["campaign_responded"] for user in person["user_ids"]}
    assert {row["user_id"] for row in orders if row["user_id"]} <= responded


def test_effect_is_what_was_planted(tmp_path: Path) -> None:
    """In a larger shop: the more sensitive to prices, the larger the effect."""
    truth = write_shop(tmp_path, customers=6000, seed=11, until=date(2026, 8, 31))
    people = [person for person in truth.people.to_pylist() if person["campaign_arm"] == "treated"]
    for sensitivity, planted in zip(("low", "mid", "high"), EFFECT):
        group = [person["campaign_responded"] for person in people if person["price_sensitivity"] == sensitivity]
        assert np.mean(group) == pytest.approx(planted, abs=0.035)
    effect = truth.summary["campaign"]["effect"]
    assert effect["high"]["treated"] > effect["high"]["control"] + 0.05
