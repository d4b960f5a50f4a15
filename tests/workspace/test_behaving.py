"""Behaviour asked for inline, kept beside the live state, is what a fold of everybody at that instant says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.contract.engine.lives import make_events

import limner
from limner.aside import KEPT
from limner.fold.standing import Standing
from limner.full_fold import FullFold
from limner.identity.normalise import normalise_batch
from limner.model.clock import now
from limner.parts import Parts
from limner.ports.log import Progress
from limner.workspace import Workspace

TAGS = """tags:
  events: {layer: fact, fold: {count: '*'}}
"""
HOUR = 3_600_000_000
RULES: list[Any] = [
    {"did": "order_paid", "is": {"gte": 2}, "within": "2d"},
    {"did": "view_item", "is": {"gte": 1}, "within": "6h"},
    {"all": [{"events": {"gte": 3}}, {"not": {"did": "login", "days": "*", "is": {"gte": 2}, "within": "5d"}}]},
    {"any": [{"sequence": ["view_item", "order_paid"], "within": "1d"}, {"did": "login", "is": {"gte": 3}}]},
]


@pytest.fixture(scope="module")
def batches() -> list[pa.Table]:
    """Events of the last five days, in no order; some of them are ahead by seconds."""
    events, chance = normalise_batch(make_events(900, 3)), random.Random(5)
    at = now()
    times = [at + 3_000_000 - chance.randrange(120) * HOUR - chance.randrange(HOUR) for _ in range(events.num_rows)]
    for name, values in (("time", times), ("received_at", [at] * events.num_rows)):
        place = events.schema.get_field_index(name)
        column = pa.array(values, pa.int64()).cast(events.schema.field(place).type)
        events = events.set_column(place, events.schema.field(place), column)
    return [events.slice(begin, 150) for begin in range(0, 900, 150)]


@pytest.fixture
def shop(tmp_path: Path, batches: list[pa.Table]) -> Iterator[Workspace]:
    limner.init(tmp_path / "shop")
    (tmp_path / "shop" / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(tmp_path / "shop") as workspace:
        workspace.tags_apply()
        workspace.parts.log.append(batches[0])
        workspace.follow()
        yield workspace


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The tags of each fold of everybody, as it is begun."""
    found: list[list[str]] = []
    run = FullFold.run

    def note(full: FullFold, parts: Parts, progress: Progress) -> None:
        found.append([tag.name for tag in full.moment.plan.tags])
        run(full, parts, progress)

    monkeypatch.setattr(FullFold, "run", note)
    return found


def check(shop: Workspace, rule: Any) -> None:
    told = shop.audience_count(rule, steps=True)
    assert told["count"] == told["steps"].count
    assert told["count"] == shop.audience_count(rule, as_of=told["as_of"])["count"], rule


def test_it_follows_what_comes_in_and_who_becomes_one(shop: Workspace, batches: list[pa.Table], folded: Any) -> None:
    users = sorted({one for batch in batches[:1] for one in batch.column("id.user_id").to_pylist() if one})
    for place, batch in enumerate(batches[1:]):
        for rule in RULES[:2]:
            check(shop, rule)
        shop.parts.log.append(batch)
        if place == 2:
            shop.identity_merge(f"user_id:{users[0]}", f"user_id:{users[1]}")
        if place == 3:
            shop.identity_split(f"user_id:{users[0]}")
    for rule in RULES[:2]:
        check(shop, rule)
    alone = [tags for tags in folded if len(tags) == 1 and tags != ["events"]]
    assert len(alone) == 2, "everybody is folded once for each; afterwards those who were touched"


def test_the_last_ones_asked_for_are_kept(shop: Workspace, folded: Any) -> None:
    for days in range(1, KEPT + 3):
        check(shop, {"did": "login", "is": {"gte": 1}, "within": f"{days}d"})
    begun = len(folded)
    check(shop, {"did": "login", "is": {"gte": 2}, "within": f"{KEPT + 2}d"})
    assert len(folded) == begun, "another bound is no other behaviour"
    check(shop, {"did": "login", "is": {"gte": 2}, "within": "1d"})
    assert len(folded) > begun
    for rule in RULES:
        check(shop, rule)


def test_a_first_number_waits_for_nothing_that_only_single_rows_need(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stand()
    ready: list[Standing] = []
    make_ready = Standing.make_ready
    monkeypatch.setattr(Standing, "make_ready", lambda standing: (ready.append(standing), make_ready(standing))[1])
    told = shop.audience_count({"did": "view_item", "is": {"gte": 1}, "within": "200d"})
    assert not ready
    check(shop, {"did": "view_item", "is": {"gte": told["count"]}, "within": "200d"})


def test_an_erased_customer_is_counted_no_more(shop: Workspace, batches: list[pa.Table]) -> None:
    rule = {"did": "login", "is": {"gte": 1}}
    before = shop.audience_count(rule)["count"]
    rows = batches[0].to_pylist()
    user = next(row["id.user_id"] for row in rows if row["name"] == "login" and row["id.user_id"])
    shop.erase(f"user_id:{user}")
    assert shop.audience_count(rule)["count"] == before - 1
    check(shop, rule)
