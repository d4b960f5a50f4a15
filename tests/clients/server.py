"""A real ``limner serve`` in a process of its own, on a workspace and a port that outlive it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import Self

import limner

LIMNER = [sys.executable, "-c", "from limner.cli import main; main()"]
PATIENCE = 60.0
"""Seconds until it must be ready."""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Server:
    """Made with a fresh workspace; as a context manager it runs in between."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        keys = limner.init(folder)
        self.write_key, self.api_key = keys.write_key, keys.api_key
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._restarting = Lock()

    def start(self) -> None:
        words = [*LIMNER, "-w", str(self.folder), "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log)
        self._wait_until_ready()

    def restart(self, dead: Event) -> None:
        """`kill` and `start`; ``dead`` is set in between."""
        with self._restarting:
            try:
                self.kill()
            finally:
                dead.set()
            self.start()

    def stop(self) -> None:
        """As an operator stops it: SIGTERM. Its client may have gone before it is there again: that is waited for."""
        with self._restarting:
            assert self._process is not None
            self._process.send_signal(signal.SIGTERM)
            assert self._process.wait(timeout=PATIENCE) == 0, self.said
            self._process = None

    def kill(self) -> None:
        """As a power cut stops it: SIGKILL."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=PATIENCE)
        self._process = None

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def said(self) -> str:
        """All it printed, in every life."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill()

    @property
    def _log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.server.log")

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            assert self._process is not None
            assert self._process.poll() is None, self.said
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        raise AssertionError("the server did not become ready")
