"""The shop as a whole: the same input gives the same files, and the files are what they are said to be."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from python_calamine import CalamineWorkbook

from limner.demo import read_truth, shop_files, write_shop
from limner.demo.writing import SMALLEST


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_input_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_shop(tmp_path / name, customers=150, seed=3, until=date(2026, 3, 31))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("other", [{"seed": 4}, {"until": date(2026, 4, 1)}, {"customers": 151}])
def test_other_input_other_rows(tmp_path: Path, other: dict[str, object]) -> None:
    plain = {"customers": 150, "seed": 3, "until": date(2026, 3, 31)}
    write_shop(tmp_path / "one", **plain)  # type: ignore[arg-type]
    write_shop(tmp_path / "two", **{**plain, **other})  # type: ignore[arg-type]
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    for name in ("behaviour.parquet", "orders.parquet", "crm.csv", "segment.jsonl", "truth.parquet"):
        assert one[name] != two[name], name


def test_too_few_customers(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 100"):
        write_shop(tmp_path, customers=SMALLEST - 1)


def test_ends_yesterday_by_default(tmp_path: Path) -> None:
    truth = write_shop(tmp_path, customers=SMALLEST)
    until = date.fromisoformat(truth.summary["until"])
    assert timedelta(0) <= date.today() - until <= timedelta(days=2)


def test_says_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_shop(tmp_path, customers=SMALLEST, until=date(2026, 1, 1), progress=lambda *step: told.append(step))
    assert [done for _, done, _ in told] == list(range(6))
    assert {total for _, _, total in told} == {5}


def test_thirteen_months(shop) -> None:  # type: ignore[no-untyped-def]
    assert (shop.truth.summary["from"], shop.truth.summary["until"]) == ("2025-10-21", "2026-11-20")


def test_truth_reads_back(shop) -> None:  # type: ignore[no-untyped-def]
    again = read_truth(shop.folder)
    assert again.people.equals(shop.truth.people)
    assert again.summary == shop.truth.summary


def rows_of(path: Path) -> int:
    if path.suffix == ".parquet":
        return pq.ParquetFile(path).metadata.num_rows
    if path.suffix == ".xlsx":
        return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1
    lines = len(path.read_bytes().splitlines())
    return lines - 1 if path.suffix == ".csv" else lines


def test_counts_of_every_file(shop) -> None:  # type: ignore[no-untyped-def]
    for path, _ in shop_files(shop.folder):
        said = shop.file(path.name)
        assert said["read"] == rows_of(path) > 0
        assert said["read"] == said["accepted"] + said["duplicate"] + said["rejected"] + said["items"]
        assert all(1 <= line <= said["read"] + 1 for lines in said["dirty"].values() for line in lines)


def test_mappings_name_columns_the_files_have(shop) -> None:  # type: ignore[no-untyped-def]
    for path, mapping in shop_files(shop.folder):
        if mapping is None:
            continue
        fields = yaml.safe_load(mapping.read_text(encoding="utf-8"))
        columns = columns_of(path)
        wanted = [fields["time"]["column"], *fields.get("identify", {}).values(), *fields.get("items", {}).values()]
        wanted += [text for text in fields.get("properties", {}).values() if text.isidentifier()]
        assert set(wanted) <= set(columns), path.name


def columns_of(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return pq.ParquetFile(path).schema_arrow.names
    if path.suffix == ".xlsx":
        return [str(name) for name in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]]
    encoding = "gb18030" if path.name == "crm.csv" else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as file:
        return next(csv.reader(file))
