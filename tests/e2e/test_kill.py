"""Killed at any moment, a workspace has every acknowledged event exactly once, and the next fold is right.

Children are forked from one server process that has everything imported, so that thirty of them cost seconds. Bounds
are made small in there: chunks of some hundred lines, a short tail, small shards, back-fills in many transactions.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.fold.columns import load_columns
from limner.workspace import Workspace

SERVER = """
import os, sys
import limner.app, limner.cli.bench
from limner.adapters.duckdb import promotion
from limner.adapters.duckdb.log import DuckDBLog
from limner.collect import lines
from limner.timeline import base, timelines

lines.read_lines.__defaults__ = (30_000,)
promotion.CHUNK = 1_500
timelines.TAIL_ROWS, timelines.REBUILD_SHARE = 400, 5.0
base.cut_shards.__defaults__ = base.split_shard.__defaults__ = (1_500,)
real_append = DuckDBLog.append

def tell(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def append(self, batch, *coming):
    done = real_append(self, batch, *coming)
    tell("stored", batch.num_rows)
    return done

DuckDBLog.append = append

def work(mode, folder, file):
    with limner.open(folder) as workspace:
        if mode == "fold":
            workspace.tags_apply()
            tell("applied")
            while True:
                workspace.fold(as_of="2026-12-01")
                tell("folded")
        workspace.import_files(file)
        tell("imported")
        while mode == "compact":
            moment = workspace.moment()
            tell("refreshed")
            for act in (workspace.parts.timelines.compact, workspace.parts.timelines.rebuild):
                act(moment.snapshot.graph.customer_of, lambda *_: None)

tell("ready")
for line in sys.stdin:
    child = os.fork()
    if not child:
        tell("child", os.getpid())
        work(*line.split())
        os._exit(0)
    tell("ended", os.waitpid(child, 0)[1])
"""
STEPS = {"import": 12, "fold": 4, "compact": 12}
"""Durable steps within which each kind of work is killed: however slow the machine, some of the work is done then."""
LATER = 0.25
"""Seconds within which the kill comes after that step."""
USERS, PARTS = 200, 10


@dataclass(frozen=True)
class Outcome:
    """What a killed child had said."""

    stored: int
    """Rows of its file that were acknowledged."""
    words: tuple[str, ...]


class Children:
    """The server process and its current child."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def run(self, mode: str, folder: Path, file: Path, steps: int, seconds: float) -> Outcome:
        """Let a child work and kill it so many seconds after it has told of so many steps."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{mode} {folder} {file}\n")
        self._server.stdin.flush()
        said: list[str] = []
        pid, status = 0, 0
        killer: threading.Timer | None = None
        for line in self._server.stdout:
            word, *rest = line.split()
            if word == "child":
                pid = int(rest[0])
            elif word == "ended":
                status = int(rest[0])
                break
            else:
                said.append(line.strip())
            if killer is None and len(said) == steps:
                killer = threading.Timer(seconds, kill, [pid])
                killer.start()
        if killer is not None:
            killer.cancel()
            killer.join()
        assert status in (0, signal.SIGKILL), "a child failed by itself"
        stored = sum(int(line.split()[1]) for line in said if line.startswith("stored"))
        return Outcome(stored, tuple(said))


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def children() -> Iterator[Children]:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().strip() == "ready"
        yield Children(server)
    finally:
        server.kill()
        server.communicate()


def make_events(chance: random.Random, size: int) -> list[dict[str, Any]]:
    """Visits of people with several identifiers, linked sooner or later."""
    events = []
    for number in range(size):
        person = chance.randrange(USERS)
        who: dict[str, Any] = {"anonymousId": f"a{person}-{chance.randrange(3)}"}
        if chance.random() < 0.3:
            who["userId"] = f"u{person}"
        properties = {f"p{i}": chance.choice((i, number % 50, f"w{number % 300}")) for i in range(4)}
        events.append(
            {
                "type": "track",
                "event": chance.choice(("view", "order_paid")),
                "messageId": f"m{number}",
                "timestamp": f"2026-{1 + number % 10:02}-{chance.randint(1, 28):02}T{chance.randrange(24):02}:00:00Z",
                "properties": properties | {"amount": chance.randrange(100)},
                **who,
            }
        )
    return events


def write_lines(path: Path, events: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


def write_tags(folder: Path, count: int) -> None:
    """More tags from round to round, so that folds have properties to promote."""
    folds = [
        {"count": "*"},
        {"sum": "amount", "of": "order_paid"},
        *({"list": f"p{i}", "last": 3} for i in range(4)),
        *({"sum": f"p{i}"} for i in range(4)),
    ]
    tags = {f"t{i}": {"layer": "fact", "fold": fold} for i, fold in enumerate(folds[:count])}
    (folder / "tags" / "a.yaml").write_text(json.dumps({"tags": tags}))


def assert_whole(folder: Path, acknowledged: set[str]) -> None:
    """Every acknowledged event exactly once, no other one twice, seqs without gaps."""
    with limner.open(folder) as workspace:
        last = workspace.parts.log.watermark()
        rows = workspace.parts.log.tail(0, last)
        ids = rows.column("event_id").to_pylist()
        assert len(ids) == len(set(ids))
        assert acknowledged <= set(ids), f"{len(acknowledged - set(ids))} acknowledged events are lost"
        assert rows.column("seq").to_pylist() == list(range(1, last + 1))
        stored = load_columns(folder / "columns", verify=True)
        assert stored is None or stored.seq <= last
        assert workspace.doctor()["seq"] == last


def answers(workspace: Workspace) -> dict[tuple[str, ...], dict[str, Any]]:
    """Every customer's tags by all its identifiers: numbers depend on the order of arrival, nothing else may."""
    found = {}
    for row in workspace.table(as_of="2026-12-01").to_pylist():
        names = {row["user_id"], row["anonymous_id"], *(row.get("anonymous_id_all") or ())} - {None}
        found[tuple(sorted(names))] = {name: value for name, value in row.items() if name.startswith("t")}
    return found


@pytest.mark.parametrize(("kills", "size"), [(9, 8_000), pytest.param(30, 20_000, marks=pytest.mark.slow)])
def test_killed_at_random_moments(tmp_path: Path, kills: int, size: int) -> None:
    chance = random.Random(kills)
    events = make_events(chance, size)
    cut = size // 2
    files = {"import": [write_lines(tmp_path / "first.jsonl", events[:cut])]}
    step = (size - cut) // PARTS
    files["compact"] = [
        write_lines(tmp_path / f"part{i}.jsonl", events[at : at + step]) for i, at in enumerate(range(cut, size, step))
    ]
    files["fold"] = files["import"]
    ids = {
        file: [json.loads(line)["messageId"] for line in file.read_text().splitlines()]
        for group in files.values()
        for file in group
    }
    folder = tmp_path / "shop"
    limner.init(folder)
    modes = ["import", "compact", "fold"] * (kills // 3)
    chance.shuffle(modes)
    acknowledged: set[str] = set()
    told: dict[str, int] = {}
    with children() as started:
        for number, mode in enumerate(modes):
            write_tags(folder, 2 + number * 8 // kills)
            file = files[mode][number % len(files[mode])]
            outcome = started.run(mode, folder, file, chance.randrange(STEPS[mode]), chance.uniform(0, LATER))
            acknowledged.update(ids[file][: outcome.stored])
            for said in outcome.words:
                told[said.split()[0]] = told.get(said.split()[0], 0) + 1
            assert_whole(folder, acknowledged)
    assert told.get("stored", 0) > 3, "the kills came too early to prove anything"
    write_tags(folder, 10)
    everything = [*files["import"], *files["compact"]]
    with limner.open(folder) as workspace:
        report = workspace.import_files(everything)
        assert (report.read, report.rejected) == (size, 0)
        assert report.duplicate >= len(acknowledged)
        workspace.tags_apply()
        workspace.fold(as_of="2026-12-01")
        found = answers(workspace)
    fresh = tmp_path / "fresh"
    limner.init(fresh)
    write_tags(fresh, 10)
    with limner.open(fresh) as workspace:
        assert workspace.import_files(everything).accepted == size
        workspace.tags_apply()
        workspace.fold(as_of="2026-12-01")
        expected = answers(workspace)
    assert len(expected) > USERS / 2
    assert found == expected
