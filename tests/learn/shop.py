"""A small shop in which it is planted who stays: regular customers buy on, others stop for good at some day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

import limner
from limner.workspace import Workspace

END = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = 240
TAGS = """
tags:
  orders_90d:
    {title: {zh: 近90天订单数, en: Orders in 90 days}, layer: fact, fold: {count: '*', of: order_paid, within: 90d}}
  channel: {layer: fact, fold: {top: channel, of: order_paid}}
  gender: {layer: fact, fold: {trait: gender}}
  visits_by_hour: {layer: fact, fold: {hours: '*', of: page_view}}
  churn_risk: {layer: prediction, model: churn}
  care: {layer: business, if: {churn_risk: {gte: 0.6}}}
"""
CHURN = """
models:
  churn:
    kind: churn
    event: order_paid
    horizon: 30d
    population: {did: order_paid, within: 90d}
    dates: 3
    least: {customers: 50, positives: 10}
    quality: {auc: 0.55, calibration_error: 0.3}
"""


def make_events(customers: int, seed: int = 1) -> list[dict[str, Any]]:
    """Visits and orders in Segment's form; half of the customers stop at a random day. Every second one says a gender,
    which goes with the channel."""
    chance, events = np.random.default_rng(seed), []
    for customer in range(customers):
        rate, stays = float(chance.choice([0.08, 0.25])), chance.random() < 0.5
        stops = DAYS if stays else int(chance.integers(60, DAYS - 20))
        woman = chance.random() < 0.5
        day, number = float(chance.uniform(0, 40)), 0
        if customer % 2 == 0:
            traits = {"gender": "女" if woman else "男"}
            at = (END - timedelta(days=DAYS - 41)).isoformat()
            events.append({"type": "identify", "userId": f"u{customer}", "timestamp": at, "traits": traits})
        while day < stops:
            at = (END - timedelta(days=DAYS - day)).isoformat()
            for name in ("page_view", "order_paid")[: 1 + int(chance.random() < 0.6)]:
                usual = "app" if woman else "web"
                said = {
                    "amount": round(float(chance.gamma(2, 50)), 2),
                    "channel": usual if chance.random() < 0.85 else "store",
                }
                key = {"userId": f"u{customer}", "messageId": f"{customer}-{number}-{name}", "timestamp": at}
                events.append({"type": "track", "event": name, **key, "properties": said})
            number, day = number + 1, day + float(chance.exponential(1 / rate))
    return events


def make_shop(
    folder: Path, customers: int = 160, models: str = CHURN, tags: str = TAGS, until: str | None = None
) -> Path:
    """A workspace of that shop, tags published. ``until``: no event of this time (ISO, UTC) or later."""
    limner.init(folder)
    (folder / "models").mkdir()
    (folder / "models" / "a.yaml").write_text(models, encoding="utf-8")
    (folder / "tags" / "a.yaml").write_text(tags, encoding="utf-8")
    file = folder / "events.jsonl"
    events = [event for event in make_events(customers) if until is None or event["timestamp"] < until]
    file.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.import_files(file)
        workspace.tags_apply()
    return folder


def declare(shop: Workspace, text: str) -> None:
    (shop.parts.folder / "models" / "a.yaml").write_text(text, encoding="utf-8")
