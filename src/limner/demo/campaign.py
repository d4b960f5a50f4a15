"""A past campaign with a randomised control group and a known effect: 会员关怀, a coupon for active accounts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limner.demo.people import People
from limner.demo.rhythm import DAY
from limner.demo.shop import Shop
from limner.demo.source import Written, local_text
from limner.demo.world import FADING, SENSITIVITIES, Flags, Ints

NAME = "member_care"
COUPON = "ZC30"
DAYS_BEFORE_END = 40
HORIZON = 14
"""Days in which an order counts as converted."""
EFFECT = (0.01, 0.06, 0.13)
"""Chance of one more order within the horizon when treated, by sensitivity to prices (low, mid, high)."""
OUT, CONTROL, TREATED = -1, 0, 1
ARMS = ("control", "treated")


@dataclass(frozen=True, slots=True)
class Campaign:
    arm: Ints
    """By person: -1 not in the campaign, 0 control, 1 treated."""
    responds: Flags
    """Bought once more because of it."""
    day: int
    at: Ints
    """Local milliseconds of the assignment."""


def run_campaign(shop: Shop) -> Campaign:
    rng, people, calendar = shop.stream("campaign"), shop.people, shop.calendar
    count = len(people)
    day = calendar.days - DAYS_BEFORE_END
    eligible = people.online & (people.stage < FADING) & (people.joined < day - 1)
    arm = np.where(eligible, rng.integers(0, 2, count), OUT)
    responds = (arm == TREATED) & (rng.random(count) < np.array(EFFECT)[people.sensitivity])
    return Campaign(arm, responds, day, calendar.origin + day * DAY + rng.integers(36_000_000, 43_200_000, count))


def write_campaign(path: Path, shop: Shop, campaign: Campaign) -> Written:
    """campaign.csv: UTF-8 with a byte order mark, a row an assignment."""
    rows = np.flatnonzero(campaign.arm != OUT)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "campaign", "arm", "assigned_at", "coupon"])
        for person in rows:
            arm = int(campaign.arm[person])
            when = local_text(int(campaign.at[person]))
            writer.writerow([shop.accounts.user[person], NAME, ARMS[arm], when, COUPON if arm == TREATED else ""])
    return Written(read=len(rows))


def effects(people: People, campaign: Campaign, converted: Flags) -> dict[str, dict[str, float]]:
    """Planted and realised conversion by sensitivity; ``converted`` by person."""
    found = {}
    for number, sensitivity in enumerate(SENSITIVITIES):
        group = people.sensitivity == number
        rates = [float(converted[group & (campaign.arm == arm)].mean()) for arm in (CONTROL, TREATED)]
        found[sensitivity] = {"planted": EFFECT[number], "control": round(rates[0], 4), "treated": round(rates[1], 4)}
    return found
