"""What a connection answers at once is, letter by letter, what the way of all requests answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
import uvicorn
from tests.api.conftest import lay_out, order
from tests.api.test_joined import Noted
from uvicorn.server import ServerState

import limner
from limner.api import quick
from limner.api.app import App, create_app
from limner.api.at_once import TURN, AnswersAtOnce
from limner.api.joined import JoinedAnswers
from limner.workspace import Workspace

INSTANT = re.compile(rb'"as_of":"[^"]+"')
PATHS = (
    "user_id:U1",
    "user_id:U1?evidence=false",
    "user_id:U1?tags=spend&evidence=false",
    "user_id:U1?tags=",
    "user_id:U1?tags=nothing",
    "user_id:U1?evidence=perhaps",
    "user_id:U1?as_of=2026-01-01",
    "user_id:U1?evidence=false#below",
    "user_id%3AU1",
    "c0?evidence=false",
    "user_id:nobody",
    "nobody",
    "user_id:",
    "",
    "user_id:U1/timeline",
    "user_id:U1/tags/spend",
    "user_id:%E5%BC%A0?evidence=false",
)


class Patient(Noted):
    """The sender may be told to wait; what it sent is here already."""

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, App, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("at_once") / "shop"
    admin, events = lay_out(folder, [order(user, 10.25, 1) for user in range(3)])
    with limner.open(folder) as workspace:
        workspace.import_files(events)
        workspace.tags_apply()
        keys = {"admin": admin, "nobody's": "none"}
        keys |= {role: str(workspace.keys.create(role, role).secret) for role in ("viewer", "write")}
        keys["slow"] = str(workspace.keys.create("slow", "admin", rate=1000).secret)
        workspace.follow()
        workspace.tick()
        ready = Event()
        ready.set()
        app = create_app(workspace, ready)
        assert isinstance(app, App)
        yield workspace, app, keys


def answer(app: App, kind: type[JoinedAnswers], *sent: bytes) -> tuple[bytes, list[str]]:
    """What comes of it, and which requests the app was asked."""
    passed: list[str] = []

    async def front(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["method"] + scope["path"])
        assert app.front is not None
        await app.front(scope, receive, send)

    async def run() -> bytes:
        config = uvicorn.Config(front, http=kind, log_level="critical", lifespan="off", proxy_headers=False)
        config.load()
        config.app = app  # type: ignore[assignment]
        state = ServerState()
        state.default_headers = [(b"date", b"today"), (b"server", b"uvicorn")]
        protocol, noted = kind(config, state, {}), Patient()
        protocol.connection_made(noted)
        for data in sent:
            protocol.data_received(data)
        while state.tasks or protocol.pipeline:
            await asyncio.gather(*state.tasks)
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert state.total_requests == b"".join(sent).count(b" HTTP/1.")
        protocol.connection_lost(None)
        return b"".join(noted.sent)

    return INSTANT.sub(b"now", asyncio.run(run())), passed


def write(path: str, secret: str, method: str = "GET", version: str = "1.1", more: str = "") -> bytes:
    head = f"{method} /api/v1/profiles/{path} HTTP/{version}\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n{more}\r\n"
    return head.encode()


def compare(app: App, *sent: bytes) -> tuple[bytes, list[str]]:
    """Two ways; which of the requests went the second though they might go the first."""
    (soon, passed), (slow, all) = answer(app, AnswersAtOnce, *sent), answer(app, JoinedAnswers, *sent)
    assert soon == slow
    assert len(all) == b"".join(sent).count(b" HTTP/1.")
    return soon, passed


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["admin", "viewer", "write", "slow", "nobody's"])
def test_either_way_says_the_same(served: tuple[Workspace, App, dict[str, str]], path: str, who: str) -> None:
    _, app, keys = served
    said, passed = compare(app, write(path, keys[who]))
    assert bool(passed) == (who != "admin" or path not in (*PATHS[:4], PATHS[9]))
    assert said.startswith(b"HTTP/1.1 200") or passed


def test_only_what_is_plain_is_answered_at_once(served: tuple[Workspace, App, dict[str, str]]) -> None:
    _, app, keys = served
    plain = write(PATHS[1], keys["admin"])
    for sent in (
        [write(PATHS[1], keys["admin"], method="HEAD")],
        [write(PATHS[1], keys["admin"], method="DELETE")],
        [write(PATHS[1], keys["admin"], version="1.0")],
        [write(PATHS[1], keys["admin"], more="Connection: close\r\n")],
        [plain.replace(b"Authorization", b"X-Other")],
    ):
        assert len(compare(app, *sent)[1]) == len(sent)
    for at in (20, len(plain) - 1):
        assert compare(app, plain[:at], plain[at:])[1] == []
    with_body = write(PATHS[1], keys["admin"], more="Content-Length: 3\r\n") + b"abc"
    assert compare(app, with_body, plain)[1] == []


def test_answers_keep_the_order_of_their_requests(served: tuple[Workspace, App, dict[str, str]]) -> None:
    _, app, keys = served
    first, second = write("user_id:U1?evidence=false", keys["admin"]), write("user_id:nobody", keys["admin"])
    third = write("user_id:U2?evidence=false", keys["admin"])
    said, passed = compare(app, first + second + third + first)
    assert [int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", said)] == [200, 404, 200, 200]
    assert passed[0] == "GET/api/v1/profiles/user_id:nobody"


def test_whoever_sends_many_ahead_lets_others_have_their_turn(served: tuple[Workspace, App, dict[str, str]]) -> None:
    _, app, keys = served
    one = write(PATHS[1], keys["admin"])
    said, passed = compare(app, one * (TURN + 5), one)
    assert said.count(b"HTTP/1.1 200") == TURN + 6
    assert len(passed) == 6  # the last comes while others wait before it
    assert compare(app, *[one] * (TURN + 5))[1] == []


def test_whole_portraits_of_many_tags_go_where_they_are_compressed(
    served: tuple[Workspace, App, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, app, keys = served
    whole, some = write("user_id:U1", keys["admin"]), write("user_id:U1?tags=spend", keys["admin"])
    monkeypatch.setattr(quick, "MANY", workspace.count_columns())
    assert [compare(app, each)[1] for each in (whole, some)] == [[], []]
    monkeypatch.setattr(quick, "MANY", workspace.count_columns() - 1)
    assert [compare(app, each)[1] for each in (whole, some)] == [["GET/api/v1/profiles/user_id:U1"], []]


def test_what_is_answered_at_once_is_counted_and_noted(served: tuple[Workspace, App, dict[str, str]]) -> None:
    workspace, app, keys = served
    noted = list[Any]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace.reads, "note", lambda *asked: noted.append(asked))
        before = count(app)
        answer(app, AnswersAtOnce, write("user_id:U1?tags=spend&evidence=false", keys["admin"]))
        answer(app, AnswersAtOnce, write("user_id:nobody?tags=spend&evidence=false", keys["admin"]))
        assert len(noted) == 2  # once each, though the second goes both ways
        assert count(app) == before + 1


def test_whoever_fails_is_told_in_the_way_of_all_requests(
    served: tuple[Workspace, App, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, app, keys = served

    def fail(*asked: Any) -> bytes:
        raise ValueError

    monkeypatch.setattr(workspace, "profile_at_once", fail)
    said, passed = answer(app, AnswersAtOnce, write(PATHS[1], keys["admin"]))
    assert said.startswith(b"HTTP/1.1 500")
    assert len(passed) == 1


def count(app: App) -> float:
    labels = {"method": "GET", "route": "/api/v1/profiles/{key:path}", "status": "200"}
    return float(app.state.metrics.get_sample_value("limner_requests_total", labels) or 0)
