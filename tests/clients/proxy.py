"""Stands between a client and a server, and lets some requests suffer a fault.

One request per connection: it is read whole, so that what the server got and what the client heard is known exactly.
Only requests that carry events suffer; preflights and settings pass.
"""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from tests.clients.faults import Act, Fault
from tests.clients.server import Server

EVENT_PATHS = (b"/v1/", b"/sa", b"/debug")


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that carried events."""

    head: bytes
    body: bytes
    act: Act
    status: int | None
    """What the client was answered; None = nothing."""


class Proxy:
    """A context manager; ``url`` is where clients send to."""

    def __init__(self, server: Server, fault: Fault) -> None:
        self._server = server
        self._fault = fault
        self._acts = list(fault.acts)
        self._lock = Lock()
        self._met = 0
        self.seen: list[Seen] = []
        self.busy = 0
        """Requests under way, and servers that start."""
        self.away = 0.0
        """Seconds the server was not there."""
        owner = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                with suppress(ConnectionError):
                    owner._handle(self)

        class Listener(ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.netloc = f"127.0.0.1:{self._listener.server_address[1]}"
        self.url = f"http://{self.netloc}"
        self._thread = Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self.busy:  # who comes next finds the server there again
            time.sleep(0.05)
        self._listener.shutdown()
        self._listener.server_close()

    def _handle(self, handler: StreamRequestHandler) -> None:
        head, body = _read_message(handler.rfile)
        if not head:
            return
        act = self._choose(head)
        self.busy += 1
        try:
            answer = self._suffer(act, head, body)
        finally:
            self.busy -= 1
        if _carries_events(head):
            self.seen.append(Seen(head, body, act, int(answer.split(b" ", 2)[1]) if answer else None))
        if answer:
            handler.wfile.write(answer)
        else:  # a reset, not an orderly end
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _choose(self, head: bytes) -> Act:
        if not _carries_events(head):
            return Act.PASS
        with self._lock:
            self._met += 1
            return self._acts.pop(0) if self._met > 1 and self._acts else Act.PASS

    def _suffer(self, act: Act, head: bytes, body: bytes) -> bytes:
        """The answer; empty = the connection breaks."""
        if act is Act.PASS:
            return self._forward(head, body)
        if act is Act.ANSWER:
            return _write_answer(self._fault)
        if act is Act.CUT_AFTER:
            assert self._forward(head, body), "the server did not answer"
        elif act is Act.KILL_READING:
            with self._connect() as upstream:
                upstream.sendall(_close_after(head) + body)
                self._kill()
        elif act is Act.KILL_ANSWERING:
            assert self._forward(head, body), "the server did not answer"
            self._kill()
        return b""

    def _kill(self) -> None:
        """Returns once the server is dead: its clients hear so at once. Another is started meanwhile."""
        dead = Event()
        Thread(target=self._replace, args=(dead,), daemon=True).start()
        dead.wait()

    def _replace(self, dead: Event) -> None:
        began = time.monotonic()
        self.busy += 1
        try:
            self._server.restart(dead)
        finally:
            self.away += time.monotonic() - began
            self.busy -= 1

    def _forward(self, head: bytes, body: bytes) -> bytes:
        """The server's answer; empty when it is not there."""
        try:
            with self._connect() as upstream:
                upstream.sendall(_close_after(head) + body)
                parts = []
                while part := upstream.recv(65536):
                    parts.append(part)
        except ConnectionError:
            return b""
        return b"".join(parts)

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._server.port), timeout=30)


def _read_message(stream: object) -> tuple[bytes, bytes]:
    """Head with its empty line, and body."""
    readline, read = stream.readline, stream.read  # type: ignore[attr-defined]
    lines: list[bytes] = []
    length, chunked = 0, False
    while (line := readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
        chunked = chunked or (name.lower() == b"transfer-encoding" and b"chunked" in value.lower())
        lines.append(line)
    assert not chunked, "no client was seen to send in chunks"
    return (b"".join(lines) + b"\r\n" if lines else b""), read(length)


def _close_after(head: bytes) -> bytes:
    """The head, asking the server for one answer and no more."""
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _carries_events(head: bytes) -> bool:
    method, path, _ = head.split(b" ", 2)
    return path.startswith(EVENT_PATHS) and (method == b"POST" or (method == b"GET" and b"data=" in path))


def _write_answer(fault: Fault) -> bytes:
    body = b'{"code":"fault","message":"A fault was asked for."}'
    later = f"Retry-After: {fault.retry_after}\r\n" if fault.retry_after else ""
    head = (
        f"HTTP/1.1 {fault.status} Fault\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{later}"
        "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Retry-After\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
