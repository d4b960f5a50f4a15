"""Long work beside a real server: events come in meanwhile, and nothing is lost or doubled, whoever is killed."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from tests.e2e.test_served import free_port, served
from tests.e2e.test_served import limner as command

import limner

TAGS = "tags:\n  orders: {layer: fact, fold: {count: '*', of: order_paid}}\n"
USERS = 500
PATIENCE = 300.0
"""Seconds; a niced process gets little on a machine that has much to do."""


class Shop:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.keys = limner.init(folder)
        (folder / "tags" / "shop.yaml").write_text(TAGS)
        with limner.open(folder) as workspace:
            workspace.tags_apply()

    def call(self, path: str, body: bytes | None = None, key: str | None = None, method: str | None = None) -> Any:
        headers = {"Authorization": key or f"Bearer {self.keys.api_key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def send(self, names: list[str]) -> None:
        """Events, acknowledged when this returns; retried until they are."""
        batch = [event(name) for name in names]
        body, key = json.dumps({"batch": batch}).encode(), b64encode(f"{self.keys.write_key}:".encode()).decode()
        while True:
            try:
                self.call("/v1/batch", body, f"Basic {key}")
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return

    def job(self, id: int = 1) -> Any:
        return self.call(f"/api/v1/jobs/{id}")

    def wait_for(self, is_so: Callable[[Any], bool], id: int = 1) -> Any:
        give_up = time.monotonic() + PATIENCE
        while not is_so(job := self.job(id)):
            assert time.monotonic() < give_up, job
            time.sleep(0.02)
        return job


def event(name: str) -> dict[str, Any]:
    user, at = f"U{int(name[1:]) % USERS}", "2026-11-01T00:00:00Z"
    return {"type": "track", "event": "order_paid", "userId": user, "messageId": name, "timestamp": at}


def write_events(path: Path, count: int) -> Path:
    path.write_text("".join(json.dumps(event(f"f{number}")) + "\n" for number in range(count)))
    return path


def has_begun(job: Any) -> bool:
    return job["state"] == "running" and (job["result"] or {}).get("accepted", 0) > 0


def has_ended(job: Any) -> bool:
    return job["state"] in ("done", "failed", "cancelled")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        if task.name != str(pid)
        for child in (task / "children").read_text().split()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("rows", [40_000, 200_000])
def test_everything_is_there_once_whoever_is_killed(tmp_path: Path, rows: int) -> None:
    shop, path = Shop(tmp_path / "shop"), write_events(tmp_path / "events.jsonl", rows)
    sent: list[str] = []
    done = Event()

    def send() -> None:
        while not done.is_set():
            names = [f"c{len(sent) + number}" for number in range(50)]
            shop.send(names)
            sent.extend(names)
            time.sleep(0.02)

    sender = Thread(target=send)
    with served(shop.folder, shop.port) as server:
        sender.start()
        Thread(target=command, args=("-w", str(shop.folder), "import", str(path)), kwargs={"status": 1}).start()
        while not shop.call("/api/v1/jobs")["jobs"]:
            time.sleep(0.05)
        shop.wait_for(has_begun)
        [child] = children_of(server.pid)
        assert os.getpriority(os.PRIO_PROCESS, child) == 19
        os.kill(child, signal.SIGKILL)
        failed = shop.wait_for(has_ended)
        assert "signal 9" in failed["error"]
        assert 0 < failed["result"]["accepted"] < rows
        assert shop.call("/api/v1/jobs/1:resume", b"")["error"] is None
        shop.wait_for(lambda job: has_ended(job) or (has_begun(job) and job["result"]["seconds"] > 0))
        cancelled = command("-w", str(shop.folder), "jobs", "cancel", "1")
        assert cancelled["state"] == "cancelled"
        assert command("-w", str(shop.folder), "jobs", "resume", "1")["state"] in ("waiting", "running")
        shop.wait_for(lambda job: has_ended(job) or bool(children_of(server.pid)))
        children = children_of(server.pid)
        server.kill()
        server.wait()
        for child in children:
            wait_until_gone(child)
    with served(shop.folder, shop.port):
        job = shop.wait_for(has_ended)
        assert job["state"] == "done", job
        done.set()
        sender.join()
        assert job["result"]["read"] == rows
        assert rows - 5_000 <= job["result"]["accepted"] <= rows  # a piece may have been stored and not been noted
        assert command("-w", str(shop.folder), "fold")["events"] == rows + len(sent)
        assert command("-w", str(shop.folder), "doctor", "--parity")["differing"] == 0
    for user in (0, 1, USERS - 1):
        own = [f"f{n}" for n in range(user, rows, USERS)] + [f"c{n}" for n in range(user, len(sent), USERS)]
        assert command("-w", str(shop.folder), "profile", f"user_id:U{user}")["tags"]["orders"]["value"] == len(own)


def wait_until_gone(pid: int) -> None:
    """A process whose parent is dead is nobody's to wait for."""
    give_up = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < give_up
        time.sleep(0.05)
