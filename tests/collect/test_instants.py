from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.collect.instants import DAY_FIRST, MONTH_FIRST, read_format, read_text


def instant(rows: DuckDBRows, text: str, sql: str, zone: str = "Asia/Shanghai", **more: str) -> datetime | None:
    table = rows.select(pa.table({"t": [text]}), {"x": sql}, parameters={"zone": zone, **more})
    found: datetime | None = table["x"][0].as_py()
    return found


TEN = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22 10:00:00", TEN),
        ("2026-11-22T10:00", TEN),
        ("2026-11-22T02:00:00Z", TEN),
        ("2026-11-22T02:00:00.000000000Z", TEN),
        ("2026-11-22T10:00:00+08:00", TEN),
        ("2026-11-22T10:00:00 +0800", TEN),
        ("2026-11-21T21:00:00-05", TEN),
        ("2026-11-22 02:00:00 UTC", TEN),
        ("2026/11/22 10:00", TEN),
        ("2026/11/22 10", TEN),
        ("2026.11.22 10:00", TEN),
        ("2026年11月22日 10时", TEN),
        ("2026年11月22日10时00分00秒", TEN),
        ("２０２６－１１－２２　１０：００", TEN),
        ("20261122100000", TEN),
        ("1795312800", TEN),
        ("1795312800000", TEN),
        ("1795312800000000", TEN),
        ("1795312800.000", TEN),
        (" 2026-11-22 10:00 ", TEN),
        ("20261122", datetime(2026, 11, 21, 16, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 16, tzinfo=UTC)),
        ("2026年1月2日", datetime(2026, 1, 1, 16, tzinfo=UTC)),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("20261399", None),
        ("now", None),
        ("infinity", None),
        ("epoch", None),
        ("45000.5", None),
        ("12", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_texts(rows: DuckDBRows, text: str, expected: datetime | None) -> None:
    assert instant(rows, text, read_text("t")) == expected


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("12/1/2010 8:26", MONTH_FIRST, datetime(2010, 12, 1, 8, 26, tzinfo=UTC)),
        ("12/1/2010 8:26", DAY_FIRST, datetime(2010, 1, 12, 8, 26, tzinfo=UTC)),
        ("13.1.2010 08:26:30", DAY_FIRST, datetime(2010, 1, 13, 8, 26, 30, tzinfo=UTC)),
        ("1/31/10 8:26 PM", MONTH_FIRST, datetime(2010, 1, 31, 20, 26, tzinfo=UTC)),
        ("1-2-2010", DAY_FIRST, datetime(2010, 2, 1, tzinfo=UTC)),
        ("13/13/2010", DAY_FIRST, None),
        ("2010-02-01 00:00", DAY_FIRST, datetime(2010, 2, 1, tzinfo=UTC)),
    ],
)
def test_day_or_month_first(rows: DuckDBRows, text: str, order: str, expected: datetime | None) -> None:
    assert instant(rows, text, read_text("t", order), "UTC") == expected


def test_excel_serials(rows: DuckDBRows) -> None:
    assert instant(rows, "45000.5", read_text("t", serials=True), "UTC") == datetime(2023, 3, 15, 12, tzinfo=UTC)
    assert instant(rows, "40513.351388888892", read_text("t", serials=True), "UTC") == datetime(
        2010, 12, 1, 8, 26, tzinfo=UTC
    )
    assert instant(rows, "2023-03-15 12:00", read_text("t", serials=True), "UTC") == datetime(
        2023, 3, 15, 12, tzinfo=UTC
    )


def test_a_given_format(rows: DuckDBRows) -> None:
    sql = read_format("t")
    assert instant(rows, "22.11.26 10h", sql, format="%d.%m.%y %Hh") == TEN
    assert instant(rows, "2026-11-22", sql, format="%d.%m.%y %Hh") is None


def test_skipped_and_repeated_hours_have_one_answer(rows: DuckDBRows) -> None:
    assert instant(rows, "2021-03-28 01:30", read_text("t"), "Europe/London") == datetime(
        2021, 3, 28, 1, 30, tzinfo=UTC
    )
    assert instant(rows, "2021-10-31 01:30", read_text("t"), "Europe/London") == datetime(
        2021, 10, 31, 1, 30, tzinfo=UTC
    )
    assert instant(rows, "2021-06-01 01:30", read_text("t"), "Europe/London") == datetime(2021, 6, 1, 0, 30, tzinfo=UTC)
