"""A made-up shop for benches: its events as mapped timelines, and 48 tags of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.model.column import NULL_NUMBER
from limner.model.timeline import Column, Kind, Slice

DAY = 86_400_000_000
SHIFT = 8 * 3_600_000_000
FIRST_DAY = 20_500
DAYS = 180
AS_OF = (FIRST_DAY + DAYS) * DAY - SHIFT - 1
"""The last microsecond of the last day in Shanghai."""
SHARD = 1_000_000
NAMES = ("view", "search", "cart", "order", "refund", "login", "coupon", "share", "comment", "visit")
OFTEN = (0.55, 0.1, 0.08, 0.06, 0.01, 0.08, 0.03, 0.02, 0.02, 0.05)
CHANNELS = ("app", "web", "mini", "store", "phone", "other")
CATEGORIES = tuple(f"category {i:02d}" for i in range(40))
ITEMS = tuple(f"item {i:05d}" for i in range(20_000))
COLUMNS = (
    Column("p1", "amount", Kind.NUMBER, 4),
    Column("p2", "channel", Kind.TEXT),
    Column("p3", "category", Kind.TEXT),
    Column("p4", "item", Kind.TEXT),
)
WORDS = {"p2": CHANNELS, "p3": CATEGORIES, "p4": ITEMS}
Random = np.random.Generator


def tag_definitions() -> dict[str, dict[str, Any]]:
    """48 folds: totals, extremes, choices and calendars over four lengths of time."""
    tags: dict[str, dict[str, Any]] = {}
    for days in (7, 30, 90, None):
        window = {"within": f"{days}d"} if days else {}
        name = f"{days}d" if days else "ever"
        tags[f"views_{name}"] = {"count": "*", "of": "view", **window}
        tags[f"orders_{name}"] = {"count": "*", "of": "order", **window}
        tags[f"spend_{name}"] = {"sum": "amount", "of": "order", **window}
        tags[f"days_{name}"] = {"days": "*", **window}
        tags[f"events_{name}"] = {"count": "*", **window}
        tags[f"items_{name}"] = {"distinct": "item", "of": "view", **window}
    month, quarter = {"within": "30d"}, {"within": "90d"}
    return tags | {
        "carts_30d": {"count": "*", "of": "cart", **month},
        "searches_30d": {"count": "*", "of": "search", **month},
        "logins_90d": {"count": "*", "of": ["login", "visit"], **quarter},
        "refunds_90d": {"count": "*", "of": "refund", **quarter},
        "refunded": {"sum": "amount", "of": "refund"},
        "average_order_90d": {"avg": "amount", "of": "order", **quarter},
        "largest_order": {"max": "amount", "of": "order"},
        "smallest_order": {"min": "amount", "of": "order"},
        "median_order": {"median": "amount", "of": "order"},
        "app_views_30d": {"count": "*", "of": "view", "where": {"channel": "app"}, **month},
        "app_spend_90d": {"sum": "amount", "of": "order", "where": {"channel": "app"}, **quarter},
        "large_orders_90d": {"count": "*", "of": "order", "where": {"amount": {"gte": 500}}, **quarter},
        "categories_90d": {"distinct": "category", "of": "view", **quarter},
        "channels": {"distinct": "channel"},
        "top_category_90d": {"top": "category", "of": "view", **quarter},
        "top_bought": {"top": "category", "by": {"sum": "amount"}, "of": "order"},
        "top_channel_30d": {"top": "channel", **month},
        "top_item_30d": {"top": "item", "of": "view", **month},
        "share_app": {"share": {"channel": "app"}, "of": "view"},
        "share_shoes": {"share": {"category": CATEGORIES[3]}, "by": {"sum": "amount"}, "of": "order"},
        "last_channel": {"last": "channel", "of": "order"},
        "first_category": {"first": "category", "of": "order"},
        "last_login": {"last": "time", "of": "login"},
        "since_order": {"since": "order"},
    }


# --- the data --------------------------------------------------------------------------------------------------------


def make_shard(path: Path, first: int, random: Random) -> tuple[int, int]:
    """A shard of about a million rows on disk, a file per column; its customers and rows."""
    customers = SHARD // 50
    sizes = np.minimum(random.pareto(1.3, customers) * 15 + 1, 20_000).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    rows = int(offsets[-1])
    owner = np.repeat(np.arange(customers), sizes)
    times = random.integers(0, DAYS * DAY, rows) + FIRST_DAY * DAY - SHIFT
    times = times[np.lexsort((times, owner))]
    names = random.choice(len(NAMES), rows, p=OFTEN).astype(np.int32)
    bought = np.isin(names, (NAMES.index("order"), NAMES.index("refund")))
    category = np.minimum(random.zipf(1.3, rows) - 1 + owner % 7, len(CATEGORIES) - 1).astype(np.int32)
    columns: dict[str, npt.NDArray[Any]] = {
        "customers": np.arange(first, first + customers, dtype=np.int32),
        "offsets": offsets,
        "time": times,
        "received_at": times,
        "day": ((times + SHIFT) // DAY).astype(np.int32),
        "hour": ((times + SHIFT) // (DAY // 24) % 24).astype(np.int8),
        "name": names,
        "source": np.zeros(rows, np.int16),
        "seq": np.arange(rows),
        "p1": np.where(bought, (random.lognormal(4.5, 1, rows) * 100).astype(np.int64) * 100, NULL_NUMBER),
        "p2": random.choice(len(CHANNELS), rows, p=(0.5, 0.2, 0.15, 0.1, 0.03, 0.02)).astype(np.int32),
        "p3": category,
        "p4": ((category.astype(np.int64) * 499 + random.zipf(1.2, rows) % 499) % len(ITEMS)).astype(np.int32),
    }
    path.mkdir()
    for name, values in columns.items():
        np.save(path / f"{name}.npy", values)
    return customers, rows


def open_shard(path: Path) -> Slice:
    arrays = {file.stem: np.load(file, mmap_mode="r") for file in path.iterdir()}
    return Slice(arrays.pop("customers"), arrays.pop("offsets"), arrays)


def make_slices(folder: Path, events: int) -> list[Slice]:
    random, slices, customers, rows = np.random.default_rng(7), [], 0, 0
    while rows < events:
        path = folder / f"shard{len(slices)}"
        made, added = make_shard(path, customers, random)
        slices.append(open_shard(path))
        customers, rows = customers + made, rows + added
    return slices


def as_arrow(slices: Sequence[Slice]) -> pa.Table:
    """The same rows as a table a peer would be given: words as dictionaries, money as decimals."""
    tables = []
    row = 0
    for part in slices:
        columns = {"customer": pa.array(np.repeat(part.customers, np.diff(part.offsets)))}
        columns["row"] = pa.array(np.arange(row, row + len(columns["customer"])))
        columns |= {"time": pa.array(part.columns["time"]), "day": pa.array(part.columns["day"])}
        columns["name"] = pa.DictionaryArray.from_arrays(np.asarray(part.columns["name"]), pa.array(NAMES))
        amount = np.asarray(part.columns["p1"])
        columns["amount"] = pa.array(amount, mask=amount == NULL_NUMBER)
        for column in COLUMNS[1:]:
            codes = np.asarray(part.columns[column.name])
            columns[column.path] = pa.DictionaryArray.from_arrays(codes, pa.array(WORDS[column.name]))
        tables.append(pa.table(columns))
        row += len(columns["customer"])
    return pa.concat_tables(tables)


# --- ours ------------------------------------------------------------------------------------------------------------
