"""Many readers at once, by wrk where it is installed: written in C, it costs the servers that are measured little."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("reads.lua")


@dataclass(frozen=True)
class Told:
    """What wrk saw; milliseconds."""

    rate: float
    p50: float
    p99: float
    most: float
    failed: int

    def tell(self, name: str) -> None:
        failed = f"   {self.failed} failed" if self.failed else ""
        figures = f"p50 {self.p50:6.2f}  p99 {self.p99:6.2f}  most {self.most:5.0f} ms"
        print(f"{name:48} {self.rate:8,.0f} /s   {figures}{failed}", flush=True)


def is_installed() -> bool:
    return shutil.which("wrk") is not None


def ask(
    port: int,
    people: int,
    before: str,
    after: str,
    *,
    header: str = "Accept: application/json",
    path: str | None = None,
    seconds: float = 5,
    connections: int = 4,
) -> Told:
    """Ask for people at random: ``before`` + number + ``after`` is the path, or the body posted to ``path``."""
    asked = {
        "PEOPLE": str(people),
        "METHOD": "GET" if path is None else "POST",
        "AS": "path" if path is None else "body",
        "ASKED": path or "",
        "BEFORE": before,
        "AFTER": after,
        "HEADER": header,
        "SEED": "11",
    }
    command = ["wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "-s", str(SCRIPT), f"http://127.0.0.1:{port}"]
    text = subprocess.run(command, env=os.environ | asked, check=True, capture_output=True, text=True).stdout
    told = next(line for line in text.splitlines() if line.startswith("told "))
    requests, took, p50, p99, most, failed = (float(number) for number in told.split()[1:])
    return Told(requests / took * 1e6, p50 / 1e3, p99 / 1e3, most / 1e3, int(failed))
