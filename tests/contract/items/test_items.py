"""What `ports.items.Items` promises: events see their item as it was at their time, whenever the version arrived."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.contract.log.batches import make_batch, open_log, row, silent

from limner.adapters.duckdb.items import DuckDBItems
from limner.adapters.duckdb.log import DuckDBLog
from limner.collect.chunk import ITEM_BATCH
from limner.model.timeline import Kind

Opened = tuple[DuckDBLog, DuckDBItems]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    file, log = open_log(tmp_path)
    yield log, DuckDBItems(file)
    file.close()


def versions(*rows: tuple[str, int | None, Any]) -> pa.Table:
    """(id, valid_from in µs, attributes)"""
    ids, froms, attributes = zip(*rows)
    times = pa.array(froms, pa.int64()).cast(pa.timestamp("us", "UTC"))
    return pa.table([pa.array(ids), pa.array([json.dumps(a) for a in attributes]), times], schema=ITEM_BATCH)


def categories(log: DuckDBLog) -> list[str | None]:
    """``item.category`` of every event, by seq."""
    wanted = ("item.category", Kind.TEXT)
    log.promote([wanted], silent)
    vocabulary = log.vocabulary()
    column = vocabulary.columns[wanted].name
    codes = log.tail(0, log.watermark()).column(column).to_pylist()
    return [None if code is None else vocabulary.dictionaries[column][code] for code in codes]


def views(skus: Sequence[tuple[int, str]]) -> pa.Table:
    return make_batch([row(f"{time}-{sku}", time=time, properties={"sku": sku}) for time, sku in skus])


def test_an_item_is_looked_up_as_of_the_event(opened: Opened) -> None:
    log, items = opened
    assert items.add(versions(("s1", 10, {"category": "old"}), ("s1", 20, {"category": "new"}))) == 2
    log.append(views([(9, "s1"), (10, "s1"), (19, "s1"), (20, "s1"), (99, "s1"), (99, "s2")]))
    assert categories(log) == [None, "old", "old", "new", "new", None]


def test_versions_that_arrive_later_count_for_the_past(opened: Opened) -> None:
    log, items = opened
    log.append(views([(5, "s1"), (15, "s1")]))
    assert categories(log) == [None, None]
    items.add(versions(("s1", None, {"category": "always"})))
    log.append(views([(25, "s1")]))
    assert categories(log) == ["always", "always", "always"]
    items.add(versions(("s1", 10, {"category": "since 10"})))
    assert categories(log) == ["always", "since 10", "since 10"]


def test_the_same_versions_again_change_nothing(opened: Opened) -> None:
    log, items = opened
    table = versions(("s1", None, {"category": "a"}), ("s2", 3, {"category": "b"}))
    assert items.add(table) == 2
    log.append(views([(5, "s1")]))
    assert categories(log) == ["a"]
    column = log.vocabulary().columns
    assert items.add(table) == 0
    assert log.vocabulary().columns == column, "nothing is looked up anew"
    assert items.add(table.slice(0, 0)) == 0


def test_a_correction_takes_the_place_of_what_it_corrects(opened: Opened) -> None:
    log, items = opened
    rows = [("s1", None, {"category": "b"}), ("s1", 9, {"category": "d"}), ("s1", None, {"category": "a"})]
    assert items.add(versions(*rows)) == 2
    log.append(views([(5, "s1"), (9, "s1")]))
    assert categories(log) == ["a", "d"]
    assert items.add(versions(("s1", None, {"category": "c"}))) == 1
    assert categories(log) == ["c", "d"]


def test_more_items_than_a_row_group(opened: Opened) -> None:
    log, items = opened
    many = 130_000
    table = pa.table(
        [pa.array([f"s{n}" for n in range(many)]), pa.array(['{"category":"a"}'] * many), pa.nulls(many)],
        names=ITEM_BATCH.names,
    ).cast(ITEM_BATCH)
    assert items.add(table) == many
    assert items.add(table) == 0
    log.append(views([(5, f"s{many - 1}")]))
    assert categories(log) == ["a"]


def test_other_keys_name_items_too_and_attributes_have_types(opened: Opened) -> None:
    log, items = opened
    items.add(versions(("p", None, {"price": 2.5, "maker": {"name": "m"}}), ("7", None, {"price": "3"})))
    properties = [{"item_id": "p", "sku": "7"}, {"product_id": 7}, {"other": "p"}, None]
    log.append(make_batch([row(str(i), properties=found) for i, found in enumerate(properties)]))
    wanted = [("item.price", Kind.NUMBER), ("item.maker.name", Kind.TEXT)]
    log.promote(wanted, silent)
    columns = log.vocabulary().columns
    rows = log.tail(0, 9)
    assert rows.column(columns[wanted[0]].name).to_pylist() == [25_000, 30_000, None, None]
    assert rows.column(columns[wanted[1]].name).to_pylist() == [0, None, None, None]


def test_columns_made_anew_have_new_names(opened: Opened) -> None:
    """Timelines on disk may still hold what was looked up before."""
    log, items = opened
    log.append(views([(5, "s1")]))
    categories(log)
    before = log.vocabulary().columns["item.category", Kind.TEXT].name
    items.add(versions(("s1", None, {"category": "a"})))
    assert ("item.category", Kind.TEXT) not in log.vocabulary().columns
    categories(log)
    assert log.vocabulary().columns["item.category", Kind.TEXT].name != before


def test_what_items_are_at_an_instant(opened: Opened) -> None:
    _, items = opened
    assert items.known(5) == {}
    items.add(
        versions(("s1", 10, {"price": 1}), ("s1", 20, {"price": 2}), ("s2", None, {"name": "茶", "of": {"a": [1]}}))
    )
    assert items.known(9) == {"s2": {"name": "茶", "of": {"a": [1]}}}
    assert items.known(19)["s1"] == {"price": 1}
    assert items.known(20)["s1"] == {"price": 2}
