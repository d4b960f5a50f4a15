"""Portraits answered by the connection itself, where nobody has to be waited for.

To make a task of a request, and to hand it through what all requests pass, takes as long as most of a portrait. What
is asked in any other way than programs ask, and whoever has to wait or is refused, goes the way of all requests.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

from limner.api.joined import JoinedAnswers, JoinedWrites
from limner.api.quick import PREFIX, ROUTE, Headers

Ask = Callable[[str, bytes, Headers], bytes | None]
"""The portrait a path (behind `PREFIX`) and a query ask for; None = not here."""
Count = Callable[[str, str, int, float], None]
"""Method, route, status, seconds."""
BEFORE = PREFIX.encode()
HEAD = b"HTTP/1.1 200 OK\r\n%scontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
ODD = (b"%", b"#")
"""Letters of an address that is spelt in a way of its own."""
TURN = 16
"""Requests of those that arrive together which are answered without a turn for others: some 5 ms."""


class Answered:
    """In the place of a request that has its answer: whatever comes of it yet is nobody's."""

    response_complete = True
    keep_alive = True
    message_event = asyncio.Event()


def count_answers(ask: Ask, count: Count) -> Ask:
    def answer(path: str, query: bytes, headers: Headers) -> bytes | None:
        began = perf_counter()
        body = ask(path, query, headers)
        if body is not None:
            count("GET", ROUTE.path, 200, perf_counter() - began)
        return body

    return answer


class AnswersAtOnce(JoinedAnswers):
    """For `uvicorn.Config(http=...)` of an app that has ``at_once``, an `Ask`."""

    flow: FlowControl
    transport: JoinedWrites  # type: ignore[assignment]
    turn = 0

    def data_received(self, data: bytes) -> None:
        self.turn = TURN
        super().data_received(data)

    def on_headers_complete(self) -> None:
        body = self._find_answer() if self.url.startswith(BEFORE) else None
        if body is None:
            super().on_headers_complete()
            return
        self.turn -= 1
        self.cycle = Answered  # type: ignore[assignment]
        head = b"".join([b"%s: %s\r\n" % header for header in self.server_state.default_headers])
        self.transport.send(HEAD % (head, len(body)) + body)
        self.on_response_complete()

    def _find_answer(self) -> bytes | None:
        parser, idle = self.parser, self.cycle is None or self.cycle.response_complete
        if not (idle and self.turn) or self.flow.write_paused:
            return None
        if parser.get_method() != b"GET" or parser.get_http_version() != "1.1":
            return None
        if parser.should_upgrade() or not parser.should_keep_alive() or any(letter in self.url for letter in ODD):
            return None
        path, _, query = self.url.removeprefix(BEFORE).partition(b"?")
        app: Any = self.config.app
        try:
            answer: bytes | None = app.at_once(path.decode("ascii"), query, self.headers)
        except Exception:  # the way of all requests meets the same, and says so as it says everything
            logging.getLogger("limner").debug("A portrait is not answered at once.", exc_info=True)
            return None
        return answer
