"""A long run: events at a steady rate, ticks, reads, counts, exports and compactions together, for as long as asked.

    python benches/soak.py [--minutes 30] [--rate 5000] [--events 2000000] [--plot docs/soak.svg]

The log is filled as in `live.py`. Then, until the time is over: a process sends batches of 100; another event now and
then tells how long an event takes to its customer's portrait; portraits are read, members of an audience counted, and
a quarter and three quarters through, everybody is exported. Every so often a line says how long each of these took
(p50 / p99, ms) and what the server holds in memory, all of it and its own without mapped files. The tail is compacted
whenever it is long, which the line counts. In the end everything sent must be in the log, and the parity of a sample
clean. ``--plot`` draws the lines.
"""

from __future__ import annotations

import argparse
import multiprocessing
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
from gateway import drive, free_port, running, wait_stored
from held import memory
from live import Probe, fill, is_ready

import limner

RULE = {"all": [{"events_7d": {"gte": 1}}, {"orders_7d": {"gte": 1}}]}
SLICE = 5.0
"""Seconds a sender sends before it tells how it went."""
KINDS = {
    "ack": "event answered",
    "portrait": "event to portrait",
    "read": "portrait read",
    "count": "audience counted",
}
COLOURS = {"ack": "#2a7", "portrait": "#c33", "read": "#36c", "count": "#b80", "held": "#333", "its own": "#999"}


@dataclass
class Delays:
    """Seconds by kind, since they were last taken. Safe to share between threads."""

    kinds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    lock: Lock = field(default_factory=Lock)

    def note(self, kind: str, *seconds: float) -> None:
        with self.lock:
            self.kinds[kind].extend(seconds)

    def take(self) -> dict[str, list[float]]:
        with self.lock:
            taken, self.kinds = self.kinds, {kind: [] for kind in KINDS}
        return taken


@dataclass(frozen=True)
class Line:
    """What a stretch of time was like: minutes since the beginning, ms (p50, p99) by kind, GB, compactions so far."""

    minutes: float
    delays: dict[str, tuple[float, float] | None]
    held: float
    own: float
    compactions: int

    def cells(self) -> list[str]:
        shown = [f"{self.minutes:.1f}"]
        shown += ["" if pair is None else f"{pair[0]:.0f} / {pair[1]:.0f}" for pair in self.delays.values()]
        return [*shown, f"{self.held:.2f}", f"{self.own:.2f}", str(self.compactions)]


def send(port: int, key: str, seconds: float, rate: float, told: Any) -> None:
    """In a process of its own."""
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0.1:
        load, _ = drive(port, key, min(SLICE, left), 8, 100, rate)
        told.put((load.sent, load.delays))
    told.put(None)


def repeat(
    work: Callable[[], float], kind: str, pause: float, delays: Delays, done: Event, failed: list[str]
) -> Thread:
    """Do it again and again beside, noting how long it takes."""

    def run() -> None:
        while not done.wait(pause):
            try:
                delays.note(kind, work())
            except Exception as error:  # whatever it is, it is told at the end and the run counts as failed
                failed.append(f"{kind}: {error}")

    thread = Thread(target=run, daemon=True)
    thread.start()
    return thread


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def start_readers(probe: Probe, delays: Delays, done: Event, failed: list[str]) -> list[Thread]:
    def read() -> float:
        user = f"u{probe.chance.integers(probe.people)}"
        return timed(lambda: probe.call(f"/api/v1/profiles/user_id:{user}?evidence=false"))

    def count() -> float:
        return timed(lambda: probe.call("/api/v1/audiences:estimate", {"rule": RULE}))

    def see() -> float:
        return Probe(probe.port, probe.keys, probe.people, seed=time.time_ns() % 2**32).see(1, rest=0.0)[0]

    works = (("portrait", see, 0.5), ("read", read, 0.05), ("count", count, 1.0))
    return [repeat(work, kind, pause, delays, done, failed) for kind, work, pause in works]


def export(probe: Probe) -> int:
    """Everybody as Parquet; bytes."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{probe.port}/api/v1/profiles:export",
        b"{}",
        {"Authorization": f"Bearer {probe.keys['api']}", "Content-Type": "application/json"},
    )
    size = 0
    with urllib.request.urlopen(request, timeout=600) as answer:
        while part := answer.read(1 << 20):
            size += len(part)
    return size


def measure(delays: dict[str, list[float]], minutes: float, process: Any, compactions: int) -> Line:
    pairs = {
        kind: (1e3 * float(np.quantile(found, 0.5)), 1e3 * float(np.quantile(found, 0.99))) if found else None
        for kind, found in delays.items()
    }
    status = Path(f"/proc/{process.pid}/status").read_text()
    own = int(status.split("RssAnon:")[1].split()[0]) / 1e6
    return Line(minutes, pairs, memory(process), own, compactions)


class Compactions:
    """Counted by the base's manifest, which each of them replaces."""

    def __init__(self, place: Path) -> None:
        self._manifest = place / "timelines" / "manifest.json"
        self._last = self._stamp()
        self.count = 0

    def _stamp(self) -> int:
        return self._manifest.stat().st_mtime_ns if self._manifest.exists() else 0

    def look(self) -> None:
        if (stamp := self._stamp()) != self._last:
            self.count, self._last = self.count + 1, stamp


def soak(probe: Probe, place: Path, process: Any, asked: argparse.Namespace) -> tuple[list[Line], int, list[str]]:
    """The lines, how many events were sent, and what went wrong."""
    seconds, every = asked.minutes * 60, max(asked.minutes * 60 / 30, 10.0)
    delays, done, failed, sent = Delays(), Event(), list[str](), 0
    spawn = multiprocessing.get_context("spawn")
    told = spawn.Queue()
    sender = spawn.Process(target=send, args=(probe.port, probe.keys["write"], seconds, asked.rate, told))
    sender.start()
    threads = start_readers(probe, delays, done, failed)
    exports = [seconds / 4, seconds * 3 / 4]
    began, due, lines, compactions = time.perf_counter(), every, list[Line](), Compactions(place)
    while (passed := time.perf_counter() - began) < seconds + 60:
        try:
            news = told.get(timeout=1.0)
        except Empty:
            news = ()
        if news is None:
            break
        if news:
            sent += news[0]
            delays.note("ack", *news[1])
        compactions.look()
        if exports and passed >= exports[0]:
            exports.pop(0)
            threads.append(Thread(target=lambda: print(f"exported {export(probe):,} bytes", flush=True)))
            threads[-1].start()
        if passed >= due:
            due += every
            lines.append(measure(delays.take(), passed / 60, process, compactions.count))
            print("| " + " | ".join(lines[-1].cells()) + " |", flush=True)
    done.set()
    for thread in threads:
        thread.join(180)
    sender.join()
    return lines, sent, failed


def draw(lines: Sequence[Line], title: str) -> str:
    """Two panels, latencies (p99, logarithmic) and memory over minutes, as SVG."""
    width, height, left, top, gap = 720, 190, 60, 40, 60
    last = max(line.minutes for line in lines)
    texts = [f'<text x="{left}" y="20" font-size="14">{title}</text>']

    def x(minutes: float) -> float:
        return left + (width - left - 130) * minutes / last

    def panel(
        place: int, series: dict[str, list[tuple[float, float]]], y: Callable[[float], float], marks: Any
    ) -> None:
        base = top + place * (height + gap)
        for mark, label in marks:
            level = base + height * (1 - y(mark))
            texts.append(f'<path d="M{left} {level:.1f}H{width - 130}" stroke="#ddd"/>')
            texts.append(f'<text x="{left - 6}" y="{level + 4:.1f}" text-anchor="end">{label}</text>')
        for number, (name, points) in enumerate(series.items()):
            path = " ".join(f"{x(at):.1f},{base + height * (1 - y(value)):.1f}" for at, value in points)
            colour = COLOURS[name]
            texts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
            label = KINDS.get(name, name)
            texts.append(f'<text x="{width - 122}" y="{base + 16 + 18 * number}" fill="{colour}">{label}</text>')
        for minute in np.linspace(0, last, 7):
            at = f'x="{x(minute):.1f}" y="{base + height + 16}"'
            texts.append(f'<text {at} text-anchor="middle">{minute:.1f}</text>')

    slow = {kind: [(line.minutes, pair[1]) for line in lines if (pair := line.delays[kind])] for kind in KINDS}
    tops = [value for points in slow.values() for _, value in points]
    decades = int(np.ceil(np.log10(max([*tops, 10.0]))))
    scale = [(10.0**power, f"{10**power} ms") for power in range(decades + 1)]
    panel(0, {k: p for k, p in slow.items() if p}, lambda value: float(np.log10(max(value, 1.0))) / decades, scale)
    most = max(line.held for line in lines) * 1.1
    held = {"held": [(one.minutes, one.held) for one in lines], "its own": [(one.minutes, one.own) for one in lines]}
    panel(1, held, lambda value: value / most, [(most * part, f"{most * part:.1f} GB") for part in (0, 0.5, 1)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + 2 * (height + gap)}" '
        f'font-family="sans-serif" font-size="11">\n' + "\n".join(texts) + "\n</svg>\n"
    )


def register(probe: Probe) -> None:
    """The audience; and everything once, so that what is compiled when it is first called is."""
    patiently(lambda: probe.call("/api/v1/audiences", {"name": "new", "rule": RULE}))
    patiently(lambda: drive(probe.port, probe.keys["write"], 1.0, 1, 100, 1_000))
    patiently(lambda: probe.see(3))
    patiently(lambda: probe.call("/api/v1/audiences:estimate", {"rule": RULE}))


def patiently(work: Callable[[], object]) -> None:
    """A server that is ready without being warm may ask to come back."""
    until = time.perf_counter() + 300
    while True:
        try:
            work()
            return
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.perf_counter() > until:
                raise
            time.sleep(1)


def check(place: Path) -> None:
    """What is shown equals what the log says; the server answers."""
    command = [str(Path(sys.executable).parent / "limner"), "-w", str(place), "--json", "doctor", "--parity"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    print(found.stdout.strip() or found.stderr.strip(), flush=True)
    assert found.returncode == 0, "parity is not clean"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=5_000)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    people = max(asked.events // 50, 10)
    with TemporaryDirectory() as folder:
        place, port = Path(folder) / "shop", free_port()
        keys = fill(place, asked.events, people)
        command = [str(Path(sys.executable).parent / "limner"), "-w", str(place), "serve", "--port", str(port)]
        with running(command, port) as process:
            while not is_ready(port):
                time.sleep(0.2)
            probe = Probe(port, keys, people)
            register(probe)
            heads = ["minutes", *KINDS.values(), "GB held", "its own", "compactions"]
            print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
            lines, sent, failed = soak(probe, place, process, asked)
            late = wait_stored(port, keys["api"], process)
            print(f"{sent:,} events sent; all stored {late:.1f} s after the last; {len(failed)} requests failed")
            check(place)
        with limner.open(place) as workspace:
            stored = workspace.parts.log.watermark() - asked.events
        assert stored >= sent, f"of {sent} acknowledged events {stored} are in the log"
    if asked.plot and lines:
        asked.plot.write_text(
            draw(lines, f"{asked.minutes:g} minutes at {asked.rate:,.0f} events/s: how long it took (p99), and GB held")
        )
    assert not failed, failed[:5]


if __name__ == "__main__":
    main()
