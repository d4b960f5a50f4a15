"""The health of all tags over HTTP: kept ready, and never as it was before something changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import lay_out, order

import limner
from limner.api.app import create_app
from limner.workspace import Workspace, examining

NEWER = 40 * 86_400_000_000
"""Forty days: nobody used a tag by then."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Workspace, TestClient]]:
    key, events = lay_out(tmp_path / "shop", [order(user, user * 10, 1) for user in range(1, 9)])
    ready = Event()
    ready.set()
    with limner.open(tmp_path / "shop") as workspace:
        workspace.import_files(events)
        workspace.tags_apply()
        workspace.tags_examine()
        client = TestClient(create_app(workspace, ready))
        client.headers["Authorization"] = f"Bearer {key}"
        yield workspace, client


def test_it_is_found_once_for_all_who_ask(
    served: tuple[Workspace, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, client = served
    first = client.get("/api/v1/tags:health").json()
    monkeypatch.setattr(Workspace, "tags_health", lambda self: pytest.fail("it was found once more"))
    assert client.get("/api/v1/tags:health").json() == first


def test_somebody_who_signs_in_changes_nothing_of_it(
    served: tuple[Workspace, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalog has one more session by then, and whoever signs in opens a page next."""
    workspace, client = served
    workspace.users_add("ada", "admin", "a word of some length")
    first = [client.get(f"/api/v1/{path}").json() for path in ("tags:health", "tags")]
    assert client.post("/api/v1/session", json={"user": "ada", "password": "a word of some length"}).status_code == 200
    monkeypatch.setattr(Workspace, "tags_health", lambda self: pytest.fail("it was found once more"))
    monkeypatch.setattr(Workspace, "tags_list", lambda self, statuses: pytest.fail("they were listed once more"))
    assert [client.get(f"/api/v1/{path}").json() for path in ("tags:health", "tags")] == first


def test_whatever_it_depends_on_makes_another_of_it(
    served: tuple[Workspace, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, client = served

    def show() -> dict[str, dict[str, object]]:
        told = client.get("/api/v1/tags:health").json()["health"]
        assert told == client.get(f"/api/v1/tags:health?limit={len(told) + 1}").json()["health"]  # asked anew
        return {each["name"]: each for each in told}

    def users(name: str, what: str) -> Callable[[], object]:
        return lambda: show()[name]["used_by"][what]  # type: ignore[index]

    assert users("tier", "audiences")() == []
    workspace.audience_save("big", {"tier": "high"}, live=False)
    assert users("tier", "audiences")() == ["big"]
    workspace.audience_drop("big")
    assert users("tier", "audiences")() == []

    client.get("/api/v1/profiles/user_id:U1?tags=tier")
    assert list(users("tier", "readers")().values()) == [1]  # type: ignore[attr-defined]
    client.get("/api/v1/profiles/user_id:U1?tags=tier")
    assert list(users("tier", "readers")().values()) == [2]  # type: ignore[attr-defined]

    assert show()["favourite"]["zombie"] is None
    then = examining.now() + NEWER
    with monkeypatch.context() as later:
        later.setattr(examining, "now", lambda: then)
        assert show()["favourite"]["zombie"]
    assert show()["favourite"]["zombie"] is None

    before = show()["spend"]["as_of"]
    workspace.fold()
    workspace.tags_examine()
    assert show()["spend"]["as_of"] != before
    workspace.tags_retire("favourite", reason="over")
    assert "favourite" not in show()
