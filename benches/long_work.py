"""Long work beside a server: how long senders and readers wait while everybody is folded, and exported.

    python benches/long_work.py [--events 10000000] [--rate 5000] [--seconds 15]

The log is filled as in `live.py`. Then events come in at ``--rate``, and portraits are read, first with nothing else
going on, then while one full fold follows the other, then one export. The ratio is of p99s: at most 2.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import numpy as np
from gateway import drive, free_port, running, tell
from held import tell_memory
from live import fill, is_ready, read

from limner.cli.served import connect


@contextmanager
def working(place: Path, verb: str, arguments: Callable[[int], dict[str, Any]]) -> Iterator[list[float]]:
    """Have the server do this again and again; the seconds of each time."""
    done = Event()
    took: list[float] = []

    def work() -> None:
        while not done.is_set():
            began = time.perf_counter()
            with connect(place) as served:
                assert served is not None, "it is served"
                served.call(verb, arguments(len(took)), lambda *far: None)
            took.append(time.perf_counter() - began)

    thread = Thread(target=work)
    thread.start()
    time.sleep(1)
    try:
        yield took
    finally:
        done.set()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rate", type=float, default=5_000)
    parser.add_argument("--seconds", type=float, default=15)
    asked = parser.parse_args()
    people = max(asked.events // 50, 10)
    with TemporaryDirectory() as folder:
        place, port = Path(folder) / "shop", free_port()
        keys = fill(place, asked.events, people)
        command = [str(Path(sys.executable).parent / "limner"), "-w", str(place), "serve", "--port", str(port)]
        with running(command, port) as process:
            while not is_ready(port):
                time.sleep(0.2)
            measure(asked, place, port, keys, people)
            print(tell_memory(process))


def measure(asked: argparse.Namespace, place: Path, port: int, keys: dict[str, str], people: int) -> None:
    works: dict[str, Callable[[int], dict[str, Any]]] = {
        "fold": lambda n: {},
        "export": lambda n: {"out": str(place.parent / f"out{n}.parquet")},
    }
    read(port, keys["api"], people, 2, 2)
    idle = read(port, keys["api"], people, asked.seconds, 2)
    idle.tell("portraits, nothing else going on")
    for verb, arguments in works.items():
        with working(place, verb, arguments) as took:
            beside = read(port, keys["api"], people, asked.seconds, 2)
        ratio = np.quantile(beside.delays, 0.99) / np.quantile(idle.delays, 0.99)
        beside.tell(f"beside a {verb}", f"  p99 {ratio:.2f}x; {verb} {np.mean(took):.1f} s")
    drive(port, keys["write"], 3, 8, 100, asked.rate)
    calm, seconds = drive(port, keys["write"], asked.seconds, 8, 100, asked.rate)
    tell("events, nothing else going on", calm, seconds)
    for verb, arguments in works.items():
        with working(place, verb, arguments) as took:
            load, seconds = drive(port, keys["write"], asked.seconds, 8, 100, asked.rate)
        ratio = np.quantile(load.delays, 0.99) / np.quantile(calm.delays, 0.99)
        tell(f"beside a {verb}", load, seconds, f"  p99 {ratio:.2f}x; {verb} {np.mean(took):.1f} s")


if __name__ == "__main__":
    main()
