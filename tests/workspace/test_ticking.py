"""Who reads while everybody is folded does not wait for it, and is told of this very instant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.contract.engine.lives import make_events

import limner
from limner.full_fold import FullFold
from limner.identity.normalise import normalise_batch
from limner.model.clock import now
from limner.parts import Parts
from limner.ports.log import Progress
from limner.workspace import Workspace, following, opened, portraying, reading, ticking

TAGS = """tags:
  events: {layer: fact, fold: {count: '*'}}
  lately: {layer: fact, fold: {count: '*', within: 1d}}
"""
DAY = 86_400_000_000


class Gate:
    """Full folds wait here while it is shut."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open, self.reached = Event(), Event()
        self.open.set()
        run = FullFold.run

        def run_slowly(full: FullFold, parts: Parts, progress: Progress) -> None:
            self.reached.set()
            assert self.open.wait(60)
            run(full, parts, progress)

        monkeypatch.setattr(FullFold, "run", run_slowly)

    def shut(self) -> None:
        self.open.clear()
        self.reached.clear()


class Clock:
    """What time it is, for the workspace."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0
        for module in (following, opened, portraying, reading, ticking):
            monkeypatch.setattr(module, "now", lambda: now() + self.ahead)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.open.set()


@pytest.fixture
def shop(tmp_path: Path, gate: Gate) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.parts.log.append(make_recent(0, 300))
        yield workspace
        gate.open.set()


def make_recent(first: int, last: int) -> pa.Table:
    """Events of the last minute, received now."""
    events = normalise_batch(make_events(600, 3)).slice(first, last - first)
    for name, ago in (("time", 60_000_000), ("received_at", 0)):
        place = events.schema.get_field_index(name)
        times = pa.array(now() - ago - np.arange(last - first), pa.int64()).cast(events.schema.field(place).type)
        events = events.set_column(place, events.schema.field(place), times)
    return events


def find_user(*batches: pa.Table) -> str:
    """Somebody who is in all of these."""
    users = [{value for value in events.column("id.user_id").to_pylist() if value} for events in batches]
    return f"user_id:{min(set.intersection(*users))}"


def read(workspace: Workspace, user: str) -> dict[str, Any]:
    return {name: tag["value"] for name, tag in workspace.profile(user, evidence=False).as_dict()["tags"].items()}


def test_a_read_at_the_start_is_exact_and_waits_for_nobody(shop: Workspace, gate: Gate) -> None:
    gate.shut()
    shop.follow()
    assert gate.reached.wait(30)
    more = make_recent(300, 600)
    user = find_user(make_recent(0, 300), more)
    before = read(shop, user)["events"]
    shop.parts.log.append(more)
    after = read(shop, user)["events"]
    assert after > before > 0
    counted: list[int] = []
    counting = Thread(target=lambda: counted.append(shop.audience_count({"events": {"gte": after}})["count"]))
    counting.start()
    counting.join(0.3)
    assert counting.is_alive(), "of all of them nobody knows yet"
    assert read(shop, user)["events"] == after, "and who waits for that keeps nobody else waiting"
    gate.open.set()
    counting.join(60)
    assert counted[0] >= 1
    assert read(shop, user)["events"] == after


def test_a_blocked_customer_is_shown_as_it_was_blocked_or_not_yet(shop: Workspace, gate: Gate) -> None:
    user = find_user(make_recent(0, 300), make_recent(300, 600))
    shop.identity_block(user)
    shop.parts.log.append(make_recent(300, 600))
    gate.shut()
    shop.follow()
    assert gate.reached.wait(30)
    found: list[Any] = []
    reading = Thread(target=lambda: found.append(read(shop, user)["events"]))
    reading.start()
    reading.join(0.3)
    assert reading.is_alive()
    gate.open.set()
    reading.join(60)
    assert found == [read(shop, user)["events"]]
    assert shop.held() == [int(shop.profile(user).customer_id[1:])]


def test_a_read_after_midnight_is_of_the_new_day_while_everybody_is_folded(
    shop: Workspace, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    shop.follow()
    shop.audience_save("busy", {"events": {"gte": 1}})
    more = make_recent(300, 600)
    user = find_user(make_recent(0, 300), more)
    assert read(shop, user)["lately"] > 0
    gate.shut()
    clock.ahead = 2 * DAY
    assert gate.reached.wait(30)
    assert read(shop, user)["lately"] is None or read(shop, user)["lately"] == 0
    told = shop.parts.feed.span()[1]
    fresh = more.slice(0, 1)
    fresh = fresh.set_column(
        fresh.schema.get_field_index("id.user_id"), "id.user_id", pa.array(["somebody new"], pa.string())
    )
    shop.parts.log.append(fresh)
    assert read(shop, "user_id:somebody new")["events"] == 1
    shop._notice()
    wait = Event()
    for _ in range(200):
        if shop.parts.feed.span()[1] > told:
            break
        wait.wait(0.05)
    assert shop.parts.feed.span()[1] > told, "ticks go on"
    gate.open.set()
    crowd = shop.crowd()
    expected = shop.crowd(as_of="2099-01-01")
    assert len(crowd.folded.customers) == len(expected.folded.customers)
    assert not np.any(np.asarray(crowd.folded.columns["lately"].values, np.int64) > 0)


def test_nobody_to_fold_is_soon_done(tmp_path: Path) -> None:
    limner.init(tmp_path / "empty")
    with limner.open(tmp_path / "empty") as workspace:
        workspace.follow()
        assert workspace.crowd().folded.customers.tolist() == []


def test_what_hinders_a_full_fold_is_told_to_those_who_wait_and_tried_again(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "SLOW", 0.1)
    run, failures = FullFold.run, iter([OSError("The disk is gone.")])

    def fail_once(full: FullFold, parts: Parts, progress: Progress) -> None:
        for error in failures:
            raise error
        run(full, parts, progress)

    monkeypatch.setattr(FullFold, "run", fail_once)
    shop.follow()
    counts: list[int] = []
    for _ in range(100):
        try:
            counts.append(shop.audience_count({"events": {"gte": 1}})["count"])
            break
        except OSError:
            Event().wait(0.05)
    assert counts[0] > 0
