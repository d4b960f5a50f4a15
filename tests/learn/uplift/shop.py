"""A small shop with a campaign drawn by lot: who is sensitive to prices buys once more because of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

import limner

AT = datetime(2026, 6, 20, 2, tzinfo=UTC)
TAGS = """
tags:
  sensitivity: {title: {zh: 价格敏感度, en: price sensitivity}, layer: fact, fold: {trait: sensitivity}}
  orders_60d: {layer: fact, fold: {count: '*', of: order_paid, within: 60d}}
  phone_consent: {layer: fact, fold: {trait: consent}}
  care_uplift: {layer: prediction, model: care}
"""
MODEL = """
models:
  care:
    kind: uplift
    trial:
      {event: campaign_assigned, where: {campaign: care}, arm: arm, treated: treated, control: control, at: 2026-06-20}
    outcome: {did: order_paid}
    horizon: 14d
    features: [sensitivity, orders_60d]
    quality: {qini_low: 0.0}
"""
EFFECT = 0.5


def make_events(customers: int, treated: float = 0.5, seed: int = 6) -> list[dict[str, Any]]:
    chance, events = np.random.default_rng(seed), []

    def track(user: int, name: str, at: datetime, **properties: Any) -> None:
        key = {"userId": f"u{user}", "messageId": f"{user}-{len(events)}", "timestamp": at.isoformat()}
        events.append({"type": "track", "event": name, **key, "properties": properties})

    for user in range(customers):
        sensitive = user % 2 == 0
        traits = {"sensitivity": "high" if sensitive else "low", "consent": "yes" if user % 10 else "no"}
        begin = (AT - timedelta(days=70)).isoformat()
        key = {"userId": f"u{user}", "messageId": f"{user}", "timestamp": begin}
        events.append({"type": "identify", **key, "traits": traits})
        for _ in range(int(chance.integers(0, 4))):
            track(user, "order_paid", AT - timedelta(days=float(chance.uniform(1, 60))), amount=80)
        arm = "treated" if chance.random() < treated else "control"
        track(user, "campaign_assigned", AT, campaign="care", arm=arm)
        if chance.random() < 0.15 + EFFECT * (sensitive and arm == "treated"):
            track(user, "order_paid", AT + timedelta(days=float(chance.uniform(1, 10))), amount=80)
        track(user, "page_view", AT + timedelta(days=20))
    return events


def make_shop(folder: Path, customers: int = 400, treated: float = 0.5) -> Path:
    """A workspace of that shop, its tags published."""
    limner.init(folder)
    (folder / "models").mkdir()
    (folder / "models" / "care.yaml").write_text(MODEL, encoding="utf-8")
    (folder / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    lines = "".join(json.dumps(event) + "\n" for event in make_events(customers, treated))
    (folder / "events.jsonl").write_text(lines, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.import_files(folder / "events.jsonl")
        workspace.tags_apply()
    return folder
