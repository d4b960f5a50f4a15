"""A value that is no number among many that are: it is missing and reported, and the tag stays a number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.workspace import Workspace

TAGS = """
tags:
  largest: {layer: fact, fold: {max: amount, of: order_paid}}
  latest: {layer: fact, fold: {last: amount, of: order_paid}}
  grade: {layer: fact, fold: {last: level}}
"""
PLAN = "events: {order_paid: {properties: {amount: {type: number}, level: {type: string}}}}"
NOTE = "amount: 1 of 20 values are no numbers (such as 'n/a') and count as missing."


def pay(workspace: Workspace, folder: Path, *amounts: Any) -> None:
    events = [
        {
            "type": "track",
            "event": "order_paid",
            "userId": "u1",
            "messageId": f"{amount}",
            "timestamp": f"2026-11-01T10:00:{number:02}Z",
            "properties": {"amount": amount, "level": 7},
        }
        for number, amount in enumerate(amounts)
    ]
    path = folder / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, events)))
    workspace.import_files(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    return tmp_path / "shop"


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        yield workspace


def values(workspace: Workspace) -> dict[str, Any]:
    return {name: tag.value for name, tag in workspace.profile("user_id:u1").tags.items()}


@pytest.mark.parametrize("served", [False, True])
def test_a_stray_text_is_missing_and_reported(workspace: Workspace, tmp_path: Path, served: bool) -> None:
    if served:
        workspace.follow()
    pay(workspace, tmp_path, *range(1, 19), "20.5")
    assert values(workspace) == {"largest": 20.5, "latest": 20.5, "grade": 7}
    assert not any("no numbers" in note for note in workspace.tags_check()["warnings"])
    pay(workspace, tmp_path, "n/a")
    if served:
        workspace.tick()
    assert values(workspace) == {"largest": 20.5, "latest": 20.5, "grade": 7}
    assert NOTE in workspace.tags_check()["warnings"]
    assert NOTE in workspace.doctor()["advice"]
    # Two more are more than one in ten: what comes in is words.
    pay(workspace, tmp_path, "b", "c")
    if served:
        workspace.tick()
    assert values(workspace)["largest"] == "n/a"
    assert not any("no numbers" in note for note in workspace.tags_check()["warnings"])


def test_what_the_plan_declares_decides(folder: Path, tmp_path: Path) -> None:
    (folder / "events.yaml").write_text(PLAN, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        pay(workspace, tmp_path, 3, "n/a", "b", "c")
        assert values(workspace) == {"largest": 3, "latest": 3, "grade": "7"}
        assert (
            "amount: 3 of 4 values are no numbers (such as 'b') and count as missing."
            in (workspace.tags_check()["warnings"])
        )
