"""A real server beside real commands: one writer, one socket, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from limner import init
from limner import open as open_workspace

LIMNER = [sys.executable, "-c", "from limner.cli import main; main()"]
PATIENCE = 60.0
"""Seconds; what DESIGN promises for /readyz on an existing workspace."""
TAGS = "tags:\n  orders: {layer: fact, fold: {count: '*', of: order_paid}}\n"
EVENTS = [
    {"type": "track", "event": "order_paid", "userId": f"U{user}", "messageId": f"m{user}", "timestamp": "2026-11-01"}
    for user in (1, 2, 3)
]


def limner(*words: str, status: int = 0) -> Any:
    """The document a command prints."""
    done = subprocess.run([*LIMNER, *words, "--json"], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    words = [*LIMNER, "-w", str(folder), "serve", "--port", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_until_ready(server, port)
        yield server
    finally:
        server.kill()
        server.communicate()


def wait_until_ready(server: subprocess.Popen[str], port: int) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        assert server.poll() is None, server.communicate()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError("the server did not become ready")


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, str]:
    """A workspace too deep for the name of a socket, with one tag; the folder and its API key."""
    folder = tmp_path / ("deep-" * 20) / "shop"
    folder.parent.mkdir()
    key = init(folder).api_key
    (folder / "tags" / "a.yaml").write_text(TAGS)
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, EVENTS)))
    with open_workspace(folder) as workspace:
        workspace.tags_apply()
    return folder, key


def test_commands_go_through_the_server(shop: tuple[Path, str], tmp_path: Path) -> None:
    folder, key = shop
    port = free_port()
    with served(folder, port) as server:
        mode = (folder / "limner.sock").stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        assert limner("-w", str(folder), "import", str(tmp_path / "events.jsonl"))["accepted"] == 3
        assert limner("-w", str(folder), "fold")["customers"] == 3
        assert limner("-w", str(folder), "profile", "user_id:U2")["tags"]["orders"]["value"] == 1
        error = limner("-w", str(folder), "profile", "user_id:U9", status=1)["error"]
        assert error["code"] == "not_found"
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/profiles/user_id:U1", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            assert json.load(response)["tags"]["orders"]["value"] == 1
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
    assert not (folder / "limner.sock").exists()
    assert limner("-w", str(folder), "profile", "user_id:U2")["tags"]["orders"]["value"] == 1


def test_a_second_server_is_told_who_has_the_workspace(shop: tuple[Path, str]) -> None:
    folder, _ = shop
    with served(folder, free_port()) as server:
        second = [*LIMNER, "-w", str(folder), "serve", "--port", str(free_port())]
        done = subprocess.run(second, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 1
        assert str(server.pid) in done.stderr


def test_a_killed_server_leaves_a_workspace_that_opens(shop: tuple[Path, str]) -> None:
    folder, _ = shop
    with served(folder, free_port()) as server:
        os.kill(server.pid, signal.SIGKILL)
        server.wait(timeout=30)
    assert (folder / "limner.sock").exists()
    assert limner("-w", str(folder), "tags", "list")["tags"][0]["name"] == "orders"
    with served(folder, free_port()):
        assert limner("-w", str(folder), "tags", "list")["tags"][0]["name"] == "orders"


def test_a_taken_port_is_a_sentence(shop: tuple[Path, str]) -> None:
    folder, _ = shop
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        error = limner("-w", str(folder), "serve", "--port", str(taken.getsockname()[1]), status=1)
    assert error["error"]["code"] == "conflict"
