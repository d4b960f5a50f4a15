"""Large bodies, many at once, slow ones, and those of strangers: memory has a bound, and whoever may send is served."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote_plus

import pytest
from fastapi.testclient import TestClient
from tests.clients.server import Server

import limner
from limner.api import gate as gate_module
from limner.api.app import create_app
from limner.api.room import VAIN_BYTES
from limner.workspace import Workspace

MB = 1 << 20
Shop = tuple[Workspace, TestClient, str]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    keys = limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.intake.start()
        with TestClient(create_app(workspace, Event()), base_url="http://localhost") as client:
            yield workspace, client, keys.write_key


def make_batch(name: str, size: int, **more: Any) -> bytes:
    """A batch of one view with a note of about ``size`` bytes that no compression makes smaller."""
    message = {"type": "track", "event": "view", "userId": name, "messageId": name}
    note = os.urandom(size // 2).hex()
    return json.dumps({"batch": [{**message, "properties": {"note": note}}], **more}).encode()


def resident(server: Server) -> float:
    """MB the server has in memory."""
    text = Path(f"/proc/{server.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def test_many_large_bodies_at_once_are_bounded_and_come_in_one_after_the_other(tmp_path: Path) -> None:
    """24 senders with 15 MB each, all of it on its way before any is whole: some are told to come back, in words they
    understand, and do."""
    server = Server(tmp_path / "shop")
    authorization = base64.b64encode(f"{server.write_key}:".encode()).decode()
    told: Counter[int] = Counter()
    most = 0.0
    together = threading.Barrier(24)

    def send(n: int) -> None:
        body = make_batch(f"m{n}", 10) + b" " * (15 * MB)
        for attempt in range(100):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            connection.putrequest("POST", "/v1/batch")
            connection.putheader("Authorization", f"Basic {authorization}")
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            connection.send(body[:-1])
            if not attempt:
                together.wait(60)
            connection.send(body[-1:])
            answer = connection.getresponse()
            answer.read()
            connection.close()
            told[answer.status] += 1
            if answer.status == 200:
                return
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
            time.sleep(1 + n / 10)
        raise AssertionError("it is never let in")

    with server:
        before = resident(server)
        senders = [threading.Thread(target=send, args=(n,)) for n in range(24)]
        for sender in senders:
            sender.start()
        while any(sender.is_alive() for sender in senders):
            most = max(most, resident(server))
            time.sleep(0.02)
        server.stop()
    assert told[200] == 24
    assert told[503] >= 24 - 256 // 15, "nothing bounded them"
    assert most - before < 600
    with limner.open(server.folder) as workspace:
        assert workspace.parts.log.watermark() == 24


def test_what_is_unpacked_counts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _, client, key = shop
    room = client.app.state.gate._room  # type: ignore[attr-defined]
    room.take(230 * MB)
    packed = gzip.compress(b'{"batch":[' + b" " * (27 * MB) + b"]}")
    form = b"data_list=" + quote_plus(base64.b64encode(gzip.compress(b"[" + b" " * (27 * MB) + b"]"))).encode()
    for path, body in (("/v1/batch", packed), (f"/sa?token={key}", form)):
        refused = client.post(path, content=body, auth=(key, ""))
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert int(refused.headers["Retry-After"]) > 0
    room.give_back(230 * MB)
    for path, body in (("/v1/batch", packed), (f"/sa?token={key}", form)):
        assert client.post(path, content=body, auth=(key, "")).status_code == 200
    assert room._taken == 0


def test_a_body_that_never_comes_to_its_end_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "PATIENCE", 0.2)
    keys = limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        app = create_app(workspace, Event())
        sent: list[dict[str, Any]] = []
        authorization = b"Basic " + base64.b64encode(f"{keys.write_key}:".encode())
        scope = {"type": "http", "method": "POST", "path": "/v1/batch", "query_string": b"", "root_path": ""}
        pieces = iter([{"type": "http.request", "body": b"{" * MB, "more_body": True}])

        async def receive() -> dict[str, Any]:
            for piece in pieces:
                return piece
            await asyncio.sleep(60)
            raise AssertionError

        async def send(message: Any) -> None:
            sent.append(message)

        import asyncio

        asyncio.run(app({**scope, "headers": [(b"authorization", authorization)]}, receive, send))  # type: ignore[arg-type]
        assert sent[0]["status"] == 503
        assert b"retry-after" in dict(sent[0]["headers"])
        assert app.state.gate._room._taken == 0


def test_a_body_that_is_too_large_is_told_so_and_its_beginning_kept(shop: Shop) -> None:
    """神策's clients must not hear of it, or they stop sending, or send it for ever."""
    workspace, client, key = shop
    large, larger, largest = (make_batch(name, 17 * MB) for name in ("m1", "m2", "m3"))
    refused = client.post("/v1/batch", content=large, auth=(key, ""))
    assert (refused.status_code, refused.json()["code"]) == (400, "data")
    assert client.post(f"/sa?token={key}", content=larger).json() == {"code": 0, "message": "ok"}
    told = client.post(f"/debug?token={key}", content=largest)
    assert told.status_code == 400
    assert "16,777,216" in told.json()["message"]
    rejects = workspace.rejects_list()
    assert all("16,777,216" in reject["reason"] for reject in rejects)
    assert [reject["row"] for reject in rejects] == [body[: 64 << 10].decode() for body in (large, larger, largest)]


def test_a_body_that_is_too_large_is_heard_to_its_end(tmp_path: Path) -> None:
    """Clients send all of it before they listen: who hangs up earlier breaks their connection, and they come back."""
    with Server(tmp_path / "shop") as server:
        authorization = base64.b64encode(f"{server.write_key}:".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Authorization": f"Basic {authorization}"}
        connection.request("POST", "/v1/batch", make_batch("m1", 40 * MB), headers)
        assert connection.getresponse().status == 400
        connection.close()


def test_strangers_have_little_done_for_them(shop: Shop) -> None:
    """Those whose key is in the body and nobody's: after some of it they must wait, and nobody else."""
    _, client, key = shop
    bomb = gzip.compress(b'{"batch":[' + b" " * (30 * MB) + b'],"writeKey":"nobody"}')
    assert len(bomb) < 100_000
    answers = [client.post("/v1/batch", content=bomb) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 30 * MB // VAIN_BYTES + 1
    assert answers[-1].json()["code"] == "too_many"
    assert client.post("/v1/batch", content=make_batch("m1", 10), auth=(key, "")).status_code == 200
    client.app.state.gate._vain._paid_at = 0.0  # type: ignore[attr-defined]
    for n in range(50):  # small ones are told at once that it is the key
        assert client.post("/v1/batch", content=make_batch(f"n{n}", 10, writeKey="old")).status_code == 401
    assert client.post("/v1/batch", content=make_batch("m2", 10, writeKey=key)).status_code == 200


def test_a_refused_preflight_is_a_problem_document(shop: Shop) -> None:
    _, client, _ = shop
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "DELETE"}
    refused = client.options("/v1/t", headers=asked)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    told = refused.json()
    assert (told["status"], told["code"]) == (400, "request")
    assert "method" in told["message"]
    assert refused.headers["access-control-allow-origin"] == "*"


def test_the_public_address_is_told_to_browsers(tmp_path: Path) -> None:
    keys = limner.init(tmp_path / "shop")
    from limner.settings import PublicUrl

    with limner.open(tmp_path / "shop") as workspace:
        app = create_app(workspace, Event(), PublicUrl.parse("https://shop.example:8443/limner/", "here"))
        told = TestClient(app, base_url="http://10.0.0.7:8300").get(f"/v1/projects/{keys.write_key}/settings").json()
    segment = told["integrations"]["Segment.io"]
    assert (segment["apiHost"], segment["protocol"]) == ("shop.example:8443/limner/v1", "https")


def test_a_server_takes_its_public_address_from_its_workspace(tmp_path: Path) -> None:
    server = Server(tmp_path / "shop")
    with (server.folder / "limner.toml").open("a") as file:
        file.write('public_url = "https://shop.example"\n')
    with server, socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(f"GET /v1/projects/{server.write_key}/settings HTTP/1.0\r\nHost: evil.example\r\n\r\n".encode())
        answer = b"".join(iter(lambda: sock.recv(65536), b""))
    assert b'"shop.example/v1"' in answer
    assert b"evil" not in answer
