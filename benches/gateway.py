"""Durable ingest over HTTP: batches of 100 Segment messages on real connections, answered when they are on the disk.

    python benches/gateway.py [--seconds 10] [--connections 8] [--rate 5000]
    python benches/gateway.py --minutes 10 [--rate 5000] [--same-people]

Three servers in one run: Limner; the same web server answering 200 without looking (the limit); and Limner with one
event a request (what batches and group commit are worth). Then the acknowledgement's delay at a steady ``--rate``.
Afterwards every event must be in the log, once.

With ``--minutes`` only the steady rate is tried. What the server holds in memory is looked at every second, and told by
the minute; in the end by how much it grew over the last half. Every minute brings some 3,200 people who were not there
before; with ``--same-people`` it brings those of the warm-up again, so that what is left grows with events alone.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from held import tell_growth, tell_held, tell_memory, watched

import limner

BARE = """
import sys, uvicorn
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"16")]})
    await send({"type": "http.response.body", "body": b'{"success":true}'})
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
"""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*command])
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 0.1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def make_body(size: int, chance: np.random.Generator) -> bytes:
    """A batch as a server's client sends it, about 500 bytes a message."""
    batch = []
    for _ in range(size):
        customer = int(chance.integers(200_000))
        batch.append(
            {
                "integrations": {},
                "type": "track",
                "event": ("view_item", "add_to_cart", "order_paid")[int(chance.integers(3))],
                "userId": f"u{customer}",
                "anonymousId": f"{customer:08x}-5c1e-4b9e-9d7c-0242ac120002",
                "messageId": str(uuid.UUID(bytes=chance.bytes(16))),
                "timestamp": "2026-11-22T10:00:00.123+00:00",
                "context": {"library": {"name": "analytics-python", "version": "2.4.0"}, "locale": "zh-CN"},
                "properties": {
                    "sku": f"s{chance.integers(5000)}",
                    "category": "护肤",
                    "amount": 12.5,
                    "channel": "app",
                },
            }
        )
    return json.dumps({"batch": batch, "sentAt": "2026-11-22T10:00:01Z"}, ensure_ascii=False).encode()


@dataclass
class Load:
    """What the senders did."""

    size: int
    sent: int = 0
    delays: list[float] = field(default_factory=list)


async def send(port: int, key: str, load: Load, until: float, number: int, pace: float, again: bool) -> None:
    """One connection: a request after the other; with a ``pace`` (seconds) never sooner than that after the last.
    ``again``: from the people that this connection had before."""
    chance = np.random.default_rng(number if again else number + time.time_ns() % 10**9)
    authorization = base64.b64encode(f"{key}:".encode()).decode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ready = [make_body(load.size, chance) for _ in range(4)]
    due = time.perf_counter() + pace * number / 8
    count, first = 0, time.time_ns() % 10**12
    while time.perf_counter() < until:
        # New ids in a body made before: the sender must cost little, it shares the machine.
        body = ready[count % 4].replace(b'"messageId": "', b'"messageId": "%d-%d-' % (number, first + count))
        head = (
            f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {authorization}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        if pace:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += pace
        began = time.perf_counter()
        writer.write(head + body)
        status = await reader.readline()
        length = 0
        while (line := await reader.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        await reader.readexactly(length)
        assert b" 200 " in status, status
        load.delays.append(time.perf_counter() - began)
        load.sent += load.size
        count += 1
    writer.close()


def drive(
    port: int, key: str, seconds: float, connections: int, size: int, rate: float = 0.0, again: bool = False
) -> tuple[Load, float]:
    """Send for some seconds; the load and the seconds it took. ``again``: from the people there were before."""
    load = Load(size)
    pace = connections * size / rate if rate else 0.0

    async def run() -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(send(port, key, load, until, number, pace, again) for number in range(connections)))

    began = time.perf_counter()
    asyncio.run(run())
    return load, time.perf_counter() - began


def tell(name: str, load: Load, seconds: float, extra: str = "") -> float:
    rate = load.sent / seconds
    p50, p99, most = (1e3 * float(np.quantile(load.delays, q)) for q in (0.5, 0.99, 1.0))
    print(f"{name:34} {rate:9,.0f} events/s   answer p50 {p50:6.1f}  p99 {p99:6.1f}  most {most:6.0f} ms{extra}")
    return rate


def wait_stored(port: int, api_key: str, process: subprocess.Popen[bytes]) -> float:
    """Seconds until the log has everything."""
    began = time.perf_counter()
    while True:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {api_key}"}
        )
        text = urllib.request.urlopen(request).read().decode()
        behind = [line for line in text.splitlines() if line.startswith("limner_intake_behind_bytes ")]
        if behind and float(behind[0].split()[1]) == 0:
            return time.perf_counter() - began
        assert process.poll() is None, "the server died"
        assert time.perf_counter() - began < 300, "the intake never catches up"
        time.sleep(0.05)


def endure(minutes: int, connections: int, rate: float, again: bool) -> None:
    """A steady rate for so long: delays, and memory, of which the last half must not need more than the first."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "shop"
        keys = limner.init(place)
        port = free_port()
        command = [str(Path(sys.executable).parent / "limner"), "-w", str(place), "serve", "--port", str(port)]
        sent = 0
        with running(command, port) as process, watched(process) as held:
            drive(port, keys.write_key, 5, connections, 100, rate, again)  # what is compiled and mapped once
            print(f"begin      {tell_memory(process)}", flush=True)
            held.clear()
            for minute in range(1, minutes + 1):
                begun = len(held)
                load, seconds = drive(port, keys.write_key, 60, connections, 100, rate, again)
                assert process.poll() is None, "the server has died"
                sent += load.sent
                tell(f"minute {minute:2}", load, seconds, f"   {tell_held(held[begun:])}")
            told = tell_growth(np.array(held), sent)
            wait_stored(port, keys.api_key, process)
            print(f"all stored {tell_memory(process)}")
        with limner.open(place) as workspace:
            stored, people = workspace.parts.log.watermark(), workspace.doctor()["customers"]
        print(f"sent and answered {sent:,}; in the log {stored:,}, of {people:,} people")
        print(told)
        assert stored >= sent, "an acknowledged event is missing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rate", type=float, default=5000)
    parser.add_argument("--steady-seconds", type=float, default=10)
    parser.add_argument("--minutes", type=int)
    parser.add_argument("--same-people", action="store_true")
    options = parser.parse_args()
    if options.minutes:
        endure(options.minutes, options.connections, options.rate, options.same_people)
        return
    port = free_port()
    with running([sys.executable, "-c", BARE, str(port)], port):
        load, seconds = drive(port, "key", options.seconds / 2, options.connections, 100)
        limit = tell("bare server, nothing is looked at", load, seconds)
    with TemporaryDirectory() as folder:
        place = Path(folder) / "shop"
        keys = limner.init(place)
        port = free_port()
        command = [str(Path(sys.executable).parent / "limner"), "-w", str(place), "serve", "--port", str(port)]
        with running(command, port) as process:
            drive(port, keys.write_key, 1, 2, 100)
            sent = 0
            load, seconds = drive(port, keys.write_key, options.seconds, options.connections, 100)
            late = wait_stored(port, keys.api_key, process)
            sent += load.sent
            full = tell("Limner, batches of 100", load, seconds, f"   stored {late:.1f} s later")
            sustained = load.sent / (seconds + late)
            print(f"{'':34} {sustained:9,.0f} events/s until all were in the log   {tell_memory(process)}")
            load, seconds = drive(port, keys.write_key, options.seconds / 2, options.connections, 1)
            sent += load.sent
            single = tell("Limner, one event a request", load, seconds)
            wait_stored(port, keys.api_key, process)
            load, seconds = drive(port, keys.write_key, options.steady_seconds, options.connections, 100, options.rate)
            sent += load.sent
            tell(f"Limner at {options.rate:,.0f} events/s", load, seconds, f"   {tell_memory(process)}")
            wait_stored(port, keys.api_key, process)
        print(f"Limner / limit {full / limit:.2f}; batches / single events {full / single:.1f}x")
        with limner.open(place) as workspace:
            stored = workspace.parts.log.watermark()
        print(f"sent and answered {sent:,} besides the warm-up; in the log {stored:,}")
        assert stored >= sent, "an acknowledged event is missing"


if __name__ == "__main__":
    main()
