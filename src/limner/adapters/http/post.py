"""The port Post over asyncio's streams: names are resolved, checked and connected to in one go.

An HTTP library resolves a name by itself, after whatever was checked: a name that answers differently the second time
would lead into the private network. Here the address that was checked is the address that is connected to.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import monotonic, time
from urllib.parse import SplitResult

import httptools

from limner.adapters.http.connection import Connection, Reply, Unanswered
from limner.engage.targets import check_url, is_public
from limner.errors import DataError
from limner.ports.post import Answer

IDLE = 20.0
"""Seconds an unused connection is kept: receivers close theirs after a while."""
MOST_IDLE = 8
"""Connections kept for one address."""

Place = tuple[str, str, int, bool]
"""Scheme, host, port, and whether it may be a private one."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds."""

    connect: float = 5.0
    answer: float = 15.0
    """From the beginning of a try to the end of the answer."""


class Unreachable(Exception):
    """Nobody was reached."""


class HttpPost:
    """For one event loop."""

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        self._timeouts = timeouts or Timeouts()
        self._idle: dict[Place, list[tuple[float, Connection]]] = {}
        self._lookups: dict[tuple[str, int], asyncio.Task[list[str]]] = {}
        self._tls = ssl.create_default_context()

    async def send(self, url: str, headers: Mapping[str, str], body: bytes, allow_private: bool) -> Answer:
        try:
            async with asyncio.timeout(self._timeouts.answer):
                return _answer(await self._ask(check_url(url, allow_private), headers, body, allow_private))
        except TimeoutError:
            return Answer(None, f"no answer within {self._timeouts.answer:g} s")
        except (Unreachable, DataError) as error:
            return Answer(None, str(error), unreachable=True)
        except (OSError, Unanswered) as error:
            return Answer(None, str(error) or "the connection broke")
        except httptools.HttpParserError as error:
            return Answer(None, f"the answer is no HTTP: {error}")

    async def close(self) -> None:
        for kept in self._idle.values():
            for _, connection in kept:
                connection.close()
        self._idle.clear()

    async def _ask(self, url: SplitResult, headers: Mapping[str, str], body: bytes, allow_private: bool) -> Reply:
        assert url.hostname is not None
        place = url.scheme, url.hostname, url.port or (443 if url.scheme == "https" else 80), allow_private
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        named = {"Host": url.netloc, **headers}
        kept = self._take(place)
        if kept is not None:
            with suppress(OSError, Unanswered):  # it may have been closed just now: a new one tells
                return await self._ask_over(kept, place, target, named, body)
        return await self._ask_over(await self._connect(place), place, target, named, body)

    async def _ask_over(
        self, connection: Connection, place: Place, target: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        reply = None
        try:
            reply = await connection.ask(target, headers, body)
        finally:
            if reply is None or not reply.reusable:
                connection.close()
        if reply.reusable:
            self._keep(place, connection)
        return reply

    async def _connect(self, place: Place) -> Connection:
        """To the first address of the name that may be connected to and answers."""
        scheme, host, port, allow_private = place
        addresses = await self._resolve(host, port)
        allowed = [address for address in addresses if allow_private or is_public(address)]
        if not allowed:
            raise Unreachable(f"{host} is not on the public network: {', '.join(addresses)} is refused")
        reason = ""
        for address in allowed:
            try:
                async with asyncio.timeout(self._timeouts.connect):
                    return await Connection.open(address, port, self._tls if scheme == "https" else None, host)
            except TimeoutError:
                reason = f"{address} did not accept a connection within {self._timeouts.connect:g} s"
            except OSError as error:  # of TLS too
                reason = f"{address}: {error.strerror or error}"
        raise Unreachable(reason)

    async def _resolve(self, host: str, port: int) -> list[str]:
        """One question at a time for a name: each keeps a thread until it is answered, and threads are few."""
        lookup = self._lookups.get((host, port))
        if lookup is None:
            lookup = self._lookups[host, port] = asyncio.create_task(_look_up(host, port))
            lookup.add_done_callback(lambda _: self._lookups.pop((host, port)))
        return await asyncio.shield(lookup)

    def _take(self, place: Place) -> Connection | None:
        kept = self._idle.get(place, [])
        while kept:
            since, connection = kept.pop()
            if monotonic() - since < IDLE and not connection.gone:
                return connection
            connection.close()
        return None

    def _keep(self, place: Place, connection: Connection) -> None:
        kept = self._idle.setdefault(place, [])
        if len(kept) < MOST_IDLE:
            kept.append((monotonic(), connection))
        else:
            connection.close()


async def _look_up(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} cannot be resolved: {error}") from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _answer(reply: Reply) -> Answer:
    status, reason = reply.status, f"{reply.status} {reply.phrase}".strip()
    if 300 <= status < 400:
        reason += " (redirects are not followed)"
    return Answer(status, reason, read_retry_after(reply.headers.get("retry-after")))


def read_retry_after(text: str | None, now: float | None = None) -> float | None:
    """Seconds from a ``Retry-After`` of either kind; None where it says nothing.

    >>> read_retry_after("120"), read_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", now=0.0), read_retry_after("soon")
    (120.0, 60.0, None)
    """
    if text is None:
        return None
    if text.isdecimal() and text.isascii():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - (time() if now is None else now), 0.0)
    except (ValueError, OverflowError):
        return None
