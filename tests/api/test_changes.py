"""Changes as server-sent events: from where they begin, what is lost, and who sees what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from tests.contract.engine.lives import make_events

import limner
from limner.adapters.outbox import OutboxFile, SqliteOutbox
from limner.api.changes import follow_changes, tell_changes
from limner.api.door import Caller
from limner.errors import DataError
from limner.govern.roles import Role
from limner.identity.normalise import normalise_batch
from limner.model.change import Changed, Mark
from limner.workspace import Workspace


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[SqliteOutbox]:
    file = OutboxFile(tmp_path / "outbox.sqlite")
    yield SqliteOutbox(file)
    file.close()


def add(outbox: SqliteOutbox, *customers: int) -> None:
    outbox.add([Changed(customer, {"n": (1, 2)}) for customer in customers], Mark(1, 1))


def pages(outbox: SqliteOutbox, after: int | None, *deeds: Any, heartbeat: float = 5.0) -> list[tuple[int, list[int]]]:
    """What is told after each deed."""

    async def run() -> list[tuple[int, list[int]]]:
        told = []
        following = follow_changes(outbox, after, heartbeat)
        for deed in deeds:
            reading = asyncio.ensure_future(anext(following, None))
            await asyncio.sleep(0.1)
            deed()
            page = await asyncio.wait_for(reading, 10)
            if page is not None:
                told.append((page[0], [entry.position for entry in page[1]]))
        await following.aclose()
        return told

    return asyncio.run(run())


def nothing() -> None:
    pass


def test_it_begins_with_what_comes_next(outbox: SqliteOutbox) -> None:
    add(outbox, 1, 2)
    assert pages(outbox, None, lambda: add(outbox, 3), lambda: add(outbox, 4, 5)) == [(0, [3]), (0, [4, 5])]


def test_it_goes_on_where_a_line_broke(outbox: SqliteOutbox) -> None:
    add(outbox, 1, 2, 3)
    assert pages(outbox, 1, nothing) == [(0, [2, 3])]
    assert pages(outbox, 99, lambda: add(outbox, 4)) == [(0, [4])], "an id of another outbox"


def test_what_is_not_kept_any_more_is_counted(outbox: SqliteOutbox) -> None:
    add(outbox, 1, 2, 3, 4)
    outbox.trim(3)
    assert pages(outbox, 1, nothing, lambda: add(outbox, 5)) == [(2, [4]), (0, [5])]
    outbox.trim(5)
    assert pages(outbox, 1, nothing) == [(4, [])]


def test_silence_has_a_heartbeat_and_an_end(outbox: SqliteOutbox) -> None:
    assert pages(outbox, None, nothing, heartbeat=0.05) == [(0, [])]
    assert pages(outbox, None, outbox.close) == []


def told_to(
    workspace: Workspace, role: Role, customer: str | None, last: str, audience: str | None = None
) -> list[dict[str, Any]]:
    """What a listener of that role is told at once."""
    secret = workspace.keys.issue(f"a {role}", role)
    key = workspace.keys.find(secret)
    assert key is not None
    app = SimpleNamespace(state=SimpleNamespace(workspace=workspace))
    request = Request({"type": "http", "app": app, "headers": [(b"authorization", f"Bearer {secret}".encode())]})

    async def run() -> bytes:
        response = await tell_changes(request, workspace, Caller.of_key(key), customer, audience, last)
        lines = response.body_iterator
        assert await anext(lines) == b"retry: 2000\n\n"
        page = await anext(lines)
        await lines.aclose()  # type: ignore[attr-defined]
        assert isinstance(page, bytes)
        return page

    text = asyncio.run(run()).decode()
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        yield workspace


def test_changes_are_masked_by_role(workspace: Workspace) -> None:
    after = str(workspace.parts.feed.span()[1])
    changed = Changed(1, {"mobile": ("13800000000", None), "n": (1, ["li@example.com"])}, ("vip",))
    workspace.parts.outbox.add([changed, Changed(2, {"n": (1, 2)})], Mark(1, 0))
    (seen, _) = told_to(workspace, Role.OPERATOR, None, after)
    assert seen == {
        "position": int(after) + 1,
        "customer_id": "c1",
        "as_of": "1970-01-01T08:00:00+08:00",
        "tags": {"mobile": {"before": "13800000000", "after": None}, "n": {"before": 1, "after": ["li@example.com"]}},
        "entered": ["vip"],
        "exited": [],
    }
    (masked,) = told_to(workspace, Role.VIEWER, "c1", after)
    assert masked["tags"] == {
        "mobile": {"before": "138****0000", "after": None},
        "n": {"before": 1, "after": ["l***@example.com"]},
    }


def test_a_customer_is_followed_by_any_key_and_through_merges(workspace: Workspace) -> None:
    workspace.parts.log.append(normalise_batch(make_events(60, 3)))
    first, second = [f"c{number}" for number in workspace.crowd().folded.customers[:2].tolist()]
    key = workspace.parts.observations.identifiers([int(second[1:])])[0]
    after = str(workspace.parts.feed.span()[1])
    changed = [Changed(int(each[1:]), {"n": (1, 2)}) for each in (first, second)]
    workspace.parts.outbox.add(changed, Mark(1, 0))

    def told(customer: str) -> list[str]:
        return [each["customer_id"] for each in told_to(workspace, Role.OPERATOR, customer, after)]

    assert told(":".join(key)) == [second]
    assert told("user_id:nobody") == []
    with pytest.raises(DataError, match="is not a key"):
        told("nobody")
    workspace.identity_merge(first, second)
    assert told(":".join(key)) == told(first) == told(second) == [first, second]


def test_only_who_enters_or_leaves_an_audience_is_told(workspace: Workspace) -> None:
    after = str(workspace.parts.feed.span()[1])
    changed = [Changed(1, {}, ("vip",)), Changed(2, {}, ("new",), ("vip",)), Changed(3, {}, ("new",))]
    workspace.parts.outbox.add(changed, Mark(1, 0))
    told = told_to(workspace, Role.OPERATOR, None, after, "vip")
    assert [each["customer_id"] for each in told] == ["c1", "c2"]
