"""What a process holds in memory, and by how much that grows."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import numpy as np
import numpy.typing as npt


@contextmanager
def watched(process: subprocess.Popen[bytes]) -> Iterator[list[tuple[float, int, int]]]:
    """Every second: when it was, the bytes a process holds, and how many of them are its own."""
    looks: list[tuple[float, int, int]] = []
    done = Event()

    def look() -> None:
        while not done.wait(1) and process.poll() is None:
            looks.append((time.perf_counter(), *read_memory(process)))

    thread = Thread(target=look)
    thread.start()
    try:
        yield looks
    finally:
        done.set()
        thread.join()


def tell_growth(held: npt.NDArray[np.float64], sent: int) -> str:
    """How much more was held at the end of the last half than at its beginning, by a straight line through it."""
    half = held[len(held) // 2 :]
    seconds = half[:, 0] - half[0, 0]
    events = seconds[-1] * sent / (held[-1, 0] - held[0, 0])
    whole, own = (np.polyfit(seconds, half[:, column], 1)[0] * seconds[-1] for column in (1, 2))
    means = [np.mean(part[:, 2]) / 1e9 for part in (held[: len(held) // 2], half)]
    return (
        f"its own, on average: first half {means[0]:.3f}, last half {means[1]:.3f} GB; over the last half it grew by "
        f"{own / 1e6:+.1f} MB, {own / events:+.1f} bytes an event ({whole / events:+.1f} with the files it has mapped)"
    )


def tell_held(held: list[tuple[float, int, int]]) -> str:
    whole, own = np.mean([look[1:] for look in held], axis=0) / 1e9
    return f"{whole:.3f} GB held, {own:.3f} GB its own"


def tell_memory(process: subprocess.Popen[bytes]) -> str:
    return tell_held([(0.0, *read_memory(process))])


def read_memory(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The bytes it holds, and how many are its own: the rest are files it has mapped, which the kernel may drop."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    whole, own = (int(text.split(f"{name}:")[1].split()[0]) * 1024 for name in ("VmRSS", "RssAnon"))
    return whole, own


def memory(process: subprocess.Popen[bytes]) -> float:
    """GB it holds."""
    return read_memory(process)[0] / 1e9
