"""A person who is erased is in no file of the workspace any more, and nobody else notices."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest

import limner
from limner.errors import NotFound
from limner.workspace import Workspace

TAGS = """
tags:
  events: {layer: fact, fold: {count: '*'}}
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  favourite: {layer: fact, fold: {top: category, by: {sum: amount}, of: order_paid}}
  skus: {layer: fact, fold: {list: 'products[].sku'}}
  wish: {layer: fact, fold: {last: wish}}
  name: {layer: fact, fold: {trait: name}}
  taste: {layer: fact, fold: {top: category, of: order_paid, evidence: {times: 1, share: 0.1, lift: 0.1}}}
"""
PHONE, EMAIL, NAME = "13912345678", "Zhao.Qiu@Example.com", "赵秋水独一无二"
WISH, SKU, DEVICE = "a-wish-nobody-else-has-7c1", "sku-of-hers-alone-55d", "device-of-hers-e81f"
TRACES = [PHONE, f"+86{PHONE}", EMAIL, EMAIL.lower(), NAME, WISH, SKU, DEVICE, "zhaoqiu-99", "139 1234 5678"]
"""Everything that is hers alone."""
SHARED = "13100000000"
"""A shop's phone, on the orders of six people: one too many to link them."""


def track(number: int, user: str, event: str = "order_paid", **properties: Any) -> dict[str, Any]:
    day = f"2026-{1 + number % 9:02}-{1 + number % 27:02}T08:00:00Z"
    return {
        "type": "track",
        "event": event,
        "userId": user,
        "messageId": f"m{number}",
        "timestamp": day,
        "properties": properties,
    }


def others() -> list[dict[str, Any]]:
    """Six people, one of them before her in the file; five share the shop's phone with her."""
    rows = []
    for number in range(60):
        user = f"user-{number % 6}"
        row = track(number, user, amount=number, category=f"c{number % 4}", products=[{"sku": f"s{number % 5}"}])
        if number % 6 < 5:
            row["context"] = {"externalIds": [{"type": "phone", "id": SHARED}]}
        rows.append(row)
    rows.append(
        {
            "type": "identify",
            "userId": "user-1",
            "messageId": "i1",
            "timestamp": "2026-02-02",
            "traits": {"name": "李雷"},
        }
    )
    return rows


def hers() -> list[dict[str, Any]]:
    rows = [
        {
            "type": "identify",
            "userId": "zhaoqiu-99",
            "messageId": "z0",
            "timestamp": "2026-03-01",
            "traits": {"phone": PHONE, "email": EMAIL, "name": NAME},
        },
        track(101, "zhaoqiu-99", wish=WISH, amount=99, category="c1", products=[{"sku": SKU}, {"sku": "s1"}]),
        track(102, "zhaoqiu-99", "called", note=f"{NAME} called from {PHONE}"),
        track(103, "zhaoqiu-99", amount=5, category="c1"),
    ]
    rows[1]["context"] = {"device": {"id": DEVICE}}
    rows[3]["context"] = {"externalIds": [{"type": "phone", "id": SHARED}]}
    return rows


FORM = {"type": "track", "event": "form", "timestamp": "2026-04-01"}
NOBODYS = [
    {**FORM, "messageId": "n1", "properties": {"tel": "139 1234 5678"}},
    {**FORM, "messageId": "n2", "properties": {"mail": EMAIL}},
    {**FORM, "messageId": "n3", "properties": {"tel": "13900000000"}},
]
"""The last one is not hers."""
BAD = [
    {"type": "track", "event": "x", "messageId": "b1", "timestamp": "someday", "context": {"traits": {"tel": PHONE}}},
    {"type": "track", "event": "x", "messageId": "b2", "timestamp": "someday", "userId": "zhaoqiu-99"},
    {"type": "track", "event": "x", "messageId": "b3", "timestamp": "someday", "userId": "user-1"},
]


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Her events among the others', a merge and a split by hand about her, everything folded."""
    folder = tmp_path_factory.mktemp("made") / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS)
    rows = others()
    file = write_lines(folder.parent / "all.jsonl", [*rows[:5], *hers(), *rows[5:], *NOBODYS, *BAD])
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.import_files(file)
        workspace.identity_merge("user_id:user-1", "user_id:user-2", reason="one household")
        workspace.identity_split("device_id:" + DEVICE, reason=f"not the device of {PHONE}")
        workspace.identity_merge("user_id:zhaoqiu-99", "device_id:" + DEVICE, author="zhaoqiu-99")
        workspace.fold(as_of="2026-11-01")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """One of these for a test of its own."""
    return Path(shutil.copytree(made, tmp_path / "shop"))


def portraits(workspace: Workspace) -> dict[str, Any]:
    """Everybody's but hers, without what may change: what she had in common with others weighs in the census."""
    found = {}
    for number in range(6):
        portrait = workspace.profile(f"user_id:user-{number}", as_of="2026-11-01").as_dict()
        portrait["tags"].pop("taste")
        found[f"user-{number}"] = portrait
    return found


def bytes_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_gone(folder: Path) -> None:
    for path, content in bytes_of(folder).items():
        for trace in TRACES:
            for form in (trace, json.dumps(trace)[1:-1]):
                assert form.encode() not in content, f"{form} is still in {path}"


def assert_gone_from_tables(file: Path, copy: Path) -> None:
    """DuckDB compresses text, so what it holds is asked for as well."""
    copy.write_bytes(file.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            text = " ".join(str(row) for row in connection.execute(f"SELECT * FROM {table}").fetchall())
            for trace in TRACES:
                assert trace not in text, f"{trace} is still in the table {table}"


def test_she_is_found_before(folder: Path, tmp_path: Path) -> None:
    """Otherwise the tests below would prove nothing."""
    with pytest.raises(AssertionError, match="is still in"):
        assert_gone(folder)
    with pytest.raises(AssertionError, match="is still in"):
        assert_gone_from_tables(folder / "log.duckdb", tmp_path / "copy.duckdb")


def test_nothing_of_her_is_left_and_nobody_else_notices(folder: Path, tmp_path: Path) -> None:
    with limner.open(folder) as workspace:
        before = portraits(workspace)
        ids = {key: portrait["customer_id"] for key, portrait in before.items()}
        customers = workspace.doctor()["customers"]
        hers_before = workspace.profile("user_id:zhaoqiu-99").customer_id
        done = workspace.erase(f"phone:{PHONE}", author="the lawyer")
        assert done["customer_id"] == hers_before
        assert (done["identifiers"], done["events"]) == (4, 4)
        assert portraits(workspace) == before
        workspace.fold(as_of="2026-11-01")
        doctor = workspace.doctor()
        assert doctor["customers"] == customers - 1
        assert not [advice for advice in doctor["advice"] if "columns" in advice]
    assert_gone(folder)
    assert_gone_from_tables(folder / "log.duckdb", tmp_path / "copy.duckdb")
    with limner.open(folder) as workspace:
        assert portraits(workspace) == before
        assert {key: workspace.identity_show(f"user_id:{key}").customer_id for key in ids} == ids
        for key in (f"phone:{PHONE}", "user_id:zhaoqiu-99", hers_before):
            with pytest.raises(NotFound):
                workspace.profile(key)
        assert [reject["line"] for reject in workspace.rejects_list()] == [71]
        assert workspace.parts.log.watermark() == 61 + 1 + 3, "others, the form that is not hers, three decisions"


def test_her_file_is_refused_afterwards(folder: Path, tmp_path: Path) -> None:
    with limner.open(folder) as workspace:
        workspace.erase("user_id:zhaoqiu-99")
        again = workspace.import_files(write_lines(tmp_path / "hers.jsonl", [*hers(), *BAD[:2], *others()[:3]]))
        assert (again.read, again.accepted, again.duplicate, again.erased) == (9, 0, 3, 4)
        assert workspace.rejects_list()[0]["row"] == json.dumps(BAD[2])
        assert len(workspace.rejects_list()) == 1
        later = track(500, "zhaoqiu-99", amount=1)
        new = track(501, "user-1", amount=1)
        report = workspace.import_files(write_lines(tmp_path / "later.jsonl", [later, new]))
        assert (report.accepted, report.erased) == (1, 1)
        workspace.fold()
    assert_gone(folder)


def test_properties_seen_are_found_out_again(folder: Path, tmp_path: Path) -> None:
    """Rows move up when others go: what was remembered by row number must not hide a later row."""
    with limner.open(folder) as workspace:
        assert workspace.parts.seen("wish") == {"string"}
        workspace.erase("user_id:zhaoqiu-99")
        assert workspace.parts.seen("wish") == frozenset()
        workspace.import_files(write_lines(tmp_path / "new.jsonl", [track(600, "user-3", wish=7)]))
        assert workspace.parts.seen("wish") == {"number"}


def test_a_phone_over_its_cap_stays_over_it(folder: Path) -> None:
    """Were she forgotten when sharers are counted, the shop's phone would weld the other five together."""
    with limner.open(folder) as workspace:
        before = workspace.identity_report().shared
        assert sum(before.values()) == 1
        workspace.erase("user_id:zhaoqiu-99")
        assert workspace.identity_report().shared == before
        assert len({workspace.profile(f"user_id:user-{n}").customer_id for n in range(6)}) == 5


def test_many_values_leave_no_bytes_behind(tmp_path: Path) -> None:
    """More than a row group of DuckDB: such inserts reach the file before their commit."""
    folder, many = tmp_path / "shop", 130_000
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text("tags:\n  wish: {layer: fact, fold: {last: wish}}\n")
    rows = [{**track(n, "somebody", wish=f"{WISH}-{n}"), "messageId": f"z{n}"} for n in range(many)]
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.import_files(write_lines(tmp_path / "hers.jsonl", rows))
        workspace.import_files(write_lines(tmp_path / "other.jsonl", [track(-1, "user-1", wish="a")]))
        workspace.fold()
        assert workspace.erase("user_id:somebody")["events"] == many
        workspace.fold()
        assert workspace.profile("user_id:user-1").as_dict()["tags"]["wish"]["value"] == "a"
    for path, content in bytes_of(folder).items():
        assert WISH.encode() not in content, path
        assert WISH[2:12].encode() not in content, path


KILLED = """
import os, signal, sys
import limner
from limner.adapters.duckdb import erasure, file
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "writing": erasure.copy_rejects = die
else: file.LogFile.replace_with = die
with limner.open(sys.argv[1]) as workspace: workspace.erase("user_id:zhaoqiu-99")
"""


@pytest.mark.parametrize("moment", [pytest.param("writing", marks=pytest.mark.slow), "written"])
def test_an_erasure_that_was_killed_is_given_again(folder: Path, tmp_path: Path, moment: str) -> None:
    with limner.open(folder) as workspace:
        before = portraits(workspace)
    done = subprocess.run([sys.executable, "-c", KILLED, os.fspath(folder), moment], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    with limner.open(folder) as workspace:
        assert portraits(workspace) == before
        assert workspace.profile("user_id:zhaoqiu-99").as_dict()["tags"]["spend"]["value"] == 104
        workspace.erase("user_id:zhaoqiu-99")
        assert portraits(workspace) == before
    assert_gone(folder)
    assert not list(folder.glob("*.erasing*"))


def test_threads_that_read_before_read_the_new_file(folder: Path) -> None:
    """Each thread has a cursor of its own on the log: none may keep the old file."""
    with limner.open(folder) as workspace, ThreadPoolExecutor(1) as pool:
        assert pool.submit(workspace.parts.seen, "wish").result() == {"string"}
        workspace.erase("user_id:zhaoqiu-99")
        assert pool.submit(workspace.parts.seen, "wish").result() == frozenset()
