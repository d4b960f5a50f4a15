"""Heavy and blocked customers among others: ticks of the others do no more work, and nothing of the blocked is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import limner
from limner import again as again_module
from limner.errors import Conflict
from limner.identity.normalise import normalise_batch
from limner.identity.one_id import OneId
from limner.live import Live, count_members
from limner.model.audience import Audience
from limner.model.parse import parse_condition, parse_tag
from limner.pipeline import fold_everybody, prepare
from limner.workspace import Workspace, following, silent
from limner.workspace.turning import begin_turn, end_turn, take_turn

SECOND = 1_000_000
NOON = 1_793_505_600_000_000  # 2026-11-01T12:00:00+08:00
TAGS = [
    parse_tag("orders", {"layer": "fact", "fold": {"count": "*", "of": "paid"}}),
    parse_tag("spend", {"layer": "fact", "fold": {"sum": "amount", "of": "paid"}}),
    parse_tag("lately", {"layer": "fact", "fold": {"count": "*", "within": "1h"}}),
]
AUDIENCES = [Audience("buyers", parse_condition({"orders": {"gte": 1}}), {})]


class Stream:
    """Events as they come in."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.sent = 0

    def send(self, user: str, events: int, time: int, received_at: int | None = None) -> None:
        def instants(value: int) -> pa.Array:
            return pa.array(np.full(events, value)).cast(pa.timestamp("us", "UTC"))

        batch = {
            "event_id": pa.array([f"e{self.sent + number}" for number in range(events)]),
            "source": pa.array(["web"] * events),
            "name": pa.array(["paid"] * events),
            "time": instants(time),
            "received_at": instants(time if received_at is None else received_at),
            "properties": pa.array(['{"amount": 2}'] * events),
            "traits": pa.nulls(events, pa.string()),
            "id.user_id": pa.array([user] * events),
        }
        self.sent += events
        self.workspace.parts.log.append(normalise_batch(pa.table(batch)))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    with (tmp_path / "shop" / "limner.toml").open("a") as settings:
        settings.write("heavy_events = 1000\nheavy_every = 60\n")
    with limner.open(tmp_path / "shop") as workspace:
        yield workspace


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of every fold of some customers."""
    rows: list[int] = []
    fold = again_module.fold_those

    def note(plan: Any, part: Any, *more: Any) -> Any:
        rows.append(int(part.offsets[-1]))
        return fold(plan, part, *more)

    monkeypatch.setattr(again_module, "fold_those", note)
    return rows


def tick(live: Live, as_of: int, audiences: list[Audience] = AUDIENCES) -> Any:
    """And a turn, which another thread has otherwise."""
    ticked = live.tick(TAGS, audiences, ["orders"], as_of, silent)
    assert live.state is not None
    if turn := begin_turn(live.state, as_of):
        turned = take_turn(live._parts, turn)
        changes = end_turn(turn, turned, live.state, ["orders"], live._parts.zone)
        ticked = replace(ticked, changes=[*ticked.changes, *changes])
    return ticked


def orders(live: Live, workspace: Workspace, user: str) -> int:
    assert live.state is not None
    number = live.state.moment.snapshot.resolve(f"user_id:{user}")
    (row,) = live.state.standing.find(np.array([number], np.int32)).tolist()
    return int(live.state.standing.take(np.array([row])).columns["orders"].values[0])


def test_the_work_of_ticks_does_not_grow_with_a_bot(workspace: Workspace, folded: list[int]) -> None:
    """A customer of 300,000 events gets more of them with every tick."""
    stream, live = Stream(workspace), Live(workspace.parts, workspace._one_id)
    stream.send("bot", 300_000, NOON)
    for user in range(50):
        stream.send(f"u{user}", 3, NOON)
    tick(live, NOON)
    for step in range(1, 121):
        now = NOON + step * SECOND
        stream.send("bot", 5, now)
        stream.send(f"u{step % 50}", 1, now)
        tick(live, now)
        assert orders(live, workspace, f"u{step % 50}") == 3 + 1 + (step - 1) // 50
    heavy = [rows for rows in folded if rows > 1000]
    assert len(heavy) == 2, "once a minute"
    assert sum(folded) - sum(heavy) < 120 * 10
    assert orders(live, workspace, "bot") == 300_000 + 5 * 120
    assert live.state is not None
    assert list(live.state.heavies.events.values()) == [300_600]


def test_everybody_else_is_as_folded_from_scratch(workspace: Workspace) -> None:
    stream, live = Stream(workspace), Live(workspace.parts, workspace._one_id)
    stream.send("bot", 1_500, NOON)
    stream.send("u1", 3, NOON)
    tick(live, NOON)
    for step in range(1, 30):
        now = NOON + step * 7 * SECOND
        stream.send("bot", 5, now)
        stream.send(f"u{step % 7}", 2, now - step * 300 * SECOND)
        tick(live, now)
        assert live.state is not None
        moment = prepare(workspace.parts, OneId(workspace.parts.observations), TAGS, silent)
        expected = fold_everybody(workspace.parts, moment, now, silent)
        bot = moment.snapshot.resolve("user_id:bot")
        standing = live.state.standing
        as_of = live.state.heavies.as_of(bot, now)
        assert now - 60 * SECOND <= as_of <= now
        for place, customer in enumerate(expected.customers.tolist()):
            (row,) = standing.find(np.array([customer], np.int32))
            found = standing.take(np.array([row]))
            whole = expected if customer != bot else fold_everybody(workspace.parts, moment, as_of, silent)
            for tag in TAGS:
                assert found.columns[tag.name].values[0] == whole.columns[tag.name].values[place]


def test_nothing_of_a_blocked_one_is_folded_or_told(workspace: Workspace, folded: list[int]) -> None:
    stream, live = Stream(workspace), Live(workspace.parts, workspace._one_id)
    now = limner.model.clock.now()
    stream.send("bot", 2_000, now - 10 * SECOND)
    stream.send("u1", 1, now - 10 * SECOND)
    tick(live, now)
    blocked = workspace.identity_block("user_id:bot", reason="a bot")
    with pytest.raises(Conflict, match="blocked since"):
        workspace.identity_block(blocked["customer_id"])
    now = limner.model.clock.now()
    assert tick(live, now).changes == []
    folded.clear()
    for _ in range(4):
        now += 100 * SECOND
        stream.send("bot", 10, now - 200 * SECOND, received_at=now)  # late ones too
        stream.send("bot", 10, now)
        assert tick(live, now).changes == []
    assert folded == []
    assert live.state is not None
    (shown,) = live.state.heavies.show(now, workspace.parts.zone)
    assert (shown.held, shown.as_of) == ("blocked", blocked["blocked_at"])
    again = Live(workspace.parts, workspace._one_id)  # as after a restart
    tick(again, now)
    assert orders(live, workspace, "bot") == orders(again, workspace, "bot") == 2_000
    workspace.identity_unblock("user_id:bot")
    (change,) = tick(live, now).changes
    assert change.tags == {"orders": (2_000, 2_080)}
    with pytest.raises(Conflict, match="not blocked"):
        workspace.identity_unblock("user_id:bot")


def test_a_blocked_one_enters_no_audience(workspace: Workspace) -> None:
    stream, live = Stream(workspace), Live(workspace.parts, workspace._one_id)
    now = limner.model.clock.now()
    stream.send("bot", 3, now)
    stream.send("u1", 1, now)
    many = [Audience("many", parse_condition({"orders": {"gte": 5}}), {})]
    tick(live, now, many)
    workspace.identity_block("user_id:bot")
    now = limner.model.clock.now()
    stream.send("bot", 10, now)
    assert tick(live, now, many).changes == []
    assert count_members(live.state) == {"many": 0}  # type: ignore[arg-type]
    assert tick(live, now + 24 * 3600 * SECOND, many).changes == [], "nor when everybody is folded"


def test_a_portrait_says_that_it_is_held(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop" / "tags" / "shop.yaml").write_text(
        "tags:\n  orders: {layer: fact, fold: {count: '*', of: paid}}\n"
    )
    workspace.tags_apply()
    stream, now = Stream(workspace), limner.model.clock.now()
    stream.send("bot", 1_001, now)
    stream.send("u1", 1, now)
    assert [each.events for each in workspace.heavy_list()] == [1_001]
    workspace.follow()
    workspace.tick()
    first = workspace.profile("user_id:bot")
    assert first.as_dict()["held"] == "heavy"
    assert first.tags["orders"].evidence is None
    assert "held" not in workspace.profile("user_id:u1").as_dict()
    stream.send("bot", 1, now)
    workspace.tick()
    later = workspace.profile("user_id:bot")
    assert later.as_of == first.as_of, "neither newer than it is, nor older than it was said to be"
    assert later.tags["orders"].value == 1_001
    (many, one, _) = workspace.profiles(["user_id:bot", "user_id:u1", "user_id:nobody"])
    assert many == later
    (body, _, nobody) = workspace.profiles_written(["user_id:bot", "user_id:u1", "user_id:nobody"])
    assert body is not None
    assert (json.loads(body), nobody) == (later.as_dict(), None)
    assert one is not None
    assert one.as_of > later.as_of
    written = workspace.profile_at_once("user_id:bot")
    assert written is not None
    assert json.loads(written)["held"] == "heavy"
    assert json.loads(written)["as_of"] == later.as_of
    exact = workspace.profile("user_id:bot", as_of=one.as_of)
    assert (exact.tags["orders"].value, "held" in exact.as_dict()) == (1_002, False)
    assert workspace.count_held() == {"heavy": 1, "blocked": 0}
    assert [each.as_dict()["held"] for each in workspace.doctor()["heavy"]] == ["heavy"]


def test_others_are_read_while_a_heavy_one_has_its_turn(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "shop" / "limner.toml"
    settings.write_text(settings.read_text().replace("heavy_every = 60", "heavy_every = 1"))
    (tmp_path / "shop" / "tags" / "shop.yaml").write_text(
        "tags:\n  orders: {layer: fact, fold: {count: '*', of: paid}}\n"
    )
    workspace.tags_apply()
    begun, go_on = Event(), Event()

    def wait(*given: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return take_turn(*given)

    monkeypatch.setattr(following, "take_turn", wait)
    stream, now = Stream(workspace), limner.model.clock.now()
    stream.send("bot", 1_001, now)
    stream.send("u1", 1, now)
    workspace.follow()
    workspace.tick()
    stream.send("bot", 1, now)
    assert begun.wait(30)
    stream.send("u1", 1, now)
    assert workspace.profile("user_id:u1").tags["orders"].value == 2
    assert workspace.profile("user_id:bot").tags["orders"].value == 1_001
    go_on.set()
    for _ in range(300):
        if workspace.profile("user_id:bot").tags["orders"].value == 1_002:
            break
        sleep(0.1)
    else:
        pytest.fail("its turn never ended")


def test_the_instant_that_a_heavy_row_is_of_never_goes_back(workspace: Workspace) -> None:
    stream, live = Stream(workspace), Live(workspace.parts, workspace._one_id)
    stream.send("bot", 1_500, NOON)
    tick(live, NOON + SECOND)
    assert live.state is not None
    bot = live.state.moment.snapshot.resolve("user_id:bot")
    said = [live.state.heavies.as_of(bot, NOON + 5 * SECOND)]
    for second in range(6, 150, 12):
        stream.send("bot", 1, NOON + second * SECOND)
        tick(live, NOON + second * SECOND)
        said += [live.state.heavies.as_of(bot, NOON + (second + later) * SECOND) for later in (1, 2)]
    assert said == sorted(said)
    assert said[0] == said[2] == NOON + 5 * SECOND, "nothing had come in by then"
    assert len(set(said)) > 2, "its turns move it on"


def test_who_turns_out_to_be_heavy_while_everybody_is_folded_is_brought_up(workspace: Workspace) -> None:
    """Until then it was not held back: somebody may have read it as of any instant."""
    stream, live = Stream(workspace), Live(workspace.parts, workspace._one_id)
    stream.send("bot", 1_500, NOON)
    asked = (TAGS, AUDIENCES, ["orders"])
    assert live.tick_beside(*asked, NOON + SECOND) is None
    full = live.full
    assert full is not None
    full.run(workspace.parts, silent)
    stream.send("bot", 1, NOON + 2 * SECOND)
    live.catch_up(full, live.look_again(*asked, NOON + 3 * SECOND), full.take_touched())
    assert live.adopt(full, live.look_again(*asked, NOON + 4 * SECOND)) is not None
    assert live.state is not None
    bot = live.state.moment.snapshot.resolve("user_id:bot")
    assert live.state.heavies.as_of(bot, NOON + 4 * SECOND) == NOON + 4 * SECOND
    assert orders(live, workspace, "bot") == 1_501
