"""A shop posts its orders: through a real server, killed after it said they are safe."""

from __future__ import annotations

import json
import socket
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
from tests.signing import sign

import limner

LIMNER = [sys.executable, "-c", "from limner.cli import main; main()"]
MAPPING = """
event: order_paid
time: paid_at
identify: {phone: buyer.phone}
properties: {amount: amount * 1, lines: lines}
"""
TAGS = """
tags:
  orders: {layer: fact, fold: {count: '*', of: order_paid}}
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
"""


def order(number: int, amount: Any = 10) -> dict[str, Any]:
    lines = [{"sku": f"s{number}", "price": 1.5}]
    at = f"2026-11-01T10:00:{number:02}Z"
    return {"paid_at": at, "buyer": {"phone": "13800000000"}, "amount": amount, "lines": lines}


def give(folder: Path, *words: str) -> Any:
    """The document a command prints."""
    done = subprocess.run([*LIMNER, "-w", str(folder), *words, "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The server's address; it is killed in the end."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    words = [*LIMNER, "-w", str(folder), "serve", "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(f"{url}/v1/webhooks/shop", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            status: int = response.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
    return tmp_path / "shop"


def test_what_was_answered_is_there_after_a_kill_and_there_once(folder: Path) -> None:
    second = int(time.time())
    body = json.dumps({"orders": [order(1), order(1), order(2, "a lot")]}).encode()
    with served(folder) as url:
        words = ["webhooks", "create", "shop", "--map", str(folder.parent / "m.yaml"), "--rows", "orders"]
        secret = give(folder, *words)["secret"]
        assert post(url, body, sign("whsec_AAAA", body)) == 401
        assert post(url, body, sign(secret, body, "m1", second)) == 200
    with served(folder) as url:
        assert post(url, body, sign(secret, body, "m1", second)) == 200, "a copy from before the kill changes nothing"
        assert post(url, body, sign(secret, body, "m1", second + 1)) == 200
        assert post(url, body, sign(secret, body, "m1", second + 1)) == 401
        tags = give(folder, "profile", "phone:13800000000")["tags"]
        assert (tags["orders"]["value"], tags["spend"]["value"]) == (2, 20)
        rejects = give(folder, "rejects", "list")["rejects"]
        assert [(each["file"], each["line"]) for each in rejects] == [("gateway:shop", 0)]
        assert "a lot" in rejects[0]["reason"]
        events = give(folder, "events", "tail", "--refused")["events"]
        assert {event["source"] for event in events} == {"shop"}
        (folder.parent / "m.yaml").write_text(MAPPING.replace("amount * 1", "try_cast(amount AS DOUBLE)"))
        give(folder, "webhooks", "map", "shop", "--map", str(folder.parent / "m.yaml"), "--rows", "orders")
        assert give(folder, "rejects", "retry")["accepted"] == 1
        assert give(folder, "profile", "phone:13800000000")["tags"]["orders"]["value"] == 3
    with limner.open(folder) as workspace:
        assert workspace.rejects_list() == []
        assert workspace.profile("phone:13800000000").as_dict()["tags"]["orders"]["value"] == 3
