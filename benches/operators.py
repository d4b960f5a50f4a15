"""Fifty operators in the console at once: how long the calls of its pages take, signed in, beside a bare answer.

    python -m benches.operators [--workspace DIR] [--customers 20000] [--operators 50] [--seconds 30]

Each operator does what a page does: opens the first page, searches, reads a portrait with its timeline, counts an
audience, and thinks a moment before each call. Without a workspace a demo shop is made. The peer in the same run is
`/healthz` of the same server under the same load: what HTTP, threads and the machine cost by themselves.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any

import limner
from limner.demo.build import build_demo

PASSWORD = "fifty operators at once"
RULES = [{"spend_90d": {"gte": 500}}, {"all": [{"spend_90d": {"gte": 100}}, {"orders_90d": {"gte": 2}}]}]
PORT = 8399


class Operator:
    """One browser: a connection, a session, and what was waited for."""

    def __init__(self, name: str, keys: list[str], think: float) -> None:
        self.connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.who, self.keys, self.think = name, keys, think
        self.random = random.Random(name)
        self.took: dict[str, list[float]] = defaultdict(list)
        self.head: dict[str, str] = {}

    def call(self, what: str, method: str, path: str, body: Any = None) -> Any:
        began = time.perf_counter()
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, self.head | {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        document = answer.read()
        self.took[what].append(time.perf_counter() - began)
        assert answer.status == 200, (path, answer.status, document[:300])
        if cookie := answer.headers.get("Set-Cookie"):
            self.head["Cookie"] = cookie.partition(";")[0]
        return json.loads(document)

    def sign_in(self) -> None:
        session = self.call("sign in", "POST", "/api/v1/session", {"user": self.who, "password": PASSWORD})
        self.head["X-CSRF-Token"] = session["csrf_token"]

    def run(self, until: float) -> None:
        self.connection.close()  # the server may have done so while others signed in
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
                self.call(what, method, path, body)
                time.sleep(2 * self.think * self.random.random())


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
        together(operators, Operator.sign_in)
        until = time.monotonic() + asked.seconds
        together(operators, lambda operator: operator.run(until))
    finally:
        server.terminate()
        server.wait()
    took: dict[str, list[float]] = defaultdict(list)
    for operator in operators:
        for what, seconds in operator.took.items():
            took[what] += seconds
    every = [one for what, seconds in took.items() if what not in ("bare", "sign in") for one in seconds]
    print(f"{customers:,} customers, {len(names)} operators, {len(every) / asked.seconds:.0f} calls/s")
    for what, seconds in [*took.items(), ("all but bare and sign in", every)]:
        cuts = quantiles(seconds, n=100)
        print(f"{what:26}{len(seconds):7} calls   p50 {cuts[49] * 1e3:7.1f} ms   p95 {cuts[94] * 1e3:7.1f} ms")


def together(operators: list[Operator], work: Callable[[Operator], None]) -> None:
    threads = [threading.Thread(target=work, args=(operator,)) for operator in operators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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
