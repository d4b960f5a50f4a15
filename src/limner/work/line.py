"""The line to the server: a JSON object a line, out by one pipe and in by another.

When the server is gone its pipe ends, and with it this process.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, BinaryIO

import msgspec

EVERY = 0.1
"""Seconds between two words on how far it is with the same."""
GRACE = 3.0
"""Seconds to put things away once the server is gone."""


class Line:
    def __init__(self, heard: BinaryIO, said: BinaryIO) -> None:
        self._heard = heard
        self._said = said
        self._lock = Lock()
        self._answers: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        self._told = ("", 0.0)
        Thread(target=self._listen, name="line", daemon=True).start()

    def say(self, message: Mapping[str, Any]) -> None:
        with self._lock:
            self._said.write(msgspec.json.encode(message) + b"\n")
            self._said.flush()

    def tell(self, what: str, done: int, total: int) -> None:
        """How far it is; not more often than somebody could read it."""
        before, at = self._told
        if what != before or done == total or monotonic() - at >= EVERY:
            self._told = (what, monotonic())
            self.say({"progress": [what, done, total]})

    def ask(self, question: Mapping[str, Any]) -> Any:
        """The server's answer to a question."""
        self.say(question)
        return self.hear()["answer"]

    def hear(self) -> Mapping[str, Any]:
        """The next thing the server says."""
        return self._answers.get()

    def read_keys(self, seqs: Sequence[int]) -> list[tuple[str, str]]:
        """`limner.ports.log.Log.event_keys`, asked of the server."""
        return [(event_id, source) for event_id, source in self.ask({"keys": [int(seq) for seq in seqs]})]

    def _listen(self) -> None:
        for line in self._heard:
            self._answers.put(msgspec.json.decode(line))
        os.kill(os.getpid(), signal.SIGTERM)
        sleep(GRACE)
        os._exit(1)
