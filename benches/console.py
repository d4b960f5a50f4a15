"""The console in Chromium over a served workspace: how long until each page shows what it is about, with nothing
cached, what it asks for by then, and how long from a change in the builder of audiences until its number is there.

    python -m benches.console [--workspace DIR] [--customers 1000000] [--visits 5] [--tail 200000]

Without a workspace one is filled by `million.py`. The console has to be built (`make console`). With ``--tail`` so many
events of its customers come in first, which no fold has brought to the files yet: every number has to read them too.
Each visit has a browser of its own, signed in; the second half of them a line of 10 Mbit/s that answers after 40 ms.
Each change is one after a pause, which the console counts at once.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from benches.million import fill
from benches.operators import PORT, wait_until_ready

import limner
from limner.govern.roles import Role

CONSOLE = Path(__file__).parents[1] / "console"
USER, PASSWORD = "somebody", "who waits for the console"
BATCH = 1000
"""Events a request."""


def measure(folder: Path, scratch: Path, turns: int, what: str = "speed", tail: int = 0) -> dict[str, Any]:
    """What a file of `console/e2e` measured of a served workspace, once `tail` events had come in: in `speed` of each
    page its visits, and the milliseconds of each change."""
    with limner.open(folder) as workspace:
        if USER not in {user.user.name for user in workspace.users_list()}:
            workspace.users_add(USER, "admin", PASSWORD)
        key, write_key = workspace.keys.issue("bench", Role.ADMIN), workspace.keys.issue("bench tail", Role.WRITE)
        customers = workspace.overview()["customers"]
    command = [sys.executable, "-c", "from limner.cli import main; main()", "-w", str(folder), "serve"]
    server = subprocess.Popen([*command, "--port", str(PORT)], stderr=subprocess.DEVNULL)
    told = scratch / "measured.json"
    given = {
        "LIMNER_URL": f"http://127.0.0.1:{PORT}",
        "LIMNER_USER": USER,
        "LIMNER_PASSWORD": PASSWORD,
        "LIMNER_KEY": key,
        "LIMNER_MEASURED": str(told),
        "LIMNER_VISITS": str(turns),
        "CHROMIUM": shutil.which("chromium") or "",
        "CI": "1",
    }
    try:
        wait_until_ready()
        if tail:
            send(tail, customers, write_key)
        words = ["npx", "--no-install", "vitest", "run", "-c", "e2e/vitest.config.ts", what]
        done = subprocess.run(words, cwd=CONSOLE, env=os.environ | given, check=False, stdout=sys.stderr)
    finally:
        server.terminate()
        server.wait()
    if not told.exists():
        raise SystemExit("Nothing was measured; what failed is said above.")
    if done.returncode:
        print("Some of it failed, as said above; the rest was measured.", file=sys.stderr)
    took: dict[str, Any] = json.loads(told.read_text())
    return took


def send(events: int, customers: int, write_key: str) -> None:
    """So many orders of `million.py`'s customers, and time for all of them to be in the log."""
    draw = random.Random(events)
    login = base64.b64encode(f"{write_key}:".encode()).decode()
    head = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    for _ in range(0, events, BATCH):
        order = {"type": "track", "event": "order_paid", "properties": {"amount": 40}}
        batch = [order | {"userId": f"user_{draw.randrange(customers):08d}"} for _ in range(BATCH)]
        body = json.dumps({"batch": batch}).encode()
        urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{PORT}/v1/batch", body, head)).close()
    time.sleep(8)


def say_visits(visits: dict[str, list[dict[str, float]]]) -> None:
    print(f"{'page':40}{'first paint':>12}{'useful, p50':>12}{'most':>8} ms{'requests':>10}{'kB':>7}{'script':>8}")
    for path, seen in visits.items():
        middle = {what: median(one[what] for one in seen) for what in seen[0]}
        most = max(one["useful"] for one in seen)
        times = f"{middle['painted']:12.0f}{middle['useful']:12.0f}{most:8.0f}"
        print(f"{path:40}{times}{middle['requests']:13.0f}{middle['bytes'] / 1e3:7.0f}{middle['script'] / 1e3:8.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--tail", type=int, default=0)
    asked = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = asked.workspace or Path(scratch) / "shop"
        if asked.workspace is None:
            fill(folder, asked.customers)
        took = measure(folder, Path(scratch), asked.visits, tail=asked.tail)
        say_visits(took["visits"])
        for what, times in took["changes"].items():
            cuts = quantiles(times, n=20)
            print(f"{what:26}{len(times):5} times   p50 {cuts[9]:7.0f} ms   p95 {cuts[18]:7.0f} ms")


if __name__ == "__main__":
    main()
