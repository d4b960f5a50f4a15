"""Portraits of a served workspace: many at once, and pages of events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.workspace.test_exporting import pay, workspace

from limner.fold.standing import Standing
from limner.workspace import Workspace
from limner.workspace import opened as opened_module
from limner.workspace import reading as reading_module

__all__ = ["workspace"]


def test_a_thousand_portraits_are_read_in_one_go(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.follow()
    workspace.tick()
    alone = [workspace.profile(f"user_id:u{user}", evidence=False) for user in range(20)]
    taken = []
    take = Standing.take

    def note(standing: Standing, rows: np.ndarray, names: None = None) -> object:
        taken.append(len(rows))
        return take(standing, rows, names)

    monkeypatch.setattr(Standing, "take", note)
    keys = [f"user_id:u{user % 21}" for user in range(1000)]
    found = workspace.profiles(keys)
    assert taken == [20]
    for place, portrait in enumerate(found):
        if place % 21 == 20:
            assert portrait is None
        else:
            assert portrait is not None
            assert portrait.tags == alone[place % 21].tags
            assert portrait.customer_id == alone[place % 21].customer_id
            assert portrait.identifiers == alone[place % 21].identifiers
    assert len({portrait.as_of for portrait in found if portrait}) == 1
    written = [None if body is None else json.loads(body) for body in workspace.profiles_written(keys)]
    assert len({body["as_of"] for body in written if body}) == 1
    for portrait, body in zip(found, written, strict=True):
        assert body == (None if portrait is None else {**portrait.as_dict(), "as_of": body["as_of"]})


def test_a_timeline_has_what_just_came_in(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.follow()
    workspace.tick()
    monkeypatch.setattr(opened_module, "prepare", None)  # the live state has a moment
    assert len(workspace.timeline("user_id:u7")["events"]) == 4
    pay(workspace, tmp_path, ("u7", 40))
    first = workspace.timeline("user_id:u7", limit=2)
    rest = workspace.timeline("user_id:u7", limit=5, cursor=first["next"])
    amounts = [event["properties"]["amount"] for event in first["events"] + rest["events"]]
    assert amounts == [40, 4, 3, 2, 1]
    assert rest["next"] is None
    whole = workspace.timeline("user_id:u7")["events"]
    for as_of in (whole[0]["time"], whole[2]["time"]):
        known = [event for event in whole if event["time"] <= as_of]
        assert workspace.timeline("user_id:u7", as_of=as_of)["events"] == known


def test_what_is_read_at_once_is_the_portrait(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.follow()
    workspace.tick()

    def read(user: int, tags: tuple[str, ...] | None, evidence: bool) -> Any:
        with workspace._settled():
            state = workspace._state()
            assert state is not None
            body = workspace.profile_in(state, f"user_id:u{user}", tags, evidence)
        return None if body is None else {**json.loads(body), "as_of": ""}

    for evidence in (True, False):
        for tags in (None, ("spend",), ()):
            for user in range(20):
                drawn = workspace.profile(f"user_id:u{user}", tags=tags, evidence=evidence).as_dict()
                assert read(user, tags, evidence) == {**drawn, "as_of": ""}
    before = read(7, None, evidence=True)
    assert before == read(7, None, evidence=True)
    pay(workspace, tmp_path, ("u7", 40))  # what was written of the row before is forgotten
    assert before != read(7, None, evidence=True) == {**workspace.profile("user_id:u7").as_dict(), "as_of": ""}
    monkeypatch.setattr(reading_module, "MOST_AT_ONCE", 3)
    pay(workspace, tmp_path, ("u7", 41))
    assert read(7, None, evidence=False) is not None
    assert read(7, None, evidence=True) is None
