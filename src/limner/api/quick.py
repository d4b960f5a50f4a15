"""Portraits read without a thread each: at once where nobody has to be waited for, else all together after a tick.

Everything else about them, refusals included, is `limner.api.profiles`: what is not plain goes on to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from limner.api.door import COOKIE, Caller
from limner.errors import LimnerError
from limner.govern.roles import Action, Role, may

if TYPE_CHECKING:
    from limner.state import State
    from limner.workspace import Workspace

PREFIX = "/api/v1/profiles/"
ROUTE = Route(PREFIX + "{key:path}", lambda request: None)
"""As the metrics name it."""
AUTHORIZATION, BEARER = b"authorization", b"bearer "
SEEING = frozenset(role for role in Role if may(role, Action.READ_PORTRAITS) and may(role, Action.SEE_IDENTIFIERS))
PACE = 0.005
"""Seconds a read gives way while another waits for a round of storing, which needs the lock that Python has."""
MANY = 200
"""Tags of a portrait, which is tens of kilobytes then."""
TRIES, AGAIN = 5, 0.002
"""So often, with so many seconds between, a read that nothing names looks again before it waits for a tick."""
OTHERS = ("/timeline", "/identities", "/notes", "/history", "/graph")
ONE_TAG = "/tags/"


Headers = Sequence[tuple[bytes, bytes]]


class Question(NamedTuple):
    caller: Caller
    read: tuple[str, Sequence[str] | None, bool]
    """Key, tags, with evidence."""


class Asked(NamedTuple):
    key: str
    tags: Sequence[str] | None
    evidence: bool
    until: int | None
    """The position of the journal that has to be stored first; None = all of it."""
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[bytes | None]


class QuickPortraits:
    """Answers reads of portraits of this instant, by callers who may see everything and have no rate."""

    def __init__(self, app: ASGIApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace
        self._waiting: list[Asked] = []
        self._unanswered = 0
        """How many wait, whether taken or not."""
        workspace.attend(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = None
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(PREFIX):
            asked = self._read(scope["path"].removeprefix(PREFIX), scope["query_string"], scope["headers"])
        body = None if asked is None else await self._answer(*asked.read)
        if asked is None or body is None:
            await self._app(scope, receive, send)
            return
        self._note(asked)
        scope["route"] = ROUTE
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def ask_at_once(self, path: str, query: bytes, headers: Headers) -> bytes | None:
        """The same, what stands behind `PREFIX` asked by GET, where nobody has to be waited for; None = not so."""
        asked = None if self._unanswered else self._read(path, query, headers)
        if asked is None or self._is_large(asked):
            return None
        try:
            body = self._workspace.profile_at_once(*asked.read)
        except LimnerError:
            return None
        if body is not None:
            self._note(asked)
        return body

    def take(self) -> Sequence[Asked]:
        taken, self._waiting = self._waiting, []
        return taken

    def find_until(self, waiting: Sequence[Asked]) -> int | None:
        positions = [asked.until for asked in waiting if asked.until is not None]
        return max(positions) if len(positions) == len(waiting) else None

    def answer_some(self, waiting: Sequence[Asked]) -> Sequence[Asked]:
        bodies = [self._read_at_once(asked) for asked in waiting]
        done = [(asked, body) for asked, body in zip(waiting, bodies) if body is not None]
        if done:
            hand_over(*zip(*done))
        return [asked for asked, body in zip(waiting, bodies) if body is None]

    def answer(self, waiting: Sequence[Asked], state: State | None) -> None:
        """See `limner.workspace.following.Readers`."""
        if waiting:
            hand_over(waiting, [self._write(asked, state) for asked in waiting])

    def _read_at_once(self, asked: Asked) -> bytes | None:
        try:
            return self._workspace.profile_at_once(asked.key, asked.tags, asked.evidence)
        except LimnerError:
            return None

    def _write(self, asked: Asked, state: State | None) -> bytes | None:
        try:
            return None if state is None else self._workspace.profile_in(state, asked.key, asked.tags, asked.evidence)
        except LimnerError:
            return None

    async def _answer(self, key: str, tags: Sequence[str] | None, evidence: bool) -> bytes | None:
        """The answer; None = not here."""
        if self._unanswered:
            await asyncio.sleep(PACE)
        try:
            for _ in range(TRIES):
                body = self._workspace.profile_at_once(key, tags, evidence)
                if body is not None:
                    return body
                until = self._workspace.find_wait(key)
                if until is not None:
                    break
                await asyncio.sleep(AGAIN)
        except LimnerError:
            return None
        loop = asyncio.get_running_loop()
        asked = Asked(key, tags, evidence, until, loop, loop.create_future())
        self._waiting.append(asked)
        self._unanswered += 1
        try:
            self._workspace.look()
            return await asked.answer
        finally:
            self._unanswered -= 1

    def _read(self, path: str, query: bytes, headers: Headers) -> Question | None:
        """None = not for here."""
        asked = read_query(query)
        if asked is None or path.endswith(OTHERS) or ONE_TAG in path or not self._workspace.is_followed:
            return None
        caller = self._find_caller(headers)
        if caller is None or caller.rate is not None or caller.role not in SEEING:
            return None
        return Question(caller, (path, *asked))

    def _is_large(self, asked: Question) -> bool:
        """Such goes the way of all answers, on which it is compressed."""
        _, tags, _ = asked.read
        return tags is None and self._workspace.count_columns() > MANY

    def _note(self, asked: Question) -> None:
        """That it was answered here; the others are noted where they are."""
        _, tags, _ = asked.read
        if tags:
            self._workspace.reads.note(asked.caller.who, tags)

    def _find_caller(self, headers: Headers) -> Caller | None:
        """Who asks, if that can be told without waiting; a key that is sent decides."""
        given = find_authorization(headers)
        if given is None:
            cookie = HTTPConnection({"type": "http", "headers": headers}).cookies.get(COOKIE)
            signed = None if cookie is None else self._workspace.sessions.recall(cookie)
            return None if signed is None else Caller.of_user(signed.user)
        if given[: len(BEARER)].lower() != BEARER:
            return None
        key = self._workspace.keys.find(given[len(BEARER) :].strip().decode("latin-1"))
        return None if key is None else Caller.of_key(key)


def find_authorization(headers: Headers) -> bytes | None:
    for name, value in headers:
        if name == AUTHORIZATION:
            return value
    return None


@lru_cache(maxsize=256)
def read_query(query: bytes) -> tuple[tuple[str, ...] | None, bool] | None:
    """The tags asked for (None = all), and whether with evidence; None where anything else is asked."""
    asked = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    evidence = asked.pop("evidence", "true")
    if evidence not in ("true", "false") or not asked.keys() <= {"tags"}:
        return None
    return tuple(name for name in asked["tags"].split(",") if name) if "tags" in asked else None, evidence == "true"


def hand_over(waiting: Sequence[Asked], bodies: Sequence[bytes | None]) -> None:
    """To the loop they ask on; when that was closed, as the server had to stop, nobody waits any more."""
    with suppress(RuntimeError):
        waiting[0].loop.call_soon_threadsafe(deliver, waiting, bodies)


def deliver(waiting: Sequence[Asked], bodies: Sequence[bytes | None]) -> None:
    for asked, body in zip(waiting, bodies):
        if not asked.answer.done():
            asked.answer.set_result(body)
