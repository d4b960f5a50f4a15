"""A process that does one task beside the server: started, listened to, and ended with it.

Its input and output are pipes that carry a JSON object a line. It ends when its input does, so it never outlives its
server, however that ends.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

import msgspec

from limner.errors import LimnerError, Unavailable
from limner.jobs.talk import read_error
from limner.jobs.tasks import TASK, Task

ERRORS = "errors.txt"
"""In the task's folder: what the process wrote to its standard error."""
SHOWN = 400
"""Characters of it that are told, from its end."""


def start_child(folder: Path, task: Task) -> Child:
    """Have a process of its own do the task. ``folder`` is its own as well; the task is left there for it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / TASK).write_bytes(pickle.dumps(task))
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))  # the Limner that asks does the work
    with (folder / ERRORS).open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "limner.work", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": path},
        )
    return Child(process, folder)


class Child:
    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._last: Mapping[str, Any] = {}

    @property
    def pid(self) -> int:
        return self._process.pid

    def messages(self) -> Iterator[Mapping[str, Any]]:
        """What it says until it ends, but for its last word: that is `result`."""
        assert self._process.stdout is not None, "it was started with a pipe"
        for line in self._process.stdout:
            if not line.endswith(b"\n"):
                return  # it was killed in the middle of a word
            message = msgspec.json.decode(line)
            if "result" in message or "error" in message:
                self._last = message
            else:
                yield message

    def send(self, message: Mapping[str, Any]) -> None:
        """Tell it something; it may be gone."""
        assert self._process.stdin is not None, "it was started with a pipe"
        with suppress(BrokenPipeError):
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")
            self._process.stdin.flush()

    def result(self) -> Mapping[str, Any]:
        """What it ended with. Raises what it raised; Unavailable when it died without a word."""
        status = self._process.wait()
        if "error" in self._last:
            raise read_error(self._last["error"])
        if "result" not in self._last:
            raise self._died(status)
        result: Mapping[str, Any] = self._last["result"]
        return result

    def _died(self, status: int) -> LimnerError:
        if status == -signal.SIGKILL:
            how = "was killed (signal 9): by somebody, or because the machine ran out of memory"
        elif status < 0:
            how = f"was killed (signal {-status})"
        else:
            how = f"ended with status {status}"
        said = (self._folder / ERRORS).read_text(errors="replace").strip()
        told = f" It said: {said[-SHOWN:]}" if said else ""
        return Unavailable(f"The process that did it {how}.{told}", hint="Nothing half done was kept: resume the job.")

    def terminate(self, grace: float) -> None:
        """Tell it to stop; it puts its things away first. One that cannot hear is killed after so many seconds."""
        self._process.terminate()
        killing = Timer(grace, self._process.kill)
        killing.daemon = True
        killing.start()

    def end(self, grace: float) -> None:
        """Make sure that it is gone: told so, and after so many seconds killed."""
        assert self._process.stdin is not None, "it was started with a pipe"
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
