"""One HTTP/1.1 connection to one address, for one request after another."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from ssl import SSLContext

import httptools

MOST_READ = 64 << 10
"""Bytes of an answer that are read; after more the connection is of no further use."""


class Unanswered(Exception):
    """The connection ended before an answer came."""


class Reply:
    """An answer as it is parsed: `httptools` calls the methods."""

    def __init__(self) -> None:
        self.status = 0
        self.phrase = ""
        self.headers: dict[str, str] = {}
        self.complete = False
        self.reusable = False
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.phrase, self.headers = "", {}

    def on_status(self, phrase: bytes) -> None:
        self.phrase += phrase.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_message_complete(self) -> None:
        if self.status >= 200:  # what came before was only a word in between
            self.complete = True
            self.reusable = self._parser.should_keep_alive()


class Connection:
    """Over a TCP (or TLS) stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: str, port: int, tls: SSLContext | None, host: str) -> Connection:
        """To an IP address; ``host`` is whose certificate is asked for."""
        name = None if tls is None else host
        reader, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=name, limit=MOST_READ)
        return cls(reader, writer)

    @property
    def gone(self) -> bool:
        """Did the other side close it while nobody looked?"""
        return self._reader.at_eof() or self._writer.is_closing()

    async def ask(self, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """POST, and the answer; its body is read and left. Raises OSError, Unanswered, HttpParserError."""
        lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
        self._writer.write(head.encode("latin-1") + body)
        await self._writer.drain()
        reply, read = Reply(), 0
        while not reply.complete:
            data = await self._reader.read(MOST_READ)
            if not data:
                return _cut_short(reply)
            read += len(data)
            reply.feed(data)
            if read > MOST_READ and not reply.complete:
                return _cut_short(reply)
        return reply

    def close(self) -> None:
        self._writer.transport.abort()  # all there was to say has been said


def _cut_short(reply: Reply) -> Reply:
    """The status says it all, whatever more there was to read."""
    if reply.status < 200:
        raise Unanswered("the connection was closed without an answer")
    return reply
