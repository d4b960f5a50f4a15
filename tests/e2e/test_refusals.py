"""What cannot be done is refused with a sentence; nothing written before is lost, and the same command works later."""

from __future__ import annotations

import ctypes
import io
import json
import os
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import limner
from limner.cli.main import run

TAGS = (
    "tags:\n  orders: {layer: fact, fold: {count: '*', of: order_paid}}\n  spend: {layer: fact, fold: {sum: amount}}\n"
)
EVENT = {"type": "track", "event": "order_paid", "userId": "u1", "timestamp": "2026-01-01", "properties": {"amount": 5}}
LIMNER = "from limner.cli import main; main()"


def command(*words: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", LIMNER, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=before,
    )


def run_here(*words: str) -> subprocess.CompletedProcess[str]:
    """A command in this process, which saves its start-up."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(words, os.environ)
    out.flush()
    return subprocess.CompletedProcess(words, status, out.buffer.getvalue().decode(), err.getvalue())  # type: ignore[attr-defined]


def refused(*words: str, status: int = 1) -> str:
    """The sentence of a refused command."""
    return sentence(run_here(*words, "--json"), status)


def sentence(done: subprocess.CompletedProcess[str], status: int = 1) -> str:
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    error = json.loads(done.stdout)["error"]
    assert error["code"] != "unexpected", error
    return str(error["message"])


def answer(*words: str) -> Any:
    done = run_here(*words, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one event and its tags, folded."""
    folder = tmp_path_factory.mktemp("made") / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.import_files(write_events(folder.parent / "one.jsonl", 1))
        workspace.fold()
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    """One of these for a test of its own."""
    return Path(shutil.copytree(made, tmp_path / "shop"))


def write_events(path: Path, count: int, fill: int = 0, **properties: Any) -> Path:
    """Orders of one person; ``fill`` adds so many random letters to each, which no compression takes away."""
    chance = random.Random(count)
    with path.open("w") as file:
        for n in range(count):
            noise = {"note": chance.randbytes(fill // 2).hex()} if fill else {}
            row = {**EVENT, "messageId": f"{path.name}-{n}", "properties": {"amount": 5} | properties | noise}
            file.write(json.dumps(row) + "\n")
    return path


def orders(folder: Path) -> int:
    with limner.open(folder) as workspace:
        value = workspace.profile("user_id:u1").as_dict()["tags"]["orders"]["value"]
        assert isinstance(value, int)
        return value


def test_a_second_process_is_told_which_one_is_at_it(shop: Path) -> None:
    child = "import sys, limner\nwith limner.open(sys.argv[1]): print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", child, str(shop)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    assert str(holder.pid) in refused("-w", str(shop), "fold")
    done = run_here("-w", str(shop), "fold")
    assert done.returncode == 1
    assert str(holder.pid) in done.stderr
    holder.communicate()
    assert answer("-w", str(shop), "fold")["customers"] == 1


@pytest.mark.parametrize("part", ["settings", "log", "catalog"])
def test_a_workspace_of_a_newer_version_is_left_alone(shop: Path, part: str) -> None:
    if part == "settings":
        text = (shop / "limner.toml").read_text()
        (shop / "limner.toml").write_text(text.replace("format = 1", "format = 99"))
    elif part == "log":
        with duckdb.connect(str(shop / "log.duckdb")) as log:
            log.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    else:
        with sqlite3.connect(shop / "catalog.sqlite") as catalog:
            catalog.execute("UPDATE alembic_version SET version_num = 'r9999'")
        catalog.close()
    before = {path: path.read_bytes() for path in shop.glob("*.*") if path.is_file() and path.suffix != ".lock"}
    assert re.search("newer|upgrade", refused("-w", str(shop), "fold"))
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("limner.toml", "format = \n", "limner.toml"),
        ("limner.toml", "format = 'one'\n", "limner.toml"),
        ("limner.toml", "format = 1\ntimezone = 'Asia/Nowhere'\n", "Asia/Nowhere"),
        ("identity.yaml", "types: [\n", "identity.yaml"),
        ("events.yaml", "events: {a: [}\n", "events.yaml"),
        ("log.duckdb", "this is no database, whatever its name says " * 400, "log.duckdb"),
        ("catalog.sqlite", "nor is this one " * 400, "catalog.sqlite"),
    ],
)
def test_a_broken_file_of_the_workspace_is_named(shop: Path, name: str, content: str, told: str) -> None:
    whole = (shop / name).read_bytes() if (shop / name).exists() else None
    (shop / name).write_text(content)
    assert told in refused("-w", str(shop), "doctor")
    if whole is None:
        (shop / name).unlink()
    else:
        (shop / name).write_bytes(whole)
    assert orders(shop) == 1


MISTAKES = {
    "broken YAML": ("tags:\n  a: {layer: fact, fold: {count: '*'\n", "tags/b.yaml"),
    "unknown measure": ("tags: {a: {layer: fact, fold: {conut: '*'}}}\n", "count"),
    "impossible window": ("tags: {a: {layer: fact, fold: {count: '*', within: -3d}}}\n", "within"),
    "window backwards": (
        "tags: {a: {layer: fact, fold: {count: '*', between: [2026-12-01, 2026-11-01]}}}\n",
        "between",
    ),
    "unknown operator": ("tags: {a: {layer: fact, fold: {count: '*', where: {x: {gtt: 1}}}}}\n", "gt"),
    "circle": ("tags: {a: {layer: fact, expr: b + 1}, b: {layer: fact, expr: a + 1}}\n", "a"),
    "unknown tag": ("tags: {a: {layer: business, if: {ordres: {gt: 1}}}}\n", "orders"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_definition_publishes_nothing(shop: Path, mistake: str) -> None:
    text, told = MISTAKES[mistake]
    (shop / "tags" / "b.yaml").write_text(text)
    for verb in ("check", "apply"):
        assert told in refused("-w", str(shop), "tags", verb)
    (shop / "tags" / "b.yaml").unlink()
    assert [tag["name"] for tag in answer("-w", str(shop), "tags", "list")["tags"]] == ["orders", "spend"]
    assert orders(shop) == 1


def test_a_truncated_parquet_is_refused_and_the_whole_one_taken(shop: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text("source: p\nevent: order_paid\nevent_id: id\ntime: {column: at}\nidentify: {user_id: who}\n")
    many = 5_000
    table = pa.table({"id": [str(n) for n in range(many)], "at": ["2026-01-01"] * many, "who": ["u1"] * many})
    whole, torn = tmp_path / "whole.parquet", tmp_path / "torn.parquet"
    pq.write_table(table, whole, row_group_size=1_000)
    torn.write_bytes(whole.read_bytes()[:-200])
    words = ["-w", str(shop), "import", "--map", str(mapping)]
    assert "torn.parquet" in refused(*words, str(torn))
    hole = bytearray(whole.read_bytes())
    hole[len(hole) // 2 : len(hole) // 2 + 400] = b"\xff" * 400
    torn.write_bytes(hole)
    assert "torn.parquet" in refused(*words, str(torn))
    assert answer(*words, str(whole))["read"] == many
    assert orders(shop) == many + 1


def test_values_that_do_not_convert_are_missing(shop: Path, tmp_path: Path) -> None:
    write_events(tmp_path / "odd.jsonl", 3, amount="a lot")
    assert answer("-w", str(shop), "import", str(tmp_path / "odd.jsonl"))["accepted"] == 3
    tags = answer("-w", str(shop), "profile", "user_id:u1")["tags"]
    assert (tags["orders"]["value"], float(tags["spend"]["value"])) == (4, 5)


def test_a_command_given_twice_changes_nothing(shop: Path, tmp_path: Path) -> None:
    file = str(write_events(tmp_path / "more.jsonl", 7))
    assert answer("-w", str(shop), "import", file)["accepted"] == 7
    again = answer("-w", str(shop), "import", file)
    assert (again["accepted"], again["duplicate"]) == (0, 7)
    assert "already" in refused("init", str(shop))
    assert orders(shop) == 8


def test_words_nobody_knows_are_usage(shop: Path, tmp_path: Path) -> None:
    refused("-w", str(shop), "flod", status=2)
    refused("-w", str(shop), "profile", status=2)
    assert "is not a workspace" in refused("-w", str(tmp_path), "fold")
    assert "2026-13-01" in refused("-w", str(shop), "fold", "--as-of", "2026-13-01")
    assert "nothing.jsonl" in refused("-w", str(shop), "import", str(tmp_path / "nothing.jsonl"))


# --- a full disk -----------------------------------------------------------------------------------------------------


def mount_small(folder: Path, megabytes: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={megabytes}m".encode()) != 0:
        pytest.skip(f"no small file system can be mounted here: {os.strerror(ctypes.get_errno())}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount_small(folder, 24)
    yield folder
    ctypes.CDLL(None).umount2(os.fsencode(folder), 2)


FULL = re.compile("disk is full|no space", re.IGNORECASE)


def test_a_full_disk_loses_nothing(shop: Path, small_disk: Path, tmp_path: Path) -> None:
    folder = small_disk / "shop"
    shutil.copytree(shop, folder, ignore=shutil.ignore_patterns("*.lock"))
    file = str(write_events(tmp_path / "many.jsonl", 20_000, fill=300))
    filler = small_disk / "filler"
    for verb, room in (
        (["import", file], 3 << 20),
        (["fold"], 4 << 10),
        (["erase", "user_id:u1", "--yes"], 100 << 10),
    ):
        before = orders(folder)
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(b"\0" * max(0, free - room))
        assert FULL.search(refused("-w", str(folder), *verb)), verb
        filler.unlink()
        assert orders(folder) >= before
        if verb[0] != "erase":
            answer("-w", str(folder), *verb)
    assert orders(folder) == 20_001


def test_a_file_that_may_not_grow(shop: Path, tmp_path: Path) -> None:
    """The same through a limit on the size of files, which needs no file system of its own."""
    file = str(write_events(tmp_path / "many.jsonl", 20_000, fill=300))
    size = max(path.stat().st_size for path in shop.iterdir()) + (64 << 10)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    assert FULL.search(sentence(command("-w", str(shop), "import", file, "--json", before=limit)))
    assert orders(shop) in (1, 20_001)
    assert answer("-w", str(shop), "import", file)["read"] == 20_000
    assert orders(shop) == 20_001
