"""Too much, no room, nobody listening: the gateway says when to come back, keeps what it acknowledged, and goes on."""

from __future__ import annotations

import base64
import ctypes
import gzip
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote_plus

import duckdb
import pytest
from fastapi.testclient import TestClient

import limner
from limner import intake as intake_module
from limner.api.app import create_app
from limner.workspace import Workspace

LIMNER = [sys.executable, "-c", "from limner.cli import main; main()"]
TAGS = "tags:\n  views: {layer: fact, fold: {count: '*', of: view}}\n"
PATIENCE = 60.0
"""Seconds within which a server starts, or recovers."""


def make_body(begin: int, count: int, fill: int = 0) -> bytes:
    """Views of one person; ``fill`` adds so many random letters to each, which no compression takes away."""
    noise = {"note": os.urandom(fill // 2).hex()} if fill else {}
    message = {"type": "track", "event": "view", "userId": "u1", "properties": noise}
    return json.dumps({"batch": [{**message, "messageId": f"m{begin + n}"} for n in range(count)]}).encode()


def check_later(status: int, headers: Any, body: bytes) -> None:
    """The sender is told to come back, in the way its client understands."""
    assert status == 503, body
    assert int(headers["Retry-After"]) > 0
    told = json.loads(body)
    assert told["code"] == "unavailable"
    assert told["message"]


@dataclass
class Served:
    """A real server and the keys to it."""

    folder: Path
    port: int
    keys: Any
    process: subprocess.Popen[bytes]

    def post(self, body: bytes) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        authorization = base64.b64encode(f"{self.keys.write_key}:".encode()).decode()
        connection.request("POST", "/v1/batch", body, {"Authorization": f"Basic {authorization}"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.keys.api_key}"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def send_until_refused(self, kept: int) -> int:
        """Batches of a hundred; how many events were acknowledged in all."""
        for _ in range(2_000):
            status, headers, content = self.post(make_body(kept, 100, fill=400))
            if status != 200:
                check_later(status, headers, content)
                return kept
            kept += 100
        raise AssertionError("the disk never became full")

    def send_until_taken(self, kept: int) -> int:
        give_up = time.monotonic() + PATIENCE
        while True:
            status, headers, content = self.post(make_body(kept, 100, fill=400))
            if status == 200:
                return kept + 100
            check_later(status, headers, content)
            assert time.monotonic() < give_up, "it does not recover"
            time.sleep(0.2)

    def views(self) -> int:
        give_up = time.monotonic() + PATIENCE
        while True:
            status, content = self.get("/api/v1/profiles/user_id:u1")
            if status == 200:
                return int(json.loads(content)["tags"]["views"]["value"])
            assert status == 503, content
            assert time.monotonic() < give_up, content
            time.sleep(0.2)


@contextmanager
def served(folder: Path, log: Path) -> Iterator[Served]:
    keys = limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(folder) as workspace:
        workspace.tags_apply()
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = int(sock.getsockname()[1])
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*LIMNER, "-w", str(folder), "serve", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=errors
        )
    made = Served(folder, port, keys, process)
    try:
        give_up = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, log.read_text()
            try:
                if made.get("/readyz")[0] == 200:
                    break
            except OSError:
                pass
            assert time.monotonic() < give_up
            time.sleep(0.1)
        yield made
        assert process.poll() is None, log.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def assert_all_there(made: Path, kept: int) -> None:
    """Every acknowledged event once; of those that were refused, one batch may be there, once."""
    with limner.open(made):
        pass
    with duckdb.connect(str(made / "log.duckdb"), read_only=True) as log:
        ids = [row[0] for row in log.execute("SELECT event_id FROM event ORDER BY seq").fetchall()]
    assert len(ids) == len(set(ids))
    assert {f"m{n}" for n in range(kept)} <= set(ids)


@pytest.mark.parametrize("room", [64 << 10, pytest.param(1 << 20, marks=pytest.mark.slow)])
def test_files_that_may_not_grow(tmp_path: Path, room: int) -> None:
    """A full disk through a limit on the size of files, set and lifted while the server runs: with the larger one the
    log can be written for a while, with the smaller one only the journal."""
    folder = tmp_path / "shop"
    with served(folder, tmp_path / "errors.log") as made:
        kept = made.send_until_taken(0)
        assert made.views() == kept
        _, hard = resource.prlimit(made.process.pid, resource.RLIMIT_FSIZE)
        for _ in range(2):
            largest = max(path.stat().st_size for path in folder.rglob("*.journal"))
            resource.prlimit(made.process.pid, resource.RLIMIT_FSIZE, (largest + room, hard))
            kept = made.send_until_refused(kept)
            time.sleep(0.5)  # the intake runs into it too
            assert made.get("/healthz")[0] == 200
            kept = made.send_until_refused(kept)
            resource.prlimit(made.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
            kept = made.send_until_taken(kept)
            assert made.views() == kept
    assert_all_there(folder, kept)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=24m") != 0:
        pytest.skip(f"no small file system can be mounted here: {os.strerror(ctypes.get_errno())}")
    yield folder
    libc.umount2(os.fsencode(folder), 2)


@pytest.mark.parametrize("room", [200 << 10, *(pytest.param(room, marks=pytest.mark.slow) for room in (0, 2 << 20))])
def test_a_full_disk(small_disk: Path, tmp_path: Path, room: int) -> None:
    folder, filler = small_disk / "shop", small_disk / "filler"
    with served(folder, tmp_path / "errors.log") as made:
        kept = made.send_until_taken(0)
        assert made.views() == kept
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(b"\0" * max(0, free - room))
        kept = made.send_until_refused(kept)
        time.sleep(0.5)
        kept = made.send_until_refused(kept)
        assert made.get("/healthz")[0] == 200
        filler.unlink()
        kept = made.send_until_taken(kept)
        assert made.views() == kept
    assert_all_there(folder, kept)


def test_a_sender_that_goes_away_is_no_mistake_of_ours(tmp_path: Path) -> None:
    """In the middle of the head, of the body, and before the answer."""
    log = tmp_path / "errors.log"
    with served(tmp_path / "shop", log) as made:
        body = make_body(0, 10)
        authorization = base64.b64encode(f"{made.keys.write_key}:".encode()).decode()
        head = (
            f"POST /v1/batch HTTP/1.1\r\nHost: a\r\n"
            f"Authorization: Basic {authorization}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        whole = head.encode() + body
        for path in (b"/v1/batch", b"/sa", b"/debug"):
            for cut in (10, len(head) - 3, len(head) + 1, len(head) + 100, len(whole)):
                with socket.create_connection(("127.0.0.1", made.port)) as sock:
                    sock.sendall(whole.replace(b"/v1/batch", path, 1)[:cut])
                    time.sleep(0.02)
        assert made.post(make_body(0, 10))[0] == 200
        assert made.views() == 10
        told = made.get("/metrics")[1].decode()
        assert 'status="500"' not in told
    assert "Traceback" not in log.read_text()


# --- within this process ---------------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Workspace, TestClient, str]]:
    """A served workspace, a client, and a write key."""
    keys = limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.intake.start()
        with TestClient(create_app(workspace, Event()), base_url="http://localhost") as client:
            yield workspace, client, keys.write_key


def make_form(begin: int, count: int) -> bytes:
    item = {"type": "track", "event": "view", "distinct_id": "u1", "properties": {"$is_login_id": True}}
    items = [{**item, "time": 1_795_300_000_000 + begin + n} for n in range(count)]
    return b"data_list=" + quote_plus(base64.b64encode(gzip.compress(json.dumps(items).encode()))).encode()


def test_a_log_that_stands_still_turns_senders_away_until_it_moves(
    shop: tuple[Workspace, TestClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, client, key = shop
    monkeypatch.setattr(intake_module, "MOST_BEHIND", 300_000)
    stuck = Event()
    real = workspace.intake._store

    def store(deliveries: Any) -> None:
        stuck.wait(PATIENCE)
        real(deliveries)

    monkeypatch.setattr(workspace.intake, "_store", store)
    kept = 0
    while (response := client.post("/v1/batch", content=make_body(kept, 100), auth=(key, ""))).status_code == 200:
        kept += 100
        assert kept < 10_000, "nothing bounds what waits"
    check_later(response.status_code, response.headers, response.content)
    for _ in range(50):
        for path, body in (("/v1/batch", make_body(kept, 100)), (f"/sa?token={key}", make_form(0, 50))):
            response = client.post(path, content=body, auth=(key, ""))
            check_later(response.status_code, response.headers, response.content)
    assert workspace.intake.behind < 2 * 300_000
    folder = workspace.parts.folder / "journal"
    assert sum(path.stat().st_size for path in folder.glob("*.journal")) < 2 * 300_000
    stuck.set()
    workspace.intake.settle(PATIENCE)
    assert client.post("/v1/batch", content=make_body(kept, 100), auth=(key, "")).status_code == 200
    assert client.post(f"/sa?token={key}", content=make_form(0, 50)).status_code == 200
    assert workspace.profile("user_id:u1").as_dict()["tags"]["views"]["value"] == kept + 100 + 50


def test_a_key_over_its_rate_is_told_when_to_come_back(shop: tuple[Workspace, TestClient, str]) -> None:
    workspace, client, _ = shop
    slow = workspace.keys_create("slow", rate=10.0).secret
    for path, body in (("/v1/batch", make_body(0, 30)), (f"/sa?token={slow}", make_form(0, 30))):
        told = [client.post(path, content=body, auth=(slow, "")) for _ in range(3)]
        assert {answer.status_code for answer in told[1:]} == {429}
        for answer in told[1:]:
            assert 1 <= int(answer.headers["Retry-After"]) <= 10
            assert answer.json()["code"] == "too_many"
            assert answer.json()["message"]
