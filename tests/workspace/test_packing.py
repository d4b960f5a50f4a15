"""Packages: what is in them, how often, and what becomes of those that are not taken."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

import limner
from limner.errors import Conflict, DefinitionError, NotFound
from limner.ports.catalog import AuditEntry
from limner.workspace import Workspace
from limner.workspace import delivering as delivering_module

TAGS = """
tags:
  spend: {title: {zh: 消费金额, en: Spend}, layer: fact, fold: {sum: amount, of: order_paid}}
  seen: {title: {zh: 最近下单}, layer: fact, fold: {last: time, of: order_paid}}
  likes: {layer: fact, fold: {list: category, of: order_paid}}
  note: {layer: fact, fold: {last: note, of: order_paid}}
  big: {title: {zh: 大客户}, layer: business, if: {spend: {gte: 100}}}
"""
EVERYTHING = {
    "name": "vip",
    "audience": "buyers",
    "columns": ["spend", "seen", "likes", "note", "big"],
    "identifiers": {"phone": "md5", "email": "sha256", "user_id": "masked", "openid": "plain"},
}


def buy(user: int, amount: float, note: str = "ok", day: str = "2026-10-05") -> dict[str, Any]:
    message = {"type": "track", "event": "order_paid", "userId": f"user-{user:03}", "messageId": f"{user}-{day}"}
    properties = {"amount": amount, "category": "茶", "note": note}
    return {**message, "timestamp": f"{day}T10:00:00+08:00", "properties": properties}


def introduce(user: int) -> dict[str, Any]:
    traits = {"phone": f"1380000000{user}", "email": f"User{user}@Example.com "}
    message = {"type": "identify", "userId": f"user-{user:03}", "messageId": f"i{user}", "traits": traits}
    return {**message, "timestamp": "2026-10-01T10:00:00+08:00"}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    bring(tmp_path, [*map(introduce, range(3)), buy(0, 50, "=1+1"), buy(1, 120.5, "+cmd|x"), buy(2, 300, "-5")])
    with limner.open(tmp_path / "shop") as workspace:
        workspace.import_files(tmp_path / "events.jsonl")
        workspace.tags_apply()
        workspace.fold()
        workspace.audience_save("buyers", {"spend": {"gt": 0}})
        yield workspace


def bring(tmp_path: Path, messages: list[dict[str, Any]]) -> None:
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, messages)), encoding="utf-8")


def read_csv(data: bytes, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding))))


def write(shop: Workspace, tmp_path: Path, **more: Any) -> bytes:
    package = {**EVERYTHING, **more}
    shop.package_save(package)
    out = tmp_path / f"out.{package.get('format', 'csv')}"
    shop.package_write("vip", out)
    return out.read_bytes()


def test_a_csv_that_excel_reads_and_platforms_take(shop: Workspace, tmp_path: Path) -> None:
    data = write(shop, tmp_path)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = read_csv(data, "utf-8-sig")
    assert list(rows[0]) == ["customer_id", "phone", "email", "user_id", "openid", *EVERYTHING["columns"]]
    assert rows[1]["phone"] == hashlib.md5(b"13800000001").hexdigest()
    assert rows[1]["email"] == hashlib.sha256(b"user1@example.com").hexdigest()
    assert (rows[1]["user_id"], rows[1]["openid"]) == ("us***01", "")
    assert (rows[1]["spend"], rows[1]["seen"], rows[1]["likes"]) == ("120.5", "2026-10-05 10:00:00", "茶")
    assert [row["note"] for row in rows] == ["'=1+1", "'+cmd|x", "-5"]
    assert [row["big"] for row in rows] == ["false", "true", "true"]


@pytest.mark.parametrize(
    ("form", "written"), [("national", "13800000001"), ("digits", "8613800000001"), ("e164", "+8613800000001")]
)
def test_phones_are_written_as_they_are_asked_for(shop: Workspace, tmp_path: Path, form: str, written: str) -> None:
    data = write(shop, tmp_path, phone=form, identifiers={"phone": "sha256"})
    assert read_csv(data, "utf-8-sig")[1]["phone"] == hashlib.sha256(written.encode()).hexdigest()


def test_gb18030_with_titles_and_labels(shop: Workspace, tmp_path: Path) -> None:
    labels = {"big": {"true": "是", "false": "否"}}
    data = write(shop, tmp_path, encoding="gb18030", header="zh", labels=labels, identifiers={})
    rows = read_csv(data, "gb18030")
    assert list(rows[0]) == ["customer_id", "消费金额", "最近下单", "likes", "note", "大客户"]
    assert [row["大客户"] for row in rows] == ["否", "是", "是"]


def test_excel_has_texts_numbers_and_no_formula(shop: Workspace, tmp_path: Path) -> None:
    first = write(shop, tmp_path, format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(first)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("customer_id", "phone")
    assert [row[5] for row in rows[1:]] == [50, 120.5, 300]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b"}
    shop.package_write("vip", tmp_path / "again.xlsx", snapshot=1)
    assert (tmp_path / "again.xlsx").read_bytes() == first


def test_parquet_and_ndjson_keep_types(shop: Workspace, tmp_path: Path) -> None:
    write(shop, tmp_path, format="parquet")
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert table.column("likes").to_pylist() == [["茶"]] * 3
    assert table.column("note").to_pylist() == ["=1+1", "+cmd|x", "-5"]
    lines = write(shop, tmp_path, format="ndjson").decode().splitlines()
    assert json.loads(lines[2])["spend"] == 300


def test_full_then_what_was_added_and_removed(shop: Workspace, tmp_path: Path) -> None:
    target = {"kind": "folder", "path": str(tmp_path / "out")}
    shop.package_save({"name": "vip", "audience": "buyers", "mode": "incremental", "target": target})
    first = shop.package_send("vip", author="ada")
    assert (first["status"], first["rows"], first["since"]) == ("delivered", 3, None)
    bring(tmp_path, [buy(4, 70), buy(1, -120.5, day="2026-10-06")])
    shop.import_files(tmp_path / "events.jsonl")
    shop.fold()
    second = shop.package_send("vip")
    assert (second["rows"], second["since"], second["file"]) == (2, 1, "vip-2-since-1.csv")
    rows = read_csv((tmp_path / "out" / second["file"]).read_bytes(), "utf-8-sig")
    assert sorted(row["change"] for row in rows) == ["added", "removed"]
    assert hashlib.sha256((tmp_path / "out" / first["file"]).read_bytes()).hexdigest() == first["sha256"]
    assert [each["id"] for each in shop.package_deliveries("vip")] == [2, 1]
    trail = shop.parts.catalog.audit("vip")
    assert [(entry.who, entry.action) for entry in trail][-2:] == [("ada", "package.send"), ("", "package.save")]
    assert isinstance(trail[0], AuditEntry)


def test_what_is_not_taken_is_brought_again_as_it_was(
    shop: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blocked").write_text("no folder")
    target = {"kind": "folder", "path": str(tmp_path / "blocked")}
    shop.package_save({"name": "vip", "audience": "buyers", "target": target, "identifiers": {"phone": "plain"}})
    failed = shop.package_send("vip")
    assert (failed["status"], failed["tries"]) == ("waiting", 1)
    assert "cannot be written to" in failed["reason"]
    shop.package_round()
    assert shop.package_deliveries()[0]["tries"] == 1  # it is not yet time
    bring(tmp_path, [buy(5, 70)])
    shop.import_files(tmp_path / "events.jsonl")
    (tmp_path / "blocked").unlink()
    later = delivering_module.now() + 3600 * 1_000_000
    monkeypatch.setattr(delivering_module, "now", lambda: later)
    shop.package_round()
    done = shop.package_deliveries()[0]
    assert (done["status"], done["tries"], done["rows"], done["sha256"]) == ("delivered", 2, 3, failed["sha256"])
    again = shop.package_retry(done["id"])
    assert (again["status"], again["sha256"]) == ("delivered", done["sha256"])
    for path in (tmp_path / "shop" / "packages").iterdir():
        path.unlink()  # made again from its snapshot
    assert shop.package_retry(done["id"])["sha256"] == done["sha256"]
    shop.erase("user_id:user-001")
    assert not (tmp_path / "shop" / "packages").exists()
    assert shop.package_retry(done["id"])["rows"] == 2


def test_it_is_given_up_in_the_end(shop: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "blocked").write_text("no folder")
    shop.package_save(
        {"name": "vip", "audience": "buyers", "target": {"kind": "folder", "path": str(tmp_path / "blocked")}}
    )
    shop.package_send("vip")
    start = delivering_module.now()
    for i in range(1, 12):
        monkeypatch.setattr(delivering_module, "now", lambda i=i: start + i * 7200 * 1_000_000)
        shop.package_round()
    assert shop.package_deliveries()[0]["status"] == "failed"
    assert shop.package_deliveries()[0]["tries"] == delivering_module.PATIENCE.tries


def test_it_is_brought_by_schedule(shop: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = {"kind": "folder", "path": str(tmp_path / "out")}
    shop.package_save({"name": "vip", "audience": "buyers", "target": target, "schedule": "0 3 * * *"})
    shop.package_round()
    assert shop.package_deliveries() == []
    later = delivering_module.now() + 50 * 3600 * 1_000_000
    monkeypatch.setattr(delivering_module, "now", lambda: later)
    shop.package_round()
    shop.package_round()
    assert [each["status"] for each in shop.package_deliveries()] == ["delivered"]


def test_secrets_are_sealed_and_never_shown(shop: Workspace, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'crm.sqlite'}"
    target = {"kind": "table", "table": "vips"}
    shown = shop.package_save({"name": "vip", "audience": "buyers", "columns": ["spend"], "target": target}, url)
    assert (shown["has_secret"], shown["format"]) == (True, "parquet")
    assert "sqlite" not in json.dumps([shown, shop.package_list()])
    assert url.encode() not in (tmp_path / "shop" / "catalog.sqlite").read_bytes()
    kept = shop.package_save({"name": "vip", "audience": "buyers", "columns": ["spend"], "target": target})
    assert kept["has_secret"]
    assert shop.package_send("vip")["status"] == "delivered"
    moved = shop.package_save({"name": "vip", "audience": "buyers", "target": {**target, "table": "others"}})
    assert not moved["has_secret"]  # a secret goes nowhere it was not given for
    assert "needs its secret" in shop.package_send("vip")["reason"]


def test_what_is_wrong_is_said_at_once(shop: Workspace) -> None:
    with pytest.raises(DefinitionError) as caught:
        shop.package_save(
            {
                "name": "a b",
                "audience": "buyer",
                "columns": ["spent"],
                "identifiers": {"phone": "rot13"},
                "mode": "x",
                "y": 1,
            }
        )
    assert len(caught.value.problems) == 6
    assert "Did you mean buyers?" in str(caught.value)
    with pytest.raises(NotFound):
        shop.package_send("nobody")
    shop.package_save({"name": "vip", "audience": "buyers"})
    with pytest.raises(Conflict, match="has no target"):
        shop.package_send("vip")
    with pytest.raises(Conflict, match="in use by package vip"):
        shop.audience_drop("buyers")
    shop.package_drop("vip")
    shop.audience_drop("buyers")
