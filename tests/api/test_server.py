"""Whoever hears of a server may come at once."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

import limner
from limner.api.server import lose_patience, tell_unready

COME = """
import os, socket, sys
from pathlib import Path
from limner.api.server import serve_workspace
from limner.settings import ServerSettings

port = int(sys.argv[2])

def come():
    socket.create_connection(("127.0.0.1", port), timeout=5)
    print("came", flush=True)
    os._exit(0)

serve_workspace(Path(sys.argv[1]), ServerSettings(port=port), come)
"""


def test_it_listens_before_anybody_hears_of_it(tmp_path: Path) -> None:
    limner.init(tmp_path / "shop")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-c", COME, str(tmp_path / "shop"), str(port)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=200, check=False)
    assert done.stdout == "came\n", done.stderr


def test_a_start_that_takes_long_says_so(caplog: pytest.LogCaptureFixture) -> None:
    ready = Event()
    tell_unready(ready)
    assert not ready.is_set()
    lose_patience(ready)
    assert ready.is_set()
    assert [record.message.split(";")[0].split(":")[0] for record in caplog.records] == [
        "Warming up",
        "Ready, though still warming up",
    ]
    tell_unready(ready)
    lose_patience(ready)
    assert len(caplog.records) == 2
