"""The live state of a workspace survives what fails around it."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any
from weakref import ref

import pytest
from tests.contract.engine.lives import make_events

import limner
from limner import again, aside
from limner.errors import DefinitionError, NotFound, Unavailable
from limner.identity.normalise import normalise_batch
from limner.live import Live, unwatched
from limner.model.change import Changed, Mark
from limner.model.tag import Tag
from limner.parts import Parts
from limner.ports.log import Progress
from limner.timeline import timelines as timelines_module
from limner.timeline.compaction import Compacted, Compaction
from limner.timeline.shard import Shard
from limner.timeline.view import View
from limner.workspace import Workspace, behaving, crowding

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


def test_a_tick_holds_no_more_rows_however_many_events_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody is touched again and again: the rows of all their timelines never stand in memory together, only
    those of as many lots as threads fold."""
    monkeypatch.setattr(again, "LOT_ROWS", 100)
    gather, rows, held = View.gather, list[ref[Any]](), list[int]()

    def note(view: View, customers: Any) -> Shard:
        shard = gather(view, customers)
        rows.append(ref(shard.columns["seq"]))
        held.append(sum(len(one) for each in rows if (one := each()) is not None))
        return shard

    monkeypatch.setattr(View, "gather", note)
    limner.init(tmp_path / "shop")
    events = normalise_batch(make_events(1_200, 3))
    with limner.open(tmp_path / "shop") as workspace:
        follow_by_hand(workspace)
        for first in range(0, 1_200, 200):
            workspace.parts.log.append(events.slice(first, 200))
            held.clear()
            ticked = workspace.tick()
            assert ticked is not None
            assert ticked.everybody or max(held) <= 100 * workspace.parts.threads
        assert len(held) > 5
        assert ticked.folded > len(held), "customers are taken together"


def test_timelines_of_before_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of a tail, and files whose names are gone, stood as long as nobody read again what reads had left."""
    for name, value in (("TAIL_ROWS", 30), ("TAIL_SHARE", 0.0), ("REBUILD_SHARE", 99.0), ("SPREAD", 99.0)):
        monkeypatch.setattr(timelines_module, name, value)
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    events = normalise_batch(make_events(600, 3))
    key = "user_id:" + next(value for value in events.column("id.user_id").to_pylist() if value)
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.parts.log.append(events.slice(0, 400))
        follow_by_hand(workspace)
        timelines = workspace.parts.timelines
        timelines.patient = True
        workspace.tick()
        workspace.parts.log.append(events.slice(400, 150), workspace.pending.note_rows)
        workspace.tick()
        assert workspace.profile(key, evidence=True).tags
        assert workspace.profile_at_once(key), "it looks at who is named by what is pending"
        workspace._asides.open(workspace.parts, workspace._one_id, workspace.tags()[0]).bring(unwatched)
        assert workspace.moment().view.tail is timelines._tail
        before = ref(timelines._tail)
        monkeypatch.setattr(aside, "IDLE", 0.0)
        assert workspace._compact(None)
        workspace.parts.log.append(events.slice(550), workspace.pending.note_rows)
        workspace.tick()
        gc.collect()
        assert before() is None, [type(each) for each in gc.get_referrers(before())]


def test_an_erasure_waits_for_a_compaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it writes has the person's events: none of it may be there once the erasure is told as done."""
    monkeypatch.setattr(timelines_module, "TAIL_ROWS", 30)
    monkeypatch.setattr(timelines_module, "TAIL_SHARE", 0.0)
    monkeypatch.setattr(timelines_module, "REBUILD_SHARE", 99.0)
    running, go, run = Event(), Event(), Compaction.run

    def run_slowly(compaction: Compaction, progress: Progress) -> Compacted:
        running.set()
        assert go.wait(30)
        return run(compaction, progress)

    monkeypatch.setattr(Compaction, "run", run_slowly)
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    events = normalise_batch(make_events(600, 3))
    user = next(value for value in events.column("id.user_id").to_pylist() if value)
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.parts.log.append(events.slice(0, 400))
        follow_by_hand(workspace)
        workspace.parts.timelines.patient = True
        workspace.tick()
        workspace.parts.log.append(events.slice(400, 150))
        workspace.tick()
        workspace._compact_beside()
        assert running.wait(30)
        erasing = Thread(target=workspace.erase, args=(f"user_id:{user}",))
        erasing.start()
        erasing.join(0.5)
        assert erasing.is_alive()
        go.set()
        erasing.join(60)
        assert not erasing.is_alive()
        assert not list((tmp_path / "shop" / "timelines").glob("*"))
        with pytest.raises(NotFound):
            workspace.profile(f"user_id:{user}")


def test_a_count_that_needs_a_column_first_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    filling, go, fill = Event(), Event(), crowding.fill_columns
    found: list[dict[str, object]] = []

    def fill_slowly(parts: Parts, tags: Sequence[Tag], progress: Progress, once: Sequence[Tag]) -> None:
        filling.set()
        assert go.wait(60)
        fill(parts, tags, progress, once)

    monkeypatch.setattr(crowding, "fill_columns", fill_slowly)
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.parts.log.append(normalise_batch(make_events(100, 3)))
        follow_by_hand(workspace)
        workspace.tick()
        rule = {"did": list(workspace.parts.seen.events()), "where": {"nobody_sent_this": {"is_null": True}}}
        asking = Thread(target=lambda: found.append(workspace.audience_count(rule)))
        asking.start()
        assert filling.wait(60)
        with pytest.raises(DefinitionError):
            workspace.audience_count({"all": [rule, {"evnets": 1}]})
        counted = workspace.audience_count({"events": {"gte": 1}})
        assert asking.is_alive(), "the other one waits by itself"
        go.set()
        asking.join()
        read = {path for path, _ in workspace.parts.log.vocabulary().columns}
        assert "nobody_sent_this" not in read, "there is nothing to fill a column with"
    assert found[0]["count"] == counted["count"]
    assert "no property 'nobody_sent_this' has been seen yet." in str(found[0]["warnings"])
    assert "warnings" not in counted


def test_a_count_is_as_of_now_though_nothing_came_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is asked of dates within the last hours is asked of this moment."""
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text("tags:\n  seen: {layer: fact, fold: {last: time}}\n")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.parts.log.append(normalise_batch(make_events(100, 3)))
        follow_by_hand(workspace)
        workspace.tick()
        assert workspace._live is not None
        assert workspace._live.state is not None
        last = int(workspace.crowd().folded.columns["seen"].values.max())
        workspace._live.state.next_due = last + 10**15
        for later, count in ((1, True), (3_600_000_000, False)):
            monkeypatch.setattr(behaving, "now", lambda later=later: last + later)
            workspace._live.state.standing.as_of = last
            found = workspace.audience_count({"seen": {"within_last": "1h"}})
            assert bool(found["count"]) is count
