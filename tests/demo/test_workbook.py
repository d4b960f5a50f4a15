from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from limner.demo.workbook import write_workbook

ROWS = [
    ("编号", "提交时间", "分数", "一句话"),
    ("Q1", datetime(2026, 2, 28, 23, 59, 58), 4, "a < b & c"),
    ("Q2", None, 2.5, " 空 格 "),
]


def test_two_readers_read_it_back(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", "问卷 & 答案", ROWS)
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["问卷 & 答案"]
    read = book.get_sheet_by_index(0).to_python()
    assert read[0] == list(ROWS[0])
    assert read[1] == ["Q1", datetime(2026, 2, 28, 23, 59, 58), 4, "a < b & c"]
    assert read[2] == ["Q2", "", 2.5, " 空 格 "]
    cells = [[cell.value for cell in row] for row in load_workbook(tmp_path / "a.xlsx").active]
    assert cells[1][1] == datetime(2026, 2, 28, 23, 59, 58)
    assert cells[2] == ["Q2", None, 2.5, " 空 格 "]


def test_many_columns(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", "s", [list(range(60))])
    assert CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python() == [list(range(60))]
