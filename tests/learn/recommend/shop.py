"""A small shop with a planted taste: customer u takes up items of group u % 3; the item table says what each is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

import limner
from limner.model.clock import now

GROUPS = ("tea", "cups", "books")
SIZE = 8
MODEL = """
models:
  goods:
    kind: recommendation
    interactions:
      order_paid: {item: 'products[].sku', weight: 5}
      view_item: {item: sku, weight: 1}
    half_life: 60d
    horizon: 14d
    items: {in_stock: true, category: {not_in: [gifts]}}
    exclude: {order_paid: 30d}
    diversity: {by: [category, brand], balance: 0.9}
    place: city
    least: {customers: 20}
"""
ITEMS = "source: goods\nitems: {id: sku, title: title, category: category, brand: brand, in_stock: in_stock}\n"


def sku(group: int, number: int) -> str:
    return f"{GROUPS[group]}-{number}"


def make_events(customers: int = 60, seed: int = 4) -> list[dict[str, Any]]:
    """Views and orders of the last 80 days; books are looked at in the evening, in 上海."""
    chance, end, events = np.random.default_rng(seed), now() // 1_000_000, []
    for user in range(customers):
        for number in range(14):
            group = user % 3 if chance.random() < 0.85 else int(chance.integers(0, 3))
            item, ago = sku(group, int(chance.integers(0, SIZE))), float(chance.uniform(0.5, 80))
            at = datetime.fromtimestamp(end, UTC) - timedelta(days=ago)
            at = at.replace(hour=12 if group == 2 else 2)  # UTC: the evening, and the morning, of 上海
            order = chance.random() < 0.3
            properties: dict[str, Any] = {"products": [{"sku": item}]} if order else {"sku": item}
            properties["city"] = "上海" if group == 2 else "苏州"
            event = {"type": "track", "event": "order_paid" if order else "view_item", "userId": f"u{user}"}
            key = {"messageId": f"{user}-{number}", "timestamp": at.isoformat()}
            events.append({**event, **key, "properties": properties})
    return events


def make_shop(folder: Path, model: str = MODEL) -> Path:
    """A workspace of that shop."""
    limner.init(folder)
    (folder / "models").mkdir()
    (folder / "models" / "goods.yaml").write_text(model, encoding="utf-8")
    rows = [
        {"sku": sku(g, n), "title": f"{group} {n}", "category": group, "brand": f"b{n % 3}", "in_stock": n != 7}
        for g, group in enumerate(GROUPS)
        for n in range(SIZE)
    ]
    for name, lines in (("items", rows), ("events", make_events())):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (folder / "items.yaml").write_text(ITEMS, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.import_files(folder / "items.jsonl", folder / "items.yaml")
        workspace.import_files(folder / "events.jsonl")
    return folder
