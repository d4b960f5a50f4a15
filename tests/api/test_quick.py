"""Portraits read without a thread each: who is named by nothing does not wait for a round of storing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.conftest import lay_out, order

import limner
from limner.api.quick import TRIES, Asked, QuickPortraits, hand_over
from limner.workspace import Workspace


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, str]]:
    folder = tmp_path_factory.mktemp("quick") / "shop"
    key, events = lay_out(folder, [order(user, 10, 1) for user in range(3)])
    with limner.open(folder) as workspace:
        workspace.import_files(events)
        workspace.tags_apply()
        workspace.follow()
        workspace.tick()
        yield workspace, key


def bearer(key: str) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {key}".encode()


async def nobody(*asked: Any) -> None:
    raise AssertionError


async def elsewhere(*asked: Any) -> None:
    """It is not answered here."""


async def ask(quick: QuickPortraits, *headers: tuple[bytes, bytes]) -> dict[str, Any] | None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    path = "/api/v1/profiles/user_id:U1"
    await quick(
        {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": list(headers)}, None, send
    )  # type: ignore[arg-type]
    return json.loads(sent[1]["body"])["tags"] if sent else None


@pytest.mark.parametrize("refusals", [1, TRIES - 1, TRIES])
def test_whom_nothing_names_is_looked_at_again(
    served: tuple[Workspace, str], refusals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, key = served
    left, looked, name, look = [refusals], list[int](), workspace.pending.name, workspace.look

    def account(*asked: Any) -> Any:
        """Rows were just stored, and are not known yet as those of what is pending."""
        left[0] -= 1
        return None if left[0] >= 0 else name(*asked)

    def note() -> None:
        looked.append(1)
        look()

    monkeypatch.setattr(workspace.pending, "name", account)
    monkeypatch.setattr(workspace, "look", note)

    tags = asyncio.run(ask(QuickPortraits(nobody, workspace), bearer(key)))
    assert tags is not None
    assert tags["spend"]["value"] == 10
    assert len(looked) == (refusals == TRIES)


def test_who_is_signed_in_and_sees_identifiers_is_answered_here_and_nobody_else(served: tuple[Workspace, str]) -> None:
    workspace, key = served
    cookies = {}
    for role in ("operator", "viewer", "analyst"):
        user = workspace.users_add(f"quick-{role}", role, "correct horse battery").user
        signed, cookie = workspace.sessions.open(user)
        cookies[role] = b"cookie", f"other=1; limner_session={cookie}".encode()
        refused = QuickPortraits(elsewhere, workspace)
        assert asyncio.run(ask(refused, cookies[role])) is None  # before the catalog was asked
        assert workspace.sessions.find(cookie) == signed

    shown = asyncio.run(ask(QuickPortraits(nobody, workspace), cookies["operator"]))
    assert shown == asyncio.run(ask(QuickPortraits(nobody, workspace), bearer(key))) is not None
    quick = QuickPortraits(elsewhere, workspace)
    assert [asyncio.run(ask(quick, cookies[role])) for role in ("viewer", "analyst")] == [None, None]
    for sent in (bearer("nobody"), (b"authorization", b"")):  # a key that is sent decides
        assert asyncio.run(ask(quick, cookies["operator"], sent)) is None
    workspace.users.disable("quick-operator")
    assert asyncio.run(ask(quick, cookies["operator"])) is None


def test_an_answer_after_the_server_has_stopped_is_nobodys() -> None:
    loop = asyncio.new_event_loop()
    asked = Asked("user_id:U1", None, False, None, loop, loop.create_future())
    loop.close()
    hand_over([asked], [b"{}"])
    assert not asked.answer.done()
