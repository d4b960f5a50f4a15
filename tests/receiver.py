"""A system that is told of changes: a real server on a loopback port that behaves as badly as a test wants."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from limner.govern.signature import verify


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> Any:
        return json.loads(self.body)

    @property
    def customer(self) -> str:
        return str(self.message["data"]["customer_id"])


@dataclass
class Reaction:
    """What the receiver does with a request; the defaults accept it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    """Seconds before it answers."""
    drop: bool = False
    """It reads the request and closes the line."""


Behaviour = Callable[[Received], Reaction | None]
"""None = accept."""


class Receiver:
    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.accepted: list[Received] = []
        """In the order they were answered with 200."""
        self.behave: Behaviour = lambda _: None
        self.secret: str | None = None
        """Whatever is not signed with it is refused."""
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [each.id for each in list(self.accepted)]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Until so many different letters were accepted."""
        give_up = time.monotonic() + seconds
        while len(set(self.ids)) < count:
            assert time.monotonic() < give_up, f"{len(set(self.ids))} of {count} were accepted"
            time.sleep(0.01)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, received: Received) -> Reaction:
        with self._lock:
            self.received.append(received)
        if self.secret is not None:
            verify([self.secret], received.headers, received.body)
        reaction = self.behave(received) or Reaction()
        if reaction.hang:
            time.sleep(reaction.hang)
        if reaction.status == 200 and not reaction.drop:
            with self._lock:
                self.accepted.append(received)
        return reaction

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self._take

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reaction = take(Received(self.path, headers, body))
                if reaction.drop:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(reaction.status)
                for name, value in reaction.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Whoever posts may go away."""


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(port)
    try:
        yield receiver
    finally:
        receiver.close()
