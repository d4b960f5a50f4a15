"""The live state of a workspace survives what fails around it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.contract.engine.lives import make_events

import limner
from limner.errors import Unavailable
from limner.identity.normalise import normalise_batch
from limner.live import Live
from limner.model.change import Changed, Mark
from limner.workspace import Workspace

TAGS = "tags:\n  events: {layer: fact, fold: {count: '*'}}\n"


def follow_by_hand(workspace: Workspace) -> None:
    """With a live state and without its thread."""
    workspace._live = Live(workspace.parts, workspace._one_id)


def test_what_could_not_be_told_is_told_by_the_next_tick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    events = normalise_batch(make_events(600, 3))
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.audience_save("busy", {"events": {"gte": 3}})
        workspace.parts.log.append(events.slice(0, 300))
        follow_by_hand(workspace)
        workspace.tick()
        before = set(members(workspace))
        assert before
        workspace.parts.log.append(events.slice(300))
        add = workspace.parts.outbox.add

        def refuse(changes: Sequence[Changed], mark: Mark) -> int:
            raise Unavailable("The disk is full.")

        monkeypatch.setattr(workspace.parts.outbox, "add", refuse, raising=False)
        with pytest.raises(Unavailable):
            workspace.tick()
        monkeypatch.setattr(workspace.parts.outbox, "add", add, raising=False)
        workspace.tick()
        entered = [e.changed.customer for e in workspace.parts.outbox.read(0, 10_000) if e.changed.entered]
        assert sorted(entered) == sorted(set(members(workspace)) - before)
        assert entered


def members(workspace: Workspace) -> list[int]:
    crowd = workspace.crowd()
    counts = crowd.folded.columns["events"].values
    return [int(c) for c, n in zip(crowd.folded.customers, counts) if n >= 3]
