"""Write the demo shop: the files an operator would have, ready for `limner import`, and what was planted in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from limner.demo.behaviour import write_behaviour
from limner.demo.campaign import run_campaign, write_campaign
from limner.demo.crm import write_crm
from limner.demo.goods import write_items
from limner.demo.ledger import write_orders, write_refunds
from limner.demo.messages import write_messages
from limner.demo.orders import draw_orders
from limner.demo.shop import open_shop
from limner.demo.source import OFFSET
from limner.demo.survey import write_survey
from limner.demo.truth import ShopTruth, summarise, tabulate_people, write_truth
from limner.demo.visits import draw_visits

SMALLEST = 100
"""Fewer customers make no shop: the campaign's arms and the families need somebody."""
IMPORTS: tuple[tuple[str, str | None], ...] = (
    ("items.parquet", "items.yaml"),
    ("crm.csv", "crm.yaml"),
    ("segment.jsonl", None),
    ("behaviour.parquet", "behaviour.yaml"),
    ("orders.parquet", "orders.yaml"),
    ("refunds.csv", "refunds.yaml"),
    ("campaign.csv", "campaign.yaml"),
    ("survey.xlsx", "survey.yaml"),
)
"""Data file and mapping (None: Segment messages need none), goods before what names them."""

Progress = Callable[[str, int, int], None]
"""Told (what, done, total)."""


def write_shop(
    folder: Path,
    customers: int = 20_000,
    seed: int = 7,
    until: date | None = None,
    progress: Progress | None = None,
) -> ShopTruth:
    """Write 13 months of a shop that end with the day ``until`` (default: yesterday in China).

    The same customers, seed and until give the same rows. ValueError for fewer than `SMALLEST` customers.
    """
    if customers < SMALLEST:
        raise ValueError(f"A demo shop needs at least {SMALLEST} customers, not {customers}.")
    tell = progress or (lambda what, done, total: None)
    folder.mkdir(parents=True, exist_ok=True)
    tell("people", 0, 5)
    shop = open_shop(customers, seed, until or _yesterday())
    campaign = run_campaign(shop)
    written = {
        "items.parquet": write_items(folder / "items.parquet", shop.world, shop.goods, shop.calendar),
        "campaign.csv": write_campaign(folder / "campaign.csv", shop, campaign),
    }
    tell("orders", 1, 5)
    orders = draw_orders(shop, campaign)
    written["orders.parquet"], order_ids = write_orders(folder / "orders.parquet", shop, orders)
    written["refunds.csv"] = write_refunds(folder / "refunds.csv", shop, orders, order_ids)
    tell("behaviour", 2, 5)
    visits = draw_visits(shop, orders)
    written["behaviour.parquet"] = write_behaviour(folder / "behaviour.parquet", shop, orders, visits)
    tell("members and messages", 3, 5)
    spend = np.bincount(orders.person, orders.amount - orders.refunded, customers).astype(np.int64)
    written["crm.csv"] = write_crm(folder / "crm.csv", shop, spend)
    written["segment.jsonl"] = write_messages(folder / "segment.jsonl", shop, visits)
    written["survey.xlsx"], answered = write_survey(folder / "survey.xlsx", shop)
    tell("truth", 4, 5)
    people = tabulate_people(shop, orders, campaign, answered)
    truth = ShopTruth(people, summarise(shop, orders, campaign, written))
    write_truth(folder, truth)
    _copy_mappings(folder)
    tell("truth", 5, 5)
    return truth


def shop_files(folder: Path) -> list[tuple[Path, Path | None]]:
    """Data files and their mappings, in the order in which to import them."""
    return [(folder / data, folder / mapping if mapping else None) for data, mapping in IMPORTS]


def _copy_mappings(folder: Path) -> None:
    with as_file(files("limner.demo") / "mappings") as mappings:
        for mapping in sorted(mappings.glob("*.yaml")):
            shutil.copyfile(mapping, folder / mapping.name)


def _yesterday() -> date:
    """A day that has ended in China whatever the clock of this machine says."""
    return (datetime.now(UTC) + timedelta(milliseconds=OFFSET)).date() - timedelta(days=1)
