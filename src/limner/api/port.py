"""The port HTTP is served on, and a sentence when somebody else has it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from limner.errors import Conflict
from limner.settings import ServerSettings


def check_port(settings: ServerSettings) -> None:
    """Raises Conflict when the port cannot be had now: to be asked before long work whose end is serving."""
    with bound_port(settings):
        pass


@contextmanager
def bound_port(settings: ServerSettings) -> Iterator[socket.socket]:
    """A bound socket, not yet listening. Raises Conflict."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. asyncio sets it itself, but not for a socket made elsewhere; without it every answer waits
    # 40 ms for the client to acknowledge its head.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise Conflict(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}.",
            hint="Stop what uses it, or choose another with --port or PORT.",
        ) from error
    try:
        yield sock
    finally:
        sock.close()
