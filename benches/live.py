"""Real time: portraits read over HTTP, and an event that changes portrait and audience, over a long history.

    python benches/live.py [--events 10000000] [--rate 5000] [--seconds 20] [--connections 4]
    python benches/live.py --place DIR [--fill] ...

The log is filled by plain SQL: people with two identifiers each, fifty events on average, the 48 tags of `shop.py` and
an audience. Then the server is asked: portraits of people at random, without evidence and with it; the same while
events come in at ``--rate``; and how long after the acknowledgement of one more event its customer's portrait, and the
audience it enters, have changed. Beside the reads the limit: the same web server answering the same bytes. Readers are
wrk's where that is installed; this file's own cost as much as the server they ask. As they ask as fast as they are
answered, they have both processors busy beside the events; so some who ask no more than ``--reads`` a second are
measured as well. With ``--place`` what was filled is
kept, and used again: the first start makes columns and timelines of it, the next ones tell how long a restart takes.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import multiprocessing
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import numpy as np
import readers
from gateway import drive, free_port, running, wait_stored
from held import tell_memory
from shop import CHANNELS, NAMES, OFTEN, tag_definitions

import limner
from limner.model.clock import now

BARE = """
import sys, uvicorn
body = open(sys.argv[2], "rb").read()
head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
"""
DAY = 86_400_000_000
FILL = (
    "INSERT INTO source VALUES (0, 'shop')",
    "INSERT INTO identifier SELECT n, CASE n % 2 WHEN 0 THEN 'user_id' ELSE 'anonymous_id' END, "
    "CASE n % 2 WHEN 0 THEN 'u' || (n // 2) ELSE printf('%08x-5c1e-4b9e-9d7c-0242ac120002', n // 2) END "
    "FROM range($people * 2) r(n)",
    "INSERT INTO fragment SELECT n, [n * 2, n * 2 + 1], false FROM range($people) r(n)",
    "INSERT INTO event (seq, key, event_id, source, name, time, received_at, fragment, properties) "
    "SELECT n + 1, hash(n), printf('%016x', n), 0, (hash(n * 7) % $kinds)::INTEGER, $now - $span + n * $step, "
    "$now - $span + n * $step, (hash(n * 3) % $people)::INTEGER, "
    '\'{"amount":\' || hash(n * 11) % 500 || \',"channel":"\' || $channels[1 + (hash(n * 13) % 6)::INTEGER] '
    '|| \'","category":"category \' || hash(n * 17) % 40 || \'","item":"item \' || hash(n * 19) % 20000 || \'"}\' '
    "FROM range($first, $last) r(n)",
)
AT_ONCE = 5_000_000
"""Events filled in one transaction."""
RULE = {"orders_ever": {"gte": 1_000}}


def fill(place: Path, events: int, people: int) -> dict[str, str]:
    keys = limner.init(place)
    tags = {name: {"layer": "fact", "fold": fold} for name, fold in tag_definitions().items()}
    (place / "tags" / "bench.yaml").write_text(json.dumps({"tags": tags}))
    named = list(enumerate(np.random.default_rng(5).choice(NAMES, 50, p=OFTEN).tolist()))
    values = {
        "people": people,
        "now": now(),
        "span": 180 * DAY,
        "step": 180 * DAY // events,
        "kinds": len(named),
        "channels": list(CHANNELS),
    }
    with limner.open(place) as workspace:
        file = workspace.parts.log._file  # type: ignore[attr-defined]
        with file.transaction() as cursor:
            cursor.executemany("INSERT INTO name VALUES (?, ?)", [[code, name] for code, name in named])
        for statement in FILL:
            for first in range(0, events, AT_ONCE) if "$first" in statement else (0,):
                given = values | {"first": first, "last": min(first + AT_ONCE, events)}
                with file.transaction() as cursor:
                    cursor.execute(statement, {name: given[name] for name in given if f"${name}" in statement})
        file.cursor().execute("CHECKPOINT")
        workspace.tags_apply()
    return {"api": keys.api_key, "write": keys.write_key}


@dataclass
class Reads:
    delays: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def tell(self, name: str) -> None:
        p50, p99, most = (1e3 * float(np.quantile(self.delays, q)) for q in (0.5, 0.99, 1.0))
        readers.Told(len(self.delays) / self.seconds, p50, p99, most, 0).tell(name)


async def ask(
    port: int, key: str, people: int, query: str, until: float, number: int, reads: Reads, pace: float = 0.0
) -> None:
    """One connection: a read after the other; with a ``pace`` when the next is due, after so many seconds on average:
    that it has to wait for those before counts."""
    chance = np.random.default_rng(number)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.perf_counter() + (chance.exponential(pace) if pace else 0.0)
    while began < until:
        if pace:
            await asyncio.sleep(max(0.0, began - time.perf_counter()))
        path = f"/api/v1/profiles/user_id:u{chance.integers(people)}{query}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        status = await reader.readline()
        length = 0
        while (line := await reader.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        await reader.readexactly(length)
        assert b" 200 " in status or b" 404 " in status, status
        done = time.perf_counter()
        reads.delays.append(done - began)
        began = began + chance.exponential(pace) if pace else done
    writer.close()


def read(
    port: int, key: str, people: int, seconds: float, connections: int, query: str = "?evidence=false"
) -> Reads | readers.Told:
    if readers.is_installed():
        header, before = f"Authorization: Bearer {key}", "/api/v1/profiles/user_id:u"
        return readers.ask(port, people, before, query, header=header, seconds=seconds, connections=connections)
    return read_at(port, key, people, seconds, connections, query)


def read_at(
    port: int, key: str, people: int, seconds: float, connections: int, query: str = "?evidence=false", rate: float = 0
) -> Reads:
    """At a steady ``rate`` whatever becomes of those before, as many who know nothing of each other ask; 0 = as fast as
    they are answered."""
    reads, pace = Reads(), connections / rate if rate else 0.0

    async def run() -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(ask(port, key, people, query, until, n, reads, pace) for n in range(connections)))

    began = time.perf_counter()
    asyncio.run(run())
    reads.seconds = time.perf_counter() - began
    return reads


@contextmanager
def sending(port: int, key: str, seconds: float, rate: float) -> Iterator[None]:
    """Events at a steady rate from a process of its own."""
    sender = multiprocessing.get_context("spawn").Process(target=drive, args=(port, key, seconds, 8, 100, rate))
    sender.start()
    time.sleep(2)
    try:
        yield
    finally:
        sender.join()


class Probe:
    """One more event, and how long it takes to be seen."""

    def __init__(self, port: int, keys: dict[str, str], people: int, seed: int = 99) -> None:
        self.port, self.keys, self.people = port, keys, people
        self.chance = np.random.default_rng(seed)

    def ask(self, path: str, body: object = None, write: bool = False) -> Any:
        basic = base64.b64encode(f"{self.keys['write']}:".encode()).decode()
        headers = {"Authorization": f"Basic {basic}" if write else f"Bearer {self.keys['api']}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, headers | {"Content-Type": "application/json"}
        )
        return urllib.request.urlopen(request, timeout=60).read()

    def call(self, path: str, body: object = None, write: bool = False) -> Any:
        return json.loads(self.ask(path, body, write))

    def pay(self, user: str) -> None:
        message = {"messageId": str(uuid.uuid4()), "event": "order", "userId": user, "properties": {"amount": 1}}
        self.call("/v1/track", message, write=True)

    def look_up(self, count: int, keys: int = 1_000) -> list[float]:
        """Seconds until so many portraits are there, asked for together."""
        took = []
        for _ in range(count):
            asked = [f"user_id:u{number}" for number in self.chance.integers(self.people, size=keys)]
            began = time.perf_counter()
            self.ask("/api/v1/profiles:lookup", {"keys": asked})
            took.append(time.perf_counter() - began)
        return took

    def see(self, count: int, rest: float = 0.05) -> list[float]:
        """Seconds from the acknowledgement to the portrait."""
        seen = []
        for _ in range(count):
            user = f"u{self.chance.integers(self.people)}"
            path = f"/api/v1/profiles/user_id:{user}?evidence=false&tags=orders_ever"
            before = self.call(path)["tags"]["orders_ever"]["value"]
            self.pay(user)
            began = time.perf_counter()
            while self.call(path)["tags"]["orders_ever"]["value"] == before:
                assert time.perf_counter() - began < 60, f"{user} has not changed"
            seen.append(time.perf_counter() - began)
            time.sleep(rest)
        return seen

    def read_early(self) -> list[float]:
        """Seconds each of the portraits took that were read until it is ready."""
        seen = []
        while not is_ready(self.port):
            began = time.perf_counter()
            self.ask(f"/api/v1/profiles/user_id:u{self.chance.integers(self.people)}?evidence=false")
            seen.append(time.perf_counter() - began)
            time.sleep(0.05)
        return seen

    def follow(self, heard: dict[str, float]) -> None:
        """Hear of customers that enter the audience, as the console does."""

        def listen() -> None:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}/api/v1/changes/live",
                headers={"Authorization": f"Bearer {self.keys['api']}"},
            )
            with urllib.request.urlopen(request, timeout=120) as stream:
                for line in stream:
                    if line.startswith(b"data:"):
                        told = json.loads(line[5:])
                        if told.get("entered"):
                            heard.setdefault(told["customer_id"], time.perf_counter())

        Thread(target=listen, daemon=True).start()


def tell_delays(name: str, delays: list[float]) -> None:
    p50, p99, most = (1e3 * float(np.quantile(delays, q)) for q in (0.5, 0.99, 1.0))
    print(f"{name:44} {len(delays):8} x    p50 {p50:6.0f}  p99 {p99:6.0f}  most {most:5.0f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rate", type=float, default=5_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--reads", type=float, default=250, help="a second, by readers who ask no more than that")
    ask_place(parser)
    asked = parser.parse_args()
    people = max(asked.events // 50, 10)
    with filled(asked, lambda place: fill(place, asked.events, people)) as (place, keys):
        if asked.fill:
            return
        port, command = free_port(), [str(Path(sys.executable).parent / "limner"), "-w", str(place), "serve"]
        with running([*command, "--port", str(port)], port) as process:
            began = time.perf_counter()
            measure(Probe(port, keys, people), asked, process, began)


def ask_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--place", type=Path, help="a folder that is filled once, and kept")
    parser.add_argument("--fill", action="store_true", help="only fill it")


@contextmanager
def filled(asked: argparse.Namespace, fill: Callable[[Path], dict[str, str]]) -> Iterator[tuple[Path, dict[str, str]]]:
    """A workspace that ``fill`` has filled, and its keys; where a place is named, once."""
    with nullcontext(asked.place) if asked.place else TemporaryDirectory() as folder:
        place, kept = Path(folder) / "shop", Path(folder) / "keys.json"
        if not kept.exists():
            began = time.perf_counter()
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(fill(place)))
            print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
        yield place, json.loads(kept.read_text())


def measure(probe: Probe, asked: argparse.Namespace, process: Any, began: float) -> None:
    port, key, people = probe.port, probe.keys["api"], probe.people
    early = probe.read_early()
    print(f"ready after {time.perf_counter() - began:.1f} s, {tell_memory(process)}", flush=True)
    if early:
        tell_delays("portrait while everybody is folded first", early)
    read(port, key, people, 3, asked.connections)
    idle = read(port, key, people, asked.seconds, asked.connections)
    idle.tell("portraits of 48 tags, nothing else going on")
    read(port, key, people, 5, asked.connections, "").tell("the same with evidence")
    tell_delays("1,000 portraits looked up together", probe.look_up(20))
    with TemporaryDirectory() as folder:
        body, bare = Path(folder) / "body", free_port()
        body.write_bytes(b"x" * len(probe.ask("/api/v1/profiles/user_id:u1?evidence=false")))
        with running([sys.executable, "-c", BARE, str(bare), str(body)], bare):
            read(bare, key, people, 5, asked.connections).tell("as many bytes from the same server, unasked")
    rule = {"all": [{"events_7d": {"gte": 1}}, {"orders_7d": {"gte": 1}}]}
    probe.call("/api/v1/audiences", {"name": f"new_{uuid.uuid4().hex[:8]}", "rule": rule})
    tell_delays("event to portrait, nothing else going on", probe.see(20))
    see_under(probe, asked.rate, asked.seconds, process)
    with sending(port, probe.keys["write"], asked.seconds + 4, asked.rate):
        read(port, key, people, asked.seconds, asked.connections).tell(f"portraits at {asked.rate:,.0f} events/s")
    with sending(port, probe.keys["write"], asked.seconds + 4, asked.rate):
        few = read_at(port, key, people, asked.seconds, 32, rate=asked.reads)
        few.tell(f"{asked.reads:,.0f} portraits a second at {asked.rate:,.0f} events/s")
    heard: dict[str, float] = {}
    probe.follow(heard)
    asked_count = int(asked.seconds * 8)
    time.sleep(1)
    sent: dict[str, float] = {}
    with sending(port, probe.keys["write"], asked.seconds + 4, asked.rate):
        for number in range(asked_count):
            user = f"fresh{number}-{uuid.uuid4().hex}"
            probe.pay(user)
            sent[user] = time.perf_counter()
            time.sleep(0.1)
    time.sleep(2)  # for those who came last
    known = {user: probe.call(f"/api/v1/profiles/user_id:{user}?evidence=false")["customer_id"] for user in sent}
    told = [heard[known[user]] - at for user, at in sent.items() if known[user] in heard]
    tell_delays(f"event to audience told at {asked.rate:,.0f} events/s", told)
    assert len(told) >= asked_count * 0.9, f"only {len(told)} of {asked_count} were told"
    see_under(probe, 4 * asked.rate, asked.seconds, process)  # in the end: what it leaves behind is nobody's delay
    print(f"  all of it stored {wait_stored(port, key, process):.1f} s after the last", flush=True)
    tell_delays("event to portrait, nothing else going on", probe.see(20))


def see_under(probe: Probe, rate: float, seconds: float, process: Any) -> None:
    with sending(probe.port, probe.keys["write"], seconds + 4, rate):
        tell_delays(f"event to portrait at {rate:,.0f} events/s", probe.see(int(seconds * 4)))
    print(f"  {tell_memory(process)}", flush=True)


def is_ready(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    main()
