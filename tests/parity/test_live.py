"""The live state equals folding everybody from scratch, and the changes it tells add up to the same.

Streams of events, late, twice, of one instant, ahead of their time and out of order; customers merged and split in the
middle; ticks at any instant, across midnights; restarts. Compared with a graph, timelines and a fold made anew.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.contract.engine.lives import DAY, HOUR, START, fold, make_events, make_tags

import limner
from limner import again as again_module
from limner.errors import LimnerError
from limner.fold.portrait import read_value
from limner.fold.predicate import evaluate
from limner.fold.properties import fold_key
from limner.identity.normalise import normalise_batch
from limner.identity.one_id import OneId
from limner.live import Live, Ticked
from limner.model.audience import Audience
from limner.model.column import Folded
from limner.model.parse import parse_condition, parse_tag
from limner.model.references import folds_read
from limner.model.tag import Layer, Tag
from limner.pipeline import fold_everybody, prepare
from limner.timeline import base as base_module
from limner.timeline import timelines as timelines_module
from limner.timeline import view as view_module
from limner.timeline.timelines import Timelines
from limner.workspace import Workspace, silent

SEEDS = (1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, 4)))
ROUNDS = 16
HOURLY: dict[str, dict[str, Any]] = {
    "paid_50h": fold(sum="amount", of="order_paid", within="50h"),
    "before_9h": fold(count="*", within="5h", before="9h"),
    "before_day": fold(count="*", within="7h", before="1d"),
    "days_before_hours": fold(days="*", within="3d", before="10h"),
    "left_cart": {"fold": {"sequence": ["add_to_cart", {"not": "order_paid"}], "within": "20h"}},
    "left_view": {"fold": {"sequence": ["view_item", {"not": "add_to_cart"}], "within": "2d"}},
    "due_soon": fold(count="*", where={"due": {"within_next": "12h"}}),
    "due_lately": fold(count="*", where={"due": {"within_last": "2d"}}),
    "fresh": {"if": {"last_login": {"within_last": "7h"}}},
    "due": fold(last="due"),
    "due_now": {"if": {"due": {"within_next": "3h"}}},
    "seen_just_now": {"if": {"did": "view_item", "last": "time", "is": {"within_last": "4h"}}},
    "last_time": fold(last="time"),
}
"""What changes within a day though nothing happens."""
TAGS = [*make_tags(), *(parse_tag(name, {"layer": "fact", **definition}) for name, definition in HOURLY.items())]
AUDIENCES = [
    Audience("spenders", parse_condition({"spend": {"gte": 1500}}), {}),
    Audience("recent", parse_condition({"all": [{"logins_6h": {"gte": 1}}, {"not": {"tier": "low"}}]}), {}),
    Audience("carts", parse_condition({"did": "add_to_cart", "within": "9h"}), {}),
]
TOLD = ["spend", "logins_6h", "city", "latest_categories", "hours", "fresh", "last_login"]


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a log of two thousand events has shards, a tail and compactions, and is folded in lots."""
    monkeypatch.setattr(timelines_module, "TAIL_ROWS", 250)
    monkeypatch.setattr(timelines_module, "REBUILD_SHARE", 5.0)
    monkeypatch.setattr(base_module.cut_shards, "__defaults__", (400,))
    monkeypatch.setattr(base_module.split_shard, "__defaults__", (400,))
    monkeypatch.setattr(view_module, "SHARD_ROWS", 400)
    monkeypatch.setattr(again_module, "LOT_ROWS", 60)


def make_stream(seed: int, chance: random.Random) -> Iterator[pa.Table]:
    """Batches about in the order of time, some events days late, some a day ahead, some sent twice."""
    events = make_events(1_500, seed).to_pylist()
    for event in events:
        properties = json.loads(event["properties"])
        hours = timedelta(hours=chance.randrange(-2, 5) * chance.randrange(20))
        properties["due"] = (event["time"] + hours).isoformat()
        event["properties"] = json.dumps(properties)
    events.sort(key=lambda event: event["time"].timestamp() + chance.choice((0, 0, 0, 3e5, 2e6, -8e4)))
    schema = make_events(1, seed).schema
    cuts = sorted(chance.sample(range(1, len(events)), ROUNDS - 1))
    for begin, end in zip([0, *cuts], [*cuts, len(events)]):
        again = chance.sample(events[:begin], min(begin, 5))
        yield pa.Table.from_pylist([*events[begin:end], *again], schema)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_live_state_equals_a_fold_from_scratch(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    limner.init(tmp_path / "shop")
    folded, told = 0, 0
    with limner.open(tmp_path / "shop") as workspace:
        live = Live(workspace.parts, workspace._one_id)
        mirror: Mirror | None = None
        as_of = START + 5 * DAY
        for number, batch in enumerate(make_stream(seed, chance)):
            workspace.parts.log.append(normalise_batch(batch))
            decide(workspace, chance)
            as_of = max(as_of, max(batch.column("time").cast(pa.int64()).to_pylist()) - 20 * HOUR)
            for step in (0, HOUR // 3, chance.choice((HOUR, 7 * HOUR, 30 * HOUR))):
                as_of += step
                ticked = live.tick(TAGS, AUDIENCES, TOLD, as_of, silent)
                folded, told = folded + ticked.folded, told + len(ticked.changes)
                if mirror is not None:
                    mirror.follow(ticked)
            assert live.state is not None
            expected = fold_from_scratch(workspace, tmp_path / f"anew{number}", as_of)
            assert_equal(live.state.standing.folded, expected)
            fresh = Mirror(expected, workspace.parts.zone)
            if mirror is not None:
                assert mirror.values == fresh.values, "what was told adds up to what is"
                assert mirror.members == fresh.members
            mirror = fresh
            if chance.random() < 0.1:
                live = Live(workspace.parts, workspace._one_id)
                live.tick(TAGS, AUDIENCES, TOLD, as_of, silent)
    assert told > 100
    assert folded < 3 * ROUNDS * len(expected.customers) * 0.7, "most ticks fold a few customers"


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_folded_beside_ends_at_the_same(tmp_path: Path, seed: int) -> None:
    """Ticks, merges and midnights while a full fold is begun, runs, catches up and is adopted."""
    chance = random.Random(seed)
    limner.init(tmp_path / "shop")
    compared, beside = 0, 0
    with limner.open(tmp_path / "shop") as workspace:
        live = Live(workspace.parts, workspace._one_id)
        mirror: Mirror | None = None
        as_of = START + 5 * DAY
        for number, batch in enumerate(make_stream(seed, chance)):
            workspace.parts.log.append(normalise_batch(batch))
            decide(workspace, chance)
            as_of = max(as_of, max(batch.column("time").cast(pa.int64()).to_pylist()) - 20 * HOUR)
            for step in (0, HOUR // 3, chance.choice((HOUR, 7 * HOUR, 30 * HOUR)), 0, 0):
                as_of += step
                told = [live.tick_beside(TAGS, AUDIENCES, TOLD, as_of), go_on(live, workspace, chance, as_of)]
                for ticked in told:
                    if mirror is not None and ticked is not None:
                        mirror.follow(ticked)
                        beside += live.full is not None
            while live.full is not None and number % 4 == 3:  # how often it is compared is not left to chance alone
                ended = go_on(live, workspace, chance, as_of)
                if mirror is not None and ended is not None:
                    mirror.follow(ended)
            if live.full is None:
                assert live.state is not None
                live.tick_beside(TAGS, AUDIENCES, TOLD, as_of)
                expected = fold_from_scratch(workspace, tmp_path / f"anew{number}", as_of)
                assert_equal(live.state.standing.folded, expected)
                fresh, compared = Mirror(expected, workspace.parts.zone), compared + 1
                if mirror is not None:
                    assert (mirror.values, mirror.members) == (fresh.values, fresh.members)
                mirror = fresh
    assert compared >= ROUNDS // 4
    assert beside, "some ticks went on while everybody was folded"


def go_on(live: Live, workspace: Workspace, chance: random.Random, as_of: int) -> Ticked | None:
    """A step of what a thread does with a full fold, or none."""
    full = live.full
    if full is None or chance.random() < 0.4:
        return None
    if full.state is None:
        full.run(workspace.parts, silent)
        return None
    look = live.look_again(TAGS, AUDIENCES, TOLD, as_of)
    if full.fits(look) and chance.random() < 0.5:
        live.catch_up(full, look, full.take_touched())
        return None
    return live.adopt(full, look)


def decide(workspace: Workspace, chance: random.Random) -> None:
    """Merge or split somebody now and then, whoever that may be."""
    keys = [f"user_id:u{int(300 * chance.random() ** 2)}", f"phone:1380000{int(300 * chance.random() ** 2):04}"]
    with suppress(LimnerError):
        match chance.randrange(5):
            case 0:
                workspace.identity_merge(*keys)
            case 1:
                workspace.identity_split(keys[0])
            case 2:
                workspace.identity_split(keys[1])


def fold_from_scratch(workspace: Workspace, folder: Path, as_of: int) -> Folded:
    parts = replace(
        workspace.parts, timelines=Timelines(folder / "timelines", workspace.parts.log, workspace.parts.zone)
    )
    behaviour = [Tag(fold_key(fold), Layer.FACT, fold) for one in AUDIENCES for fold in folds_read(one.rule)]
    moment = prepare(parts, OneId(parts.observations, parts.rules), [*TAGS, *behaviour], silent)
    return fold_everybody(parts, moment, as_of, silent)


def assert_equal(live: Folded, expected: Folded) -> None:
    order = np.argsort(live.customers)
    assert live.customers[order].tolist() == expected.customers.tolist()
    for name in (tag.name for tag in TAGS):
        column = expected.columns[name]
        found = live.columns[name].take(order)
        np.testing.assert_array_equal(found.values, column.values, name)
        for part in ("offsets", "confidence"):
            mine, theirs = getattr(found, part), getattr(column, part)
            assert (mine is None) == (theirs is None)
            if mine is not None:
                np.testing.assert_array_equal(mine, theirs, f"{name}: {part}")


class Mirror:
    """What a receiver of all changes knows: values of the tags told, and members of audiences."""

    def __init__(self, folded: Folded, zone: str) -> None:
        self.values = {
            (int(customer), name): read_value(folded.columns[name], row, folded.as_of, zone)
            for row, customer in enumerate(folded.customers)
            for name in TOLD
        }
        self.values = {key: value for key, value in self.values.items() if value is not None}
        self.members = {
            (int(customer), one.name)
            for one in AUDIENCES
            for customer in folded.customers[find_members(one, folded, zone)]
        }

    def follow(self, ticked: Ticked) -> None:
        for changed in ticked.changes:
            for name, (before, after) in changed.tags.items():
                key = changed.customer, name
                assert self.values.get(key) == before
                self.values[key] = after
                if after is None:
                    del self.values[key]
            for name in changed.entered:
                assert (changed.customer, name) not in self.members
                self.members.add((changed.customer, name))
            for name in changed.exited:
                self.members.remove((changed.customer, name))


def find_members(audience: Audience, folded: Folded, zone: str) -> Any:
    return evaluate(audience.rule, folded.columns, folded.as_of, zone, hidden=folded.columns)
