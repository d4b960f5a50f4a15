"""What the shop sells, and what a customer of given tastes picks from the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from limner.demo.people import People
from limner.demo.rhythm import Calendar
from limner.demo.source import Written
from limner.demo.world import BRANDS_PER_CATEGORY, KINDS_PER_BAND, Ints, World, pick, stream

BAND_CHANCES = np.array([[0.10, 0.45, 0.45], [0.30, 0.50, 0.20], [0.64, 0.31, 0.05]])
"""Chance of each price band (rows: low, mid, high sensitivity to prices)."""


@dataclass(frozen=True, slots=True)
class Goods:
    """All items; item number = (category * 6 + brand) * 9 + band * 3 + kind."""

    sku: tuple[str, ...]
    title: tuple[str, ...]
    category: Ints
    brand: tuple[str, ...]
    """By category * 6 + brand."""
    band: Ints
    cents: Ints
    """Price in hundredths of a yuan."""


def stock_shelves(world: World, seed: int) -> Goods:
    rng = stream(seed, "goods")
    factors = list(world.bands.values())
    per_brand = len(factors) * KINDS_PER_BAND
    brands, titles, cents = [], [], []
    for facts in world.category_facts:
        for brand in facts["brands"]:
            brands.append(brand)
            level = rng.lognormal(0, 0.15)
            for kind in range(per_brand):
                yuan = facts["price"] * factors[kind // KINDS_PER_BAND] * level * rng.lognormal(0, 0.12)
                titles.append(f"{brand} {facts['kinds'][kind]}")
                cents.append(max(int(yuan) * 100 + 90, 590))
    count = len(titles)
    return Goods(
        sku=tuple(f"SKU{100_001 + item}" for item in range(count)),
        title=tuple(titles),
        category=np.arange(count) // (per_brand * BRANDS_PER_CATEGORY),
        brand=tuple(brands),
        band=np.arange(count) % per_brand // KINDS_PER_BAND,
        cents=np.array(cents),
    )


def choose_categories(world: World, people: People, rng: np.random.Generator, person: Ints) -> Ints:
    """A category for each visit or line: the favourite with the chance of the person's taste, else the persona's."""
    usual = pick(rng, world.table("categories", world.categories), people.persona[person])
    favourite = rng.random(len(person)) < people.taste[person]
    chosen: Ints = np.where(favourite, people.category[person], usual)
    return chosen


def choose_items(people: People, rng: np.random.Generator, person: Ints, category: Ints) -> Ints:
    """An item of each category: the favourite brand more often than not, the price band by sensitivity."""
    loyal = (category == people.category[person]) & (rng.random(len(person)) < 0.55)
    brand = np.where(loyal, people.brand[person], rng.integers(0, BRANDS_PER_CATEGORY, len(person)))
    band = pick(rng, BAND_CHANCES, people.sensitivity[person])
    kind = rng.integers(0, KINDS_PER_BAND, len(person))
    item: Ints = (category * BRANDS_PER_CATEGORY + brand) * 9 + band * KINDS_PER_BAND + kind
    return item


def write_items(path: Path, world: World, goods: Goods, calendar: Calendar) -> Written:
    """items.parquet: a row an item."""
    bands = list(world.bands)
    per_brand = len(goods.sku) // len(goods.brand)
    table = pa.table(
        {
            "sku": goods.sku,
            "title": goods.title,
            "category": [world.categories[category] for category in goods.category],
            "brand": [goods.brand[item // per_brand] for item in range(len(goods.sku))],
            "price_band": [bands[band] for band in goods.band],
            "price": goods.cents / 100,
            "listed_at": pa.array([calendar.start] * len(goods.sku), pa.date32()),
        }
    )
    pq.write_table(table, path, compression="zstd")
    return Written(read=len(table), items=len(table))
