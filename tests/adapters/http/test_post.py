"""The post over a real network: loopback servers that answer, or do not, in all ways."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.receiver import Reaction, Receiver, receiving

from limner.adapters.http.post import HttpPost, Timeouts
from limner.ports.post import Answer

QUICK = Timeouts(connect=0.5, answer=0.5)
BODY = '{"城市":1}'.encode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def post(*urls: str, allow_private: bool = True, timeouts: Timeouts = QUICK) -> list[Answer]:
    async def work(post: HttpPost) -> list[Answer]:
        return [await post.send(url, {"X-Mine": "1"}, BODY, allow_private) for url in urls]

    return with_post(work, timeouts)


def with_post(work: Callable[[HttpPost], Coroutine[Any, Any, Any]], timeouts: Timeouts = QUICK) -> Any:
    async def run() -> Any:
        post = HttpPost(timeouts)
        try:
            return await work(post)
        finally:
            await post.close()

    return asyncio.run(run())


def test_a_body_arrives_as_it_is(receiver: Receiver) -> None:
    assert post(f"{receiver.url}/a?b=c") == [Answer(200, "200 OK")]
    (received,) = receiver.received
    assert (received.path, received.body) == ("/hook/a?b=c", BODY)
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["x-mine"] == "1"


def test_one_connection_serves_many_letters(receiver: Receiver) -> None:
    before = threading.active_count()
    answers = post(*[receiver.url] * 20)
    assert {answer.status for answer in answers} == {200}
    assert threading.active_count() <= before + 1


def test_many_at_once_arrive(receiver: Receiver) -> None:
    async def work(post: HttpPost) -> list[Answer]:
        return await asyncio.gather(*(post.send(receiver.url, {}, b"%d" % n, True) for n in range(50)))

    assert {answer.status for answer in with_post(work, Timeouts())} == {200}
    assert sorted(int(each.body) for each in receiver.received) == list(range(50))


@pytest.mark.parametrize("status", [201, 204, 400, 404, 409, 410, 425, 429, 500, 503])
def test_statuses_are_told(receiver: Receiver, status: int) -> None:
    receiver.behave = lambda _: Reaction(status, {"Retry-After": "7"})
    (answer,) = post(receiver.url)
    assert (answer.status, answer.retry_after, answer.unreachable) == (status, 7.0, False)


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    with receiving() as other:
        receiver.behave = lambda _: Reaction(307, {"Location": other.url})
        (answer,) = post(receiver.url)
        assert answer.status == 307
        assert "not followed" in answer.reason
        assert other.received == []


def test_who_hangs_is_given_up(receiver: Receiver) -> None:
    receiver.behave = lambda _: Reaction(hang=1.5)
    began = time.monotonic()
    assert post(receiver.url) == [Answer(None, "no answer within 0.5 s")]
    assert time.monotonic() - began < 1.4


def test_a_dropped_line_is_told(receiver: Receiver) -> None:
    receiver.behave = lambda _: Reaction(drop=True)
    (answer,) = post(receiver.url)
    assert (answer.status, answer.unreachable) == (None, False)


def test_a_line_that_was_closed_meanwhile_is_opened_anew(receiver: Receiver) -> None:
    answers = iter([Reaction(headers={"X": "y"}), Reaction(drop=True), Reaction()])
    receiver.behave = lambda _: next(answers)
    assert [answer.status for answer in post(receiver.url, receiver.url)] == [200, 200]
    assert len(receiver.received) == 3, "the second was told on the kept line, dropped, and told again"


def test_nobody_is_unreachable() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    (answer,) = post(f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.unreachable) == (None, True)
    (answer,) = post("http://nobody.invalid/")
    assert answer.unreachable
    assert "cannot be resolved" in answer.reason


@contextmanager
def saying(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that says the same to everybody."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            while True:
                line, _ = server.accept()
                with line:
                    line.recv(65536)
                    for piece in pieces:
                        line.sendall(piece)
                        time.sleep(pause)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok"), 200),
        ((b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"), 202),
        ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",), 200),
        ((b"HTTP/1.0 200 OK\r\n\r\nuntil the end",), 200),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut short",), 200),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", b"x" * 300_000), 200),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), None),
        ((b"",), None),
        ((b"HTTP/1.1 200 OK\r\nX: ",), None),
    ],
)
def test_whatever_is_answered_is_an_answer(pieces: tuple[bytes, ...], status: int | None) -> None:
    with saying(*pieces) as url:
        (answer,) = post(url)
    assert answer.status == status, answer
    assert not answer.unreachable


def test_who_answers_drop_by_drop_is_given_up() -> None:
    with saying(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 20, pause=0.1) as url:
        assert post(url) == [Answer(None, "no answer within 0.5 s")]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0"])
def test_private_targets_are_refused(receiver: Receiver, host: str) -> None:
    (answer,) = post(f"https://{host}:{receiver.port}/", allow_private=False)
    assert answer.unreachable
    assert "public network" in answer.reason or "resolved" in answer.reason
    assert receiver.received == []


def test_the_address_that_was_checked_is_the_one_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is looked at and private afterwards leads nowhere private."""
    asked: list[str] = []
    connected: list[str] = []

    async def resolve(_: object, host: str, port: int, **__: object) -> list[Any]:
        asked.append(host)
        address = "203.0.114.7" if len(asked) % 2 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async def connect(host: str, port: int, **_: object) -> Any:
        connected.append(host)
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    monkeypatch.setattr(asyncio, "open_connection", connect)
    answers = post(*["https://rebind.example.com/"] * 4, allow_private=False)
    assert asked == ["rebind.example.com"] * 4
    assert connected == ["203.0.114.7"] * 2
    assert ["public network" in answer.reason for answer in answers] == [False, True, False, True]
    assert all(answer.unreachable for answer in answers)


def test_of_several_addresses_only_public_ones_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[str] = []

    async def resolve(_: object, host: str, port: int, **__: object) -> list[Any]:
        found = ["10.0.0.1", "203.0.114.7", "fd00::1", "2606:4700::1"]
        return [(0, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    async def connect(host: str, port: int, **_: object) -> Any:
        connected.append(host)
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    monkeypatch.setattr(asyncio, "open_connection", connect)
    post("https://two.example.com/", allow_private=False)
    assert connected == ["203.0.114.7", "2606:4700::1"]


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver with TLS whose certificate names localhost and whose authority is trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with receiving() as receiver:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
        receiver._server.socket = context.wrap_socket(receiver._server.socket, server_side=True)
        yield receiver


def test_the_certificate_is_asked_for_by_name(certified: Receiver) -> None:
    slow = Timeouts(connect=5, answer=5)
    assert post(f"https://localhost:{certified.port}/", timeouts=slow)[0].status == 200
    (answer,) = post(f"https://127.0.0.1:{certified.port}/", timeouts=slow)
    assert answer.unreachable
    assert "certificate" in answer.reason.lower()
    assert len(certified.received) == 1
