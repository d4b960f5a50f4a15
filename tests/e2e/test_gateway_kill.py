"""Killed under load, again and again, the gateway has every event it acknowledged exactly once.

Servers are forked from one process that has everything imported, and are `limner serve` from there on. Bounds are small
in there and pauses long, so that kills fall between commit and answer, between storing and noting, amid a replay. What
may wait to be stored is bounded too: else the last server would replay, for minutes, what thirty had only acknowledged.
"""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import duckdb
import pytest

import limner

SERVER = """
import os, random, sys, time
import limner.app, limner.cli.bench
from limner import intake
from limner.adapters.journal import file
from limner.cli.main import run

intake.LINES_AT_ONCE = 150
intake.MOST_BEHIND = 2_000_000
file.LARGEST_FILE = 100_000
chance = random.Random()
real_write, real_init, real_catch_up = file.FileJournal.write, intake.Intake.__init__, intake.Intake.catch_up

def tell(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def write(self, deliveries):
    position = real_write(self, deliveries)
    time.sleep(chance.random() * 0.01)
    return position

def init(self, journal, store, *more):
    def store_slowly(deliveries):
        time.sleep(chance.random() * 0.05)
        seq = store(deliveries)
        tell("stored")
        time.sleep(chance.random() * 0.05)
        return seq

    real_init(self, journal, store_slowly, *more)

def catch_up(self):
    if not self._threads and self.behind:
        tell("replays", self.behind)
    real_catch_up(self)

file.FileJournal.write, intake.Intake.__init__, intake.Intake.catch_up = write, init, catch_up
tell("ready")
for line in sys.stdin:
    child = os.fork()
    if not child:
        chance.seed(os.getpid())
        tell("child", os.getpid())
        os._exit(run(line.split(), os.environ))
    tell("ended", os.waitpid(child, 0)[1])
"""
TAGS = "tags:\n  views: {layer: fact, fold: {count: '*', of: view}}\n"
USERS = 30
PATIENCE = 60.0
"""Seconds for a server to start, and for a sender to be answered in the end."""


class Servers:
    """The process servers are forked from, and what they tell."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._told = threading.Condition()
        self._pid = 0
        self.said: Counter[str] = Counter()
        self.statuses: list[int] = []
        self.alive = False
        self.gone = False
        threading.Thread(target=self._listen, daemon=True).start()

    def start(self, *words: str) -> None:
        assert self._process.stdin is not None
        with self._told:
            self._pid = 0
            self._process.stdin.write(" ".join(words) + "\n")
            self._process.stdin.flush()
            assert self._told.wait_for(lambda: self._pid, PATIENCE)

    def wait_for(self, word: str, times: int) -> None:
        """Until it was said so many times more, or the child has ended."""
        with self._told:
            wanted = self.said[word] + times
            assert self._told.wait_for(lambda: self.said[word] >= wanted or not self.alive, PATIENCE)

    def end(self, how: signal.Signals) -> None:
        os.kill(self._pid, how)
        with self._told:
            assert self._told.wait_for(lambda: not self.alive, PATIENCE)
        assert self.statuses[-1] in (0, how), "a server failed by itself"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, *rest = line.split()
            with self._told:
                if word == "child":
                    self._pid, self.alive = int(rest[0]), True
                elif word == "ended":
                    self.statuses.append(int(rest[0]))
                    self.alive = False
                self.said[word] += 1
                self._told.notify_all()
        with self._told:
            self.gone = True
            self._told.notify_all()


@contextmanager
def servers(log: Path) -> Iterator[Servers]:
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        started = Servers(process)
        with started._told:
            # It may have to compile the kernels first.
            assert started._told.wait_for(lambda: started.said["ready"] or started.gone, 3 * PATIENCE)
            assert not started.gone, log.read_text()
        yield started
        if started.alive:
            started.end(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()


@dataclass
class Sender:
    """A client that sends a batch until it is answered 200, as the real ones do, or at times gives up."""

    number: int
    port: int
    key: str
    sent: dict[str, int] = field(default_factory=dict)
    """The events' numbers, and whose they are."""
    acknowledged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.number)
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while not self.stopping.is_set():
            names = [f"{self.number}-{len(self.sent) + n}" for n in range(self._chance.randrange(1, 40))]
            self.sent |= {name: self._chance.randrange(USERS) for name in names}
            give_up = time.monotonic() + PATIENCE
            tries = 0
            while not self._try(names, tries):
                tries += 1
                time.sleep(self._chance.uniform(0.01, 0.1))
                if self._chance.random() < 0.01 and not self.stopping.is_set():
                    break  # its process ended: it never sends this again
                assert time.monotonic() < give_up, self.statuses
            else:
                self.acknowledged.update(names)
        self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _try(self, names: list[str], tries: int) -> bool:
        path, body, headers = self._pack(names, tries)
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self._connection.request("POST", path, body, headers)
            if self._chance.random() < 0.05:
                raise ConnectionResetError("it goes before it hears the answer")
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return False
        self.statuses[answer.status] += 1
        return answer.status == 200

    def _pack(self, names: list[str], tries: int) -> tuple[str, bytes, dict[str, str]]:
        if self.number % 5 < 3:
            authorization = base64.b64encode(f"{self.key}:".encode()).decode()
            body = json.dumps({"batch": list(map(self._message, names)), "sentAt": iso(time.time())}).encode()
            headers = {"Authorization": f"Basic {authorization}", "X-Retry-Count": str(tries)}
            return "/v1/batch", gzip.compress(body) if self.number % 5 == 1 else body, headers
        items = json.dumps(list(map(self._item, names)), ensure_ascii=False).encode()
        data = quote_plus(base64.b64encode(gzip.compress(items)))
        return f"/sa?project=default&token={self.key}", f"data_list={data}&gzip=1".encode(), {}

    def _message(self, name: str) -> dict[str, Any]:
        user = {"userId": f"u{self.sent[name]}", "anonymousId": f"a{self.sent[name]}"}
        return {
            "type": "track", "event": "view", "messageId": f"m{name}", "timestamp": "2026-11-22T10:00:00Z", **user,
            "properties": {"n": name},
        }  # fmt: skip

    def _item(self, name: str) -> dict[str, Any]:
        item: dict[str, Any] = {"type": "track", "event": "view", "distinct_id": f"u{self.sent[name]}"}
        item |= {"time": 1_795_300_000_000 + self.number, "properties": {"n": name, "$is_login_id": True, "城": "杭州"}}
        if self.number % 2:
            item |= {"_track_id": int(name.split("-")[1]), "_flush_time": int(time.time() * 1000)}
        return item


def iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def read_counts(port: int, key: str, users: range) -> dict[int, int]:
    """How many views each has, by the API."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    found = {}
    for user in users:
        connection.request("GET", f"/api/v1/profiles/user_id:u{user}", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        document = json.loads(answer.read())
        assert answer.status == 200, document
        found[user] = document["tags"]["views"]["value"]
    connection.close()
    return found


@pytest.mark.parametrize(("kills", "connections"), [(3, 5), pytest.param(30, 10, marks=pytest.mark.slow)])
def test_killed_under_load(tmp_path: Path, kills: int, connections: int) -> None:
    chance = random.Random(kills)
    folder, port = tmp_path / "shop", free_port()
    keys = limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(folder) as workspace:
        workspace.tags_apply()
    senders = [Sender(number, port, keys.write_key) for number in range(connections)]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    serve = ("-w", str(folder), "serve", "--port", str(port))
    with servers(tmp_path / "errors.log") as started:
        for thread in threads:
            thread.start()
        for number in range(kills):
            started.start(*serve)
            if number % 3 == 2:  # while it starts: it may be opening the log, replaying, or listening already
                time.sleep(chance.uniform(0, 1.0))
            else:
                started.wait_for("stored", chance.randrange(2, 12))
                time.sleep(chance.uniform(0, 0.2))
            started.end(signal.SIGKILL)
        started.start(*serve)
        started.wait_for("stored", 3)
        for sender in senders:
            sender.stopping.set()
        for thread in threads:
            thread.join(PATIENCE)
        counts = read_counts(port, keys.api_key, range(USERS))
        started.end(signal.SIGTERM)
        assert started.statuses == [signal.SIGKILL] * kills + [0]
        assert started.said["replays"] > 0, "no kill left anything to be replayed: it proves nothing"
    assert "Traceback" not in (tmp_path / "errors.log").read_text()
    assert_whole(folder, senders, counts, kills)


def assert_whole(folder: Path, senders: list[Sender], counts: dict[int, int], kills: int) -> None:
    sent = {name: user for sender in senders for name, user in sender.sent.items()}
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    statuses = sum((sender.statuses for sender in senders), Counter())
    assert statuses.keys() <= {200, 503}
    with limner.open(folder) as workspace:
        assert workspace.rejects_list() == []
    with duckdb.connect(str(folder / "log.duckdb"), read_only=True) as log:
        rows = log.execute("SELECT seq, json_extract_string(properties, '$.n') FROM event ORDER BY seq").fetchall()
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    stored = Counter(name for _, name in rows)
    lost, doubled = acknowledged - stored.keys(), [name for name, times in stored.items() if times > 1]
    print(
        f"\n{kills} kills: {len(sent)} events sent, {len(acknowledged)} acknowledged, {len(stored)} stored, "
        f"{len(lost)} lost, {len(doubled)} doubled; answers {dict(statuses)}"
    )
    assert not lost
    assert not doubled
    assert stored.keys() <= sent.keys()
    assert counts == dict.fromkeys(counts, 0) | Counter(sent[name] for name in stored)
    assert len(acknowledged) > kills * 50, "too little was sent to prove anything"
