"""Answers that stay the same until what they depend on changes: encoded once for all who ask."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import msgspec
from fastapi import Request, Response

from limner.api.verbs import plain

MOST = 32
"""Answers; whoever pages through a list leaves no more."""


class ReadyAnswers:
    """One for the whole server, shared between threads: each keeps or finds a whole entry."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Any, bytes]] = {}

    def answer(self, asked: Hashable, state: Any, make: Callable[[], Any]) -> Response:
        """What ``make`` answered to this question in this state, or answers now. ``state`` was read before it is made,
        and holds all that the answer depends on besides the question; None = it is not known."""
        state_then, body = self._kept.get(asked, (None, b""))
        if state is None or state_then != state:
            body = msgspec.json.encode(plain(make()))
            if state is not None:
                self._keep(asked, state, body)
        return Response(body, media_type="application/json")

    def _keep(self, asked: Hashable, state: Any, body: bytes) -> None:
        if len(self._kept) >= MOST:
            self._kept = {}
        self._kept[asked] = state, body


def ready_answers(request: Request) -> ReadyAnswers:
    answers: ReadyAnswers = request.app.state.answers
    return answers
