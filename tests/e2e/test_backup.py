"""A backup of a workspace that is served, while events come in; and one that is killed."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_served import LIMNER, free_port, limner, served

import limner as limner_package
from limner.backup import UNFINISHED

TAGS = """
tags:
  orders: {layer: fact, fold: {count: '*', of: order_paid}}
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
  latest: {layer: fact, fold: {last: category, of: order_paid}}
"""
HISTORY = 4_000
USERS = 97
AS_OF = "2026-12-01"


def make_event(number: int) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "order_paid",
        "messageId": f"m{number}",
        "userId": f"U{number % USERS}",
        "anonymousId": f"a{number % (3 * USERS)}",
        "timestamp": f"2026-10-{1 + number % 28:02}T{number % 24:02}:00:00Z",
        "properties": {"amount": number % 1_000, "category": f"c{number % 11}", "note": "x" * 200},
    }


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, str]:
    """A workspace with a history and a tag system; its folder and write key."""
    folder = tmp_path / "shop"
    key = limner_package.init(folder).write_key
    (folder / "tags" / "a.yaml").write_text(TAGS)
    events = tmp_path / "events.jsonl"
    events.write_text("".join(json.dumps(make_event(n)) + "\n" for n in range(HISTORY)))
    with limner_package.open(folder) as workspace:
        workspace.tags_apply()
        workspace.import_files(events)
    return folder, key


class Sender:
    """Posts batches without a pause, and notes which events were acknowledged, when."""

    def __init__(self, port: int, key: str) -> None:
        self._url = f"http://127.0.0.1:{port}/v1/batch"
        self._headers = {
            "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(),
            "Content-Type": "application/json",
        }
        self.acknowledged: list[str] = []
        self.longest = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def _send(self) -> None:
        number = HISTORY
        while not self._stopping.is_set():
            batch = [make_event(n) for n in range(number, number + 20)]
            body = json.dumps({"batch": batch}).encode()
            began = time.monotonic()
            try:
                with urllib.request.urlopen(urllib.request.Request(self._url, body, self._headers), timeout=60):
                    self.acknowledged += [event["messageId"] for event in batch]
            except OSError:
                return  # the server was killed
            self.longest = max(self.longest, time.monotonic() - began)
            number += 20

    @contextmanager
    def sending(self) -> Iterator[None]:
        self._thread.start()
        try:
            while len(self.acknowledged) < 200 and self._thread.is_alive():
                time.sleep(0.01)
            yield
        finally:
            self._stopping.set()
            self._thread.join()


def event_ids(folder: Path) -> list[str]:
    with limner_package.open(folder) as workspace:
        ids: list[str] = workspace.parts.log.tail(0, workspace.parts.log.watermark()).column("event_id").to_pylist()
    return ids


def test_a_backup_under_ingest_has_every_event_acknowledged_before_it_once(
    shop: tuple[Path, str], tmp_path: Path
) -> None:
    folder, key = shop
    port = free_port()
    with served(folder, port) as server:
        sender = Sender(port, key)
        with sender.sending():
            for number in range(3):
                before = set(sender.acknowledged)
                made = limner("-w", str(folder), "backup", str(tmp_path / f"backup-{number}"))
                assert made["seq"] >= HISTORY + len(before)
                error = limner("-w", str(folder), "backup", str(tmp_path / f"backup-{number}"), status=1)["error"]
                assert error["code"] == "conflict"
        assert sender.longest < 20, "events were held up"
        assert limner("-w", str(folder), "doctor", "--parity", "--sample", "300")["differing"] == 0
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
    restored = tmp_path / "restored"
    answer = limner("restore", str(tmp_path / "backup-2"), "-w", str(restored))
    assert (answer["seq"], answer["events"], answer["dir"]) == (made["seq"], made["events"], str(restored))
    ids = event_ids(restored)
    assert len(ids) == len(set(ids))
    assert before | {f"m{n}" for n in range(HISTORY)} <= set(ids)
    assert limner("-w", str(restored), "doctor", "--parity", "--sample", "300")["differing"] == 0
    assert_same_once_both_have_all(folder, restored, tmp_path)


def assert_same_once_both_have_all(folder: Path, restored: Path, tmp_path: Path) -> None:
    """What came in after the backup is sent to the restored one again: then nothing tells them apart."""
    everything = tmp_path / "everything.jsonl"
    numbers = sorted(int(event_id[1:]) for event_id in event_ids(folder))
    everything.write_text("".join(json.dumps(make_event(n)) + "\n" for n in numbers))
    answers = []
    for each in (folder, restored):
        with limner_package.open(each) as workspace:
            known = set(workspace.parts.log.tail(0, 10**9).column("event_id").to_pylist())
            events = everything.with_suffix(".later.jsonl")
            events.write_text("".join(json.dumps(make_event(n)) + "\n" for n in numbers if f"m{n}" not in known))
            workspace.import_files(events)
            workspace.fold(as_of=AS_OF)
            rows = {row["user_id"]: row for row in workspace.table(AS_OF).to_pylist()}
            portraits = {
                f"U{n}": workspace.profile(f"user_id:U{n}", as_of=AS_OF).as_dict()["tags"] for n in range(0, USERS, 10)
            }
            answers.append(({key: {**row, "customer_id": ""} for key, row in rows.items()}, portraits))
    assert answers[0] == answers[1]
    assert len(answers[0][0]) == USERS


@pytest.mark.slow
def test_a_killed_backup_leaves_no_backup_and_no_damage(shop: tuple[Path, str], tmp_path: Path) -> None:
    folder, key = shop
    in_time = 0
    for number, pause in enumerate((0.05, 0.15, 0.3)):
        port = free_port()
        target = tmp_path / "backups" / f"{number}"
        with served(folder, port) as server:
            sender = Sender(port, key)
            with sender.sending():
                asking = subprocess.Popen(
                    [*LIMNER, "-w", str(folder), "backup", str(target), "--json"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                wait_for_unfinished(target, asking)
                time.sleep(pause)
                os.kill(server.pid, signal.SIGKILL)
                server.wait(timeout=30)
            said, _ = asking.communicate(timeout=60)
            if asking.returncode:
                assert json.loads(said)["error"]["code"] == "unavailable"
        ids = event_ids(folder)
        assert len(ids) == len(set(ids))
        assert set(sender.acknowledged) <= set(ids)
        in_time += not target.exists()
        if target.exists():  # it was done before the kill
            assert limner("restore", str(target), "-w", str(tmp_path / f"restored-{number}"))["seq"] > HISTORY
        else:
            assert (
                limner("restore", str(target), "-w", str(tmp_path / "none"), status=1)["error"]["code"] == "not_found"
            )
            assert not (tmp_path / "none").exists()
    assert in_time, "no kill came before the backup was done"
    assert limner("-w", str(folder), "backup", str(tmp_path / "backups" / "last"))["seq"] >= len(ids)
    assert not list((tmp_path / "backups").glob(f".*{UNFINISHED}")), "what the killed left is gone"


def wait_for_unfinished(target: Path, asking: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + 60
    while not list(target.parent.glob(f".*{UNFINISHED}")) and not target.exists():
        assert time.monotonic() < give_up
        assert asking.poll() is None, asking.communicate()
        time.sleep(0.005)
