"""The CLI's end of ``limner.sock``: the verbs of a workspace that another process serves."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from limner.api.path import SOCKET, short_path
from limner.api.verbs import Progress, Relayed
from limner.errors import Unavailable


class UnixConnection(HTTPConnection):
    """HTTP over a Unix socket that is already connected."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__("limner")
        self.sock = sock


class Served:
    """A workspace behind its server. Answers are plain values, as from `call_verb`."""

    interrupted = "The server goes on with it: `limner jobs list` shows how far it is, `limner jobs cancel` stops it."

    def __init__(self, connection: UnixConnection) -> None:
        self._connection = connection

    def call(self, verb: str, arguments: Mapping[str, Any], progress: Progress) -> Any:
        """Ask for one verb. Raises `Relayed` with whatever the server's verb raised."""
        body = json.dumps(arguments, ensure_ascii=False).encode()
        try:
            self._connection.request("POST", f"/verbs/{verb}", body, {"Content-Type": "application/json"})
            return _read_answer(self._connection.getresponse(), progress)
        except (OSError, HTTPException) as error:
            raise Unavailable(
                f"The server stopped while it worked on this ({error!r}).",
                hint="What it had confirmed is kept: start it again, or give the command without it.",
            ) from error

    def follow(self, arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Pages of what comes in, until the server stops; then Unavailable."""
        body = json.dumps(arguments, ensure_ascii=False).encode()
        with suppress(OSError, HTTPException):
            self._connection.request("POST", "/events", body, {"Content-Type": "application/json"})
            for line in self._connection.getresponse():
                yield json.loads(line)
        raise Unavailable("The server stopped.", hint="Start it, and give the command again.")


def _read_answer(response: HTTPResponse, progress: Progress) -> Any:
    """Lines of JSON: any number of ``{"progress": [what, done, total]}``, then one ``result`` or ``error``."""
    for line in response:
        message = json.loads(line)
        if "progress" in message:
            progress(*message["progress"])
        elif "error" in message:
            raise Relayed(message["error"])
        else:
            response.read()  # the end of the last chunk: the connection is free for the next verb
            return message["result"]
    raise Unavailable("The server stopped before it answered.", hint="Look at its output, then give the command again.")


@contextmanager
def connect(folder: Path) -> Iterator[Served | None]:
    """The workspace as its server serves it; None when no server listens there."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short_path(folder / SOCKET) as path:
            sock.connect(path)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        sock.close()
        yield None
        return
    connection = UnixConnection(sock)
    try:
        yield Served(connection)
    finally:
        connection.close()
