"""Who asks for somebody at an instant before anybody knew of them is told since when they are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.engine.lives import make_events

import limner
from limner.errors import NotFound
from limner.identity.normalise import normalise_batch
from limner.model.clock import iso_time
from limner.workspace import Workspace

ZONE = "Asia/Shanghai"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text("tags:\n  seen: {layer: fact, fold: {count: '*'}}\n")
    with limner.open(tmp_path / "shop") as opened:
        opened.tags_apply()
        opened.parts.log.append(normalise_batch(make_events(400, 3)))
        yield opened


def span(workspace: Workspace, key: str) -> tuple[str, str]:
    """When its first event was, and when the first was received."""
    part = workspace.moment().view.slice_of_one(workspace.moment().snapshot.resolve(key))
    return iso_time(int(part.columns["time"].min()), ZONE), iso_time(int(part.columns["received_at"].min()), ZONE)


@pytest.mark.parametrize("followed", [False, True])
def test_it_is_said_since_when_somebody_is_known(workspace: Workspace, followed: bool) -> None:
    if followed:
        workspace.follow()
        workspace.tick()
    key = f"c{workspace.crowd().folded.customers[0]}"
    first, heard = span(workspace, key)
    with pytest.raises(NotFound, match=rf"The first event of {key} is of {first}".replace("+", r"\+")):
        workspace.profile(key, as_of="2001-01-01")
    with pytest.raises(NotFound, match=rf"{key} was first heard of at {heard}: at 2001-".replace("+", r"\+")):
        workspace.profile(key, known_at="2001-01-01")
    [(type, value)] = workspace.parts.observations.identifiers([int(key[1:])])
    with pytest.raises(NotFound, match=rf"{key} was first heard of at {heard}: at 2001-".replace("+", r"\+")):
        workspace.profile(f"{type}:{value}", known_at="2001-01-01")
    assert workspace.profiles([key], known_at="2001-01-01") == [None]


def test_who_was_never_seen_is_not_said_to_be_known_since(workspace: Workspace) -> None:
    for asked in ({"as_of": "2001-01-01"}, {"known_at": "2001-01-01"}):
        with pytest.raises(NotFound, match=r"never seen|No event carries"):
            workspace.profile("user_id:nobody-at-all", **asked)
