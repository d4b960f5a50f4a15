"""Exports of a served workspace: of one moment, whatever happens meanwhile, and nobody waits long for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet
import pytest

import limner
from limner.fold.standing import Standing
from limner.workspace import Workspace

TAGS = """
tags:
  orders: {layer: fact, fold: {count: '*', of: order_paid}}
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  skus: {layer: fact, fold: {list: sku, of: order_paid}}
  again: {layer: fact, fold: {count: '*', of: order_paid}}
"""


def pay(workspace: Workspace, folder: Path, *orders: tuple[str, int]) -> None:
    """Orders of (user, number), imported."""
    events = [
        {
            "type": "track",
            "event": "order_paid",
            "userId": user,
            "messageId": f"{user}-{number}",
            "timestamp": f"2026-11-01T10:{number:02}:00Z",
            "properties": {"amount": number, "sku": f"{user}-{number}"},
        }
        for user, number in orders
    ]
    path = folder / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, events)))
    workspace.import_files(path)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        pay(workspace, tmp_path, *((f"u{user}", number) for user in range(20) for number in range(1, user % 4 + 2)))
        yield workspace


@pytest.mark.parametrize("served", [False, True])
@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson"])
def test_files_have_everybody(workspace: Workspace, tmp_path: Path, served: bool, ending: str) -> None:
    if served:
        workspace.follow()
    out = tmp_path / f"out.{ending}"
    told = workspace.export(out)
    assert told["customers"] == 20
    if ending == "ndjson":
        spend = [json.loads(line)["spend"] for line in out.read_text().splitlines()]
    else:
        table = pyarrow.parquet.read_table(out) if ending == "parquet" else pyarrow.csv.read_csv(out)
        spend = table["spend"].to_pylist()
    assert sorted(spend) == sorted(sum(range(1, user % 4 + 2)) for user in range(20))
    assert workspace.audience_export({"spend": {"gte": 6}}, tmp_path / "out.bin", format=ending)["count"] == 10


def test_a_live_export_is_of_one_moment(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events come in between two columns: new customers, changed ones, and one taken away by a merge."""
    workspace.follow()
    numbers = iter(range(10, 50))
    copy_column = Standing.copy_column

    def copy_and_go_on(standing: Standing, name: str) -> Any:
        copied = copy_column(standing, name)
        number = next(numbers)
        pay(workspace, tmp_path, ("u0", number), ("u19", number), (f"new{number}", number))
        if number == 11:
            workspace.identity_merge("user_id:u3", "user_id:u4")
        workspace.tick()
        return copied

    monkeypatch.setattr(Standing, "copy_column", copy_and_go_on)
    rows = {row["user_id"]: row for row in workspace.table().to_pylist()}
    assert len(rows) == 20 + 4 - 1
    for row in rows.values():
        assert row["orders"] == row["again"] == len(row["skus"])
        assert row["spend"] == sum(int(sku.split("-")[1]) for sku in row["skus"])
    assert rows["u0"]["orders"] == 1 + 4
    assert rows["u3"]["user_id_all"] == ["u3", "u4"]
    assert rows["new13"]["orders"] == 1


def test_a_reader_never_waits_for_more_than_a_column(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.follow()
    workspace.tick()
    held = []
    copy_column, take = Standing.copy_column, Standing.take

    def note(standing: Standing, name: str) -> Any:
        held.append(name)
        return copy_column(standing, name)

    def note_rows(standing: Standing, rows: Any, names: Any = None) -> Any:
        assert len(rows) == 0, "nothing was replaced meanwhile"
        return take(standing, rows, names)

    monkeypatch.setattr(Standing, "copy_column", note)
    monkeypatch.setattr(Standing, "take", note_rows)
    workspace.open_export({"spend": {"gte": 1}}, ["orders"])
    assert sorted(held) == ["orders", "spend"], "only what is asked for"


def test_another_instant_is_folded_while_others_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from limner.workspace import exporting

    workspace.follow()
    fold_everybody = exporting.fold_everybody

    def fold_beside(*given: Any) -> Any:
        assert not workspace._lock._is_owned(), "nobody waits for it"  # type: ignore[attr-defined]
        return fold_everybody(*given)

    monkeypatch.setattr(exporting, "fold_everybody", fold_beside)
    assert workspace.table(as_of="2026-11-01T10:01:00Z")["orders"].to_pylist() == [1] * 20
