"""Fifty operators in the console at once: how long the calls of its pages take, signed in, beside a bare answer.

    python -m benches.operators [--workspace DIR] [--customers 20000] [--operators 50] [--seconds 30]

Each operator does what a page does: opens the first page, searches, reads a portrait with its timeline, counts an
audience, and thinks a moment before each call. Without a workspace a demo shop is made. The peer in the same run is
`/healthz` of the same server under the same load: what HTTP, threads and the machine cost by themselves. They share the
machine with the server, so what both take of its processors is told; all operators are one thread, as with one each
what is measured is how they wait for each other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any

import uvloop

import limner
from limner.demo.build import build_demo

PASSWORD = "fifty operators at once"
RULES = [{"spend_90d": {"gte": 500}}, {"all": [{"spend_90d": {"gte": 100}}, {"orders_90d": {"gte": 2}}]}]
PORT = 8399
APART = ("bare", "sign in")
"""Calls that are no page's."""


class Operator:
    """One browser: a connection, a session, and what was waited for."""

    def __init__(self, name: str, keys: list[str], think: float) -> None:
        self.who, self.keys, self.think = name, keys, think
        self.random = random.Random(name)
        self.took: dict[str, list[float]] = defaultdict(list)
        self.head = ""

    async def call(self, what: str, method: str, path: str, body: Any = None) -> bytes:
        began = time.perf_counter()
        text = b"" if body is None else json.dumps(body).encode()
        described = f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n" if text else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{self.head}{described}\r\n"
        self.writer.write(head.encode() + text)
        answered = await self.reader.readuntil(b"\r\n\r\n")
        lines = [line.partition(b": ") for line in answered.split(b"\r\n")]
        named = {name.lower(): value for name, _, value in lines}
        document = await self.reader.readexactly(int(named[b"content-length"]))
        self.took[what].append(time.perf_counter() - began)
        assert b" 200 " in lines[0][0], (path, lines[0][0], document[:300])
        if cookie := named.get(b"set-cookie"):
            self.head = f"Cookie: {cookie.decode().partition(';')[0]}\r\n"
        return document

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT)

    async def sign_in(self) -> None:
        await self.connect()
        asked = {"user": self.who, "password": PASSWORD}
        session = json.loads(await self.call("sign in", "POST", "/api/v1/session", asked))
        self.head += f"X-CSRF-Token: {session['csrf_token']}\r\n"
        self.writer.close()  # the server would do so while others sign in

    async def run(self, until: float) -> None:
        await self.connect()
        while time.monotonic() < until:
            key = self.random.choice(self.keys)
            for what, method, path, body in (
                ("overview", "GET", "/api/v1/overview", None),
                ("search", "GET", f"/api/v1/customers:search?q={key.partition(':')[2][:6]}", None),
                ("portrait", "GET", f"/api/v1/profiles/{key}", None),
                ("timeline", "GET", f"/api/v1/profiles/{key}/timeline", None),
                ("tags", "GET", "/api/v1/tags", None),
                ("estimate", "POST", "/api/v1/audiences:estimate", {"rule": self.random.choice(RULES)}),
                ("bare", "GET", "/healthz", None),
            ):
                await self.call(what, method, path, body)
                await asyncio.sleep(2 * self.think * self.random.random())
        self.writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--operators", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--think", type=float, default=1 / 6, help="seconds between two calls, on average")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.workspace or Path(scratch) / "shop"
        if asked.workspace is None:
            build_demo(folder, lambda *_: None, asked.customers)
        names = [f"operator{number}" for number in range(asked.operators)]
        with limner.open(folder) as workspace:
            customers = workspace.overview()["customers"]
            keys = [f"c{number}" for number in range(0, customers, max(customers // 500, 1))]
            portraits = [one for one in workspace.profiles(keys) if one is not None]
            keys = ["{type}:{value}".format(**one.identifiers[0]) for one in portraits]
            known = {user.user.name for user in workspace.users_list()}
            for name in names:
                if name not in known:
                    workspace.users_add(name, "operator", PASSWORD)
        measure(folder, names, keys, customers, asked)


def measure(folder: Path, names: list[str], keys: list[str], customers: int, asked: argparse.Namespace) -> None:
    command = [sys.executable, "-c", "from limner.cli import main; main()", "-w", str(folder), "serve"]
    server = subprocess.Popen([*command, "--port", str(PORT)], stderr=subprocess.DEVNULL)
    try:
        wait_until_ready()
        operators = [Operator(name, keys, asked.think) for name in names]
        spent, seconds = uvloop.run(load(operators, server.pid, asked.seconds))
    finally:
        server.terminate()
        server.wait()
    took: dict[str, list[float]] = defaultdict(list)
    for operator in operators:
        for what, waited in operator.took.items():
            took[what] += waited
    calls = sum(len(waited) for what, waited in took.items() if what != "sign in")
    every = [one for what, waited in took.items() if what not in APART for one in waited]
    print(f"{customers:,} customers, {len(names)} operators, {len(every) / seconds:.0f} calls/s")
    each = (f"{who} {1e3 * of / calls:.2f} ms a call, {of / seconds:.0%} of one" for who, of in spent.items())
    print(f"processor: {'; '.join(each)}")
    for what, waited in [*took.items(), ("all but bare and sign in", every)]:
        cuts = quantiles(waited, n=100)
        print(f"{what:26}{len(waited):7} calls   p50 {cuts[49] * 1e3:7.1f} ms   p95 {cuts[94] * 1e3:7.1f} ms")


async def load(operators: Sequence[Operator], server: int, seconds: float) -> tuple[dict[str, float], float]:
    """Processor seconds that server and operators took of how many, once all are signed in."""
    await asyncio.gather(*(operator.sign_in() for operator in operators))
    before, own, began = read_processor(server), time.process_time(), time.monotonic()
    await asyncio.gather(*(operator.run(began + seconds) for operator in operators))
    spent = {"server": read_processor(server) - before, "operators": time.process_time() - own}
    return spent, time.monotonic() - began


def read_processor(process: int) -> float:
    """Seconds it has had of processors."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_ready() -> None:
    for _ in range(1200):
        connection = HTTPConnection("127.0.0.1", PORT, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise SystemExit("The server did not come up.")


if __name__ == "__main__":
    main()
