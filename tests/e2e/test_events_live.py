"""A real server, and people who watch what comes in: by command line and over HTTP."""

from __future__ import annotations

import base64
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from limner import init
from limner.cli.served import connect

LIMNER = [sys.executable, "-c", "from limner.cli import main; main()"]


class Server:
    """A served workspace."""

    def __init__(self, folder: Path) -> None:
        keys = init(folder)
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        self.folder, self.api_key, self.url = folder, keys.api_key, f"http://127.0.0.1:{port}"
        self._login = base64.b64encode(f"{keys.write_key}:".encode()).decode()
        words = [*LIMNER, "-w", str(folder), "serve", "--port", str(port)]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    def send(self, name: str, **more: Any) -> None:
        body = json.dumps({"event": name, "userId": "u1", "messageId": name, **more}).encode()
        request = urllib.request.Request(f"{self.url}/v1/track", body, {"Authorization": f"Basic {self._login}"})
        urllib.request.urlopen(request, timeout=10).close()

    def words(self, *words: str) -> list[str]:
        return [*LIMNER, "-w", str(self.folder), "events", "tail", "--json", *words]


@pytest.fixture(autouse=True)
def heard_interrupts() -> Iterator[None]:
    """What a script begins in its background ignores Ctrl-C, and so do all whom it begins: here it is heard."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "shop")
    yield server
    server.process.kill()
    server.process.wait()


def test_what_comes_in_is_seen_from_everywhere_until_the_server_stops(server: Server) -> None:
    server.send("first")
    server.send("second", timestamp="never")
    tail = subprocess.Popen(server.words("--follow"), stdout=subprocess.PIPE, text=True)
    assert tail.stdout is not None
    assert [json.loads(tail.stdout.readline())["name"] for _ in range(2)] == ["first", "second"]
    server.send("third")
    assert json.loads(tail.stdout.readline())["name"] == "third"

    request = urllib.request.Request(f"{server.url}/api/v1/events:live")
    request.add_header("Authorization", f"Bearer {server.api_key}")
    live = urllib.request.urlopen(request, timeout=20)
    assert live.readline() == b"retry: 2000\n"
    server.send("fourth")
    told = next(line for line in iter(live.readline, b"") if line.startswith(b"data: "))
    assert json.loads(told.removeprefix(b"data: "))["name"] == "fourth"
    assert json.loads(tail.stdout.readline())["name"] == "fourth"

    tail.send_signal(signal.SIGINT)
    assert tail.communicate(timeout=10)[0] == ""
    assert tail.returncode == 0
    done = subprocess.run(server.words("--refused"), capture_output=True, text=True, check=True)
    (refused,) = json.loads(done.stdout)["events"]
    assert (refused["name"], refused["outcome"]) == ("second", "refused")
    assert "never" in refused["reason"]

    started = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0
    assert time.monotonic() - started < 8, "those who watch do not hold it up"
    assert b"fourth" not in live.read(), "and their line is closed"


def test_a_silent_line_wakes_up_often_enough_to_be_interrupted(server: Server) -> None:
    with connect(server.folder) as served:
        assert served is not None
        pages = served.follow({"source": None, "outcome": None, "limit": 5})
        next(pages)
        began = time.monotonic()
        assert next(pages)["events"] == []
    assert time.monotonic() - began < 8
