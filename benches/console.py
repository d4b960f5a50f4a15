"""The console in Chromium over a served workspace: how long until the first figures are on screen with nothing cached,
and from a change in the builder of audiences until its number is.

    python -m benches.console [--workspace DIR] [--customers 1000000]

Without a workspace one is filled by `million.py`. The console has to be built (`make console`). The 200 ms for which
the console waits for the next key are in the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benches.million import fill
from benches.operators import PORT, wait_until_ready

import limner
from limner.govern.roles import Role

CONSOLE = Path(__file__).parents[1] / "console"
USER, PASSWORD = "somebody", "who waits for the console"


def measure(folder: Path, scratch: Path) -> dict[str, list[float]]:
    """Milliseconds of each thing waited for."""
    with limner.open(folder) as workspace:
        if USER not in {user.user.name for user in workspace.users_list()}:
            workspace.users_add(USER, "admin", PASSWORD)
        key = workspace.keys.issue("bench", Role.ADMIN)
    command = [sys.executable, "-c", "from limner.cli import main; main()", "-w", str(folder), "serve"]
    server = subprocess.Popen([*command, "--port", str(PORT)], stderr=subprocess.DEVNULL)
    told = scratch / "measured.json"
    given = {
        "LIMNER_URL": f"http://127.0.0.1:{PORT}",
        "LIMNER_USER": USER,
        "LIMNER_PASSWORD": PASSWORD,
        "LIMNER_KEY": key,
        "LIMNER_MEASURED": str(told),
        "CHROMIUM": shutil.which("chromium") or "",
        "CI": "1",
    }
    try:
        wait_until_ready()
        words = ["npx", "--no-install", "vitest", "run", "-c", "e2e/vitest.config.ts", "speed"]
        subprocess.run(words, cwd=CONSOLE, env=os.environ | given, check=True, stdout=sys.stderr)
    finally:
        server.terminate()
        server.wait()
    took: dict[str, list[float]] = json.loads(told.read_text())
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--customers", type=int, default=1_000_000)
    asked = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = asked.workspace or Path(scratch) / "shop"
        if asked.workspace is None:
            fill(folder, asked.customers)
        for what, times in measure(folder, Path(scratch)).items():
            cuts = quantiles(times, n=20)
            print(f"{what:26}{len(times):5} times   p50 {cuts[9]:7.0f} ms   p95 {cuts[18]:7.0f} ms")


if __name__ == "__main__":
    main()
