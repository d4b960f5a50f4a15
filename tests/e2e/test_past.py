"""The past is exact: what was known then, what had happened then, and who was who before somebody decided."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.contract.engine.lives import DAY, DEFINITIONS, START, make_events, make_tags
from tests.parity.test_measures import read_value

import limner
from limner.errors import NotFound
from limner.identity.normalise import normalise_batch
from limner.model.column import Folded
from limner.pipeline import Moment, fold_everybody
from limner.timeline import base as base_module
from limner.timeline import timelines as timelines_module
from limner.workspace import Workspace, silent

TAGS = make_tags()
SEEDS = (1, pytest.param(2, marks=pytest.mark.slow))
INSTANTS = [START + days * DAY + hours * DAY // 24 for days, hours in ((44, 13), (100, 23))]
"""Between the first events and the last."""
Answers = dict[frozenset[str], dict[str, Any]]


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that logs of two thousand events have shards, a tail and compactions."""
    monkeypatch.setattr(timelines_module, "TAIL_ROWS", 250)
    monkeypatch.setattr(timelines_module, "REBUILD_SHARE", 5.0)
    monkeypatch.setattr(base_module.cut_shards, "__defaults__", (400,))
    monkeypatch.setattr(base_module.split_shard, "__defaults__", (400,))


@contextmanager
def workspace_of(folder: Path, *batches: pa.Table, asked: bool = False) -> Iterator[Workspace]:
    """A workspace that got these batches; ``asked``: and was asked about everybody now and then."""
    limner.init(folder)
    with limner.open(folder) as workspace:
        for place, batch in enumerate(batches):
            workspace.parts.log.append(normalise_batch(batch))
            if asked and place % 2 == 0:
                workspace.moment(extra=TAGS)
        yield workspace


def make_log(seed: int, people: bool = False) -> list[pa.Table]:
    """Batches in the order in which they were received, most of their events on time and some nine days late.

    ``people``: the first batch says which identifiers belong together, so that the graph is the same ever after.
    """
    events = make_events(1_200, seed)
    events = share(events, random.Random(seed))
    first: list[pa.Table] = []
    if people:
        first = [introduce(events)]
    events = events.take(pc.sort_indices(events.column("received_at")))
    return first + [events.slice(at, 300) for at in range(0, events.num_rows, 300)]


def share(events: pa.Table, chance: random.Random) -> pa.Table:
    """A shop's phone on many of the events, in place of their own."""
    shop = pa.array([chance.random() < 0.05 for _ in range(events.num_rows)])
    phones = pc.if_else(shop, "13999999999", events.column("id.phone"))
    return events.set_column(events.column_names.index("id.phone"), "id.phone", phones)


def introduce(events: pa.Table) -> pa.Table:
    """An event per combination of identifiers, at the very beginning."""
    names = [name for name in events.column_names if name.startswith("id.")]
    rows = sorted({tuple(row.values()) for row in events.select(names).to_pylist()}, key=str)
    columns: dict[str, Any] = {
        "event_id": [f"hello-{n}" for n in range(len(rows))],
        "source": ["crm"] * len(rows),
        "name": ["hello"] * len(rows),
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    instants = pa.array([START - 5 * DAY] * len(rows), pa.int64()).cast(pa.timestamp("us", "UTC"))
    for name in ("time", "received_at"):
        table = table.append_column(name, instants)
    for name in ("properties", "traits"):
        table = table.append_column(name, pa.nulls(len(rows), pa.string()))
    for place, name in enumerate(names):
        table = table.append_column(name, pa.array([row[place] for row in rows], pa.string()))
    return table.select(events.column_names)


def until(batches: Iterable[pa.Table], clock: str, instant: int) -> list[pa.Table]:
    return [batch.filter(pc.less_equal(batch.column(clock).cast(pa.int64()), instant)) for batch in batches]


def answers(workspace: Workspace, moment: Moment, as_of: int, known_at: int | None = None) -> Answers:
    """Every customer's tags, by its identifiers: the numbers of customers depend on who came first."""
    folded = fold_everybody(workspace.parts, moment, as_of, silent, known_at)
    return dict(read_answers(folded, moment, workspace))


def read_answers(
    folded: Folded, moment: Moment, workspace: Workspace
) -> Iterator[tuple[frozenset[str], dict[str, Any]]]:
    table = workspace.parts.observations.identifier_table()
    keys = [f"{kind}:{value}" for kind, value in zip(table["type"].to_pylist(), table["value"].to_pylist())]
    for i, customer in enumerate(folded.customers.tolist()):
        names = frozenset(keys[node] for node in moment.snapshot.members(customer))
        values = {
            name: read_value(column, i, folded.as_of, workspace.parts.zone) for name, column in folded.columns.items()
        }
        yield names, {name: str(value) for name, value in values.items()}  # NaN and 1.0 as they are


def assert_equal(found: Answers, expected: Answers) -> None:
    assert found.keys() == expected.keys()
    for names, tags in expected.items():
        wrong = {name: (found[names][name], value) for name, value in tags.items() if found[names][name] != value}
        assert not wrong, f"{sorted(names)}: {wrong}"


@pytest.mark.parametrize("seed", SEEDS)
def test_known_at_equals_a_log_cut_at_that_instant(tmp_path: Path, seed: int) -> None:
    batches = make_log(seed)
    with workspace_of(tmp_path / "whole", *batches, asked=True) as whole:
        for place, instant in enumerate(INSTANTS):
            moment = whole.moment(known_at=instant, extra=TAGS)
            with workspace_of(tmp_path / f"cut{place}", *until(batches, "received_at", instant)) as cut:
                there = cut.moment(extra=TAGS)
                for as_of in (instant, instant - 20 * DAY):
                    expected = answers(cut, there, as_of)
                    assert len(expected) > 5
                    assert_equal(answers(whole, moment, as_of, instant), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_of_equals_a_log_of_what_had_happened(tmp_path: Path, seed: int) -> None:
    """Everybody's identifiers are known from the start, since as_of goes by the graph as it now stands."""
    batches = make_log(seed, people=True)
    with workspace_of(tmp_path / "whole", *batches, asked=True) as whole:
        moment = whole.moment(extra=TAGS)
        for place, instant in enumerate(INSTANTS):
            with workspace_of(tmp_path / f"cut{place}", *until(batches, "time", instant)) as cut:
                expected = answers(cut, cut.moment(extra=TAGS), instant)
            assert_equal(answers(whole, moment, instant), expected)


def test_a_portrait_read_alone_is_the_one_of_the_crowd(tmp_path: Path) -> None:
    """The verb people use: the same cut, with evidence, for customers whose events lie everywhere."""
    batches, instant = make_log(3), "2025-12-20T12:00:00+08:00"
    micros = 1_766_203_200_000_000
    keys = [f"user_id:u{n}" for n in (0, 1, 2, 3, 5, 8, 13)]

    def portraits(workspace: Workspace, known_at: str | None) -> dict[str, Any]:
        found = {}
        for key in keys:
            try:
                portrait = workspace.profile(key, as_of=instant, known_at=known_at)
            except NotFound:
                continue
            portrait = replace(portrait, customer_id="", identifiers=())
            found[key] = json.loads(json.dumps(portrait.as_dict(), default=str))
        return found

    with workspace_of(tmp_path / "whole") as whole, workspace_of(tmp_path / "cut") as cut:
        for workspace, parts in ((whole, batches), (cut, until(batches, "received_at", micros))):
            write_tags(workspace)
            for batch in parts:
                workspace.parts.log.append(normalise_batch(batch))
        found = portraits(whole, instant)
        assert len(found) > 4
        assert found == portraits(cut, None)
        assert found != portraits(whole, None), "what came later changes something"


def write_tags(workspace: Workspace) -> None:
    tags = {name: {"layer": "fact"} | dict(definition) for name, definition in DEFINITIONS.items()}
    (workspace.parts.folder / "tags" / "lives.yaml").write_text(json.dumps({"tags": tags}, ensure_ascii=False))
    workspace.tags_apply()


Arrange = Callable[[list[pa.Table]], list[pa.Table]]


def backwards(batches: list[pa.Table]) -> list[pa.Table]:
    return [batch.take(pa.array(range(batch.num_rows)[::-1])) for batch in batches[::-1]]


def shuffled(batches: list[pa.Table]) -> list[pa.Table]:
    order = list(range(sum(batch.num_rows for batch in batches)))
    random.Random(9).shuffle(order)
    mixed = pa.concat_tables(batches).combine_chunks().take(pa.array(order))
    return [mixed.slice(0, 40), mixed.slice(40, 900), mixed.slice(940)]


@pytest.mark.parametrize("arrange", [backwards, shuffled])
def test_the_order_of_arrival_does_not_matter(tmp_path: Path, arrange: Arrange) -> None:
    batches = make_log(5)
    with workspace_of(tmp_path / "in order", *batches) as workspace:
        expected = answers(workspace, workspace.moment(extra=TAGS), INSTANTS[-1])
    with workspace_of(tmp_path / "arranged", *arrange(batches)) as workspace:
        assert_equal(answers(workspace, workspace.moment(extra=TAGS), INSTANTS[-1]), expected)


def test_a_customer_exists_from_the_first_event_on(tmp_path: Path) -> None:
    """Nobody is counted, exported or shown before that, by any of the verbs."""
    batches = make_log(11)
    with workspace_of(tmp_path / "shop", *batches) as workspace:
        write_tags(workspace)
        everybody = workspace.fold(as_of="2026-03-20")
        for day, micros in (("2025-10-12", 1_760_198_400_000_000), ("2025-11-01", 1_761_926_400_000_000)):
            happened = pa.concat_tables(until(batches, "time", micros))
            there = {workspace.profile(f"user_id:{user}").customer_id for user in users_of(happened)}
            for kept in (False, True):  # folded on demand, then as the columns that are kept
                if kept:
                    report = workspace.fold(as_of=day)
                    assert report.customers == len(workspace.table(as_of=day))
                    assert report.events == happened.num_rows
                table = workspace.table(as_of=day)
                assert there <= set(table.column("customer_id").to_pylist())
                assert min(table.column("events").to_pylist()) > 0
                assert sum(table.column("events").to_pylist()) == happened.num_rows
                assert workspace.audience_count({"events": {"gte": 0}}, as_of=day)["count"] == len(table)
            assert len(table) < everybody.customers
            shown = set(table.column("customer_id").to_pylist())
            later = set(workspace.table(as_of="2026-03-20").column("customer_id").to_pylist()) - shown
            for customer in sorted(later)[:3]:
                with pytest.raises(NotFound, match=f"first event of {customer} is of .* there was none"):
                    workspace.profile(customer, as_of=day)


def users_of(events: pa.Table) -> list[str]:
    return sorted(set(events.column("id.user_id").drop_null().to_pylist()))


def test_merge_and_split_by_hand_leave_everything_as_it_was(tmp_path: Path) -> None:
    with workspace_of(tmp_path / "shop", *make_log(7)) as workspace:
        write_tags(workspace)
        as_of = "2026-02-20"

        def everybody() -> list[Mapping[str, Any]]:
            workspace.fold(as_of=as_of)
            found: list[Mapping[str, Any]] = workspace.table(as_of=as_of).to_pylist()
            return found

        def pieces() -> list[Any]:
            return [workspace.profile(f"user_id:u{n}", as_of=as_of).as_dict() for n in (1, 2, 6)]

        before, before_pieces = everybody(), pieces()
        merged = workspace.identity_merge("user_id:u1", "user_id:u2", reason="one household")
        assert workspace.profile("user_id:u1", as_of=as_of).customer_id == merged.customer_id
        joined = workspace.profile("user_id:u2", as_of=as_of).as_dict()["tags"]["events"]["value"]
        assert joined == sum(piece["tags"]["events"]["value"] for piece in before_pieces[:2])
        assert len(everybody()) == len(before) - 1
        workspace.identity_merge("user_id:u6", "user_id:u1")
        assert len(everybody()) == len(before) - 2
        workspace.identity_split("user_id:u6")
        workspace.identity_split("user_id:u2")
        assert everybody() == before
        assert pieces() == before_pieces
        compact = workspace.parts.timelines.compact
        compact(workspace.moment().snapshot.graph.customer_of, silent)
        assert everybody() == before


def test_a_split_restores_what_events_had_joined(tmp_path: Path) -> None:
    """Events that carry both sides go with the stronger identifier; undone, all is as before."""
    with workspace_of(tmp_path / "shop", *make_log(8)) as workspace:
        write_tags(workspace)
        as_of = "2026-02-20"
        workspace.fold(as_of=as_of)
        before = workspace.table(as_of=as_of).to_pylist()
        workspace.identity_split("phone:+8613800000001")
        workspace.fold(as_of=as_of)
        parted = workspace.table(as_of=as_of).to_pylist()
        assert sum(row["events"] for row in parted) == sum(row["events"] for row in before)
        workspace.identity_merge("phone:+8613800000001", "user_id:u1")
        workspace.fold(as_of=as_of)
        assert workspace.table(as_of=as_of).to_pylist() == before


def test_items_that_arrive_later_are_seen_at_once(tmp_path: Path) -> None:
    """Items are no events: neither a kept portrait nor the kept columns may go on without them."""
    folder = tmp_path / "shop"
    limner.init(folder)
    tag = {"layer": "fact", "fold": {"last": "item.category"}}
    (folder / "tags" / "a.yaml").write_text(json.dumps({"tags": {"category": tag}}))
    event = {"type": "track", "event": "view", "userId": "u1", "messageId": "1", "timestamp": "2026-01-01"}
    (tmp_path / "events.jsonl").write_text(json.dumps(event | {"properties": {"sku": "s1"}}))
    (tmp_path / "items.csv").write_text("sku,category\ns1,skin\n")
    (tmp_path / "items.yaml").write_text("source: erp\nitems: {id: sku, category: category}\n")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.import_files(tmp_path / "events.jsonl")
        workspace.fold()
        assert workspace.profile("user_id:u1").as_dict()["tags"]["category"]["value"] is None
        assert workspace.import_files(tmp_path / "items.csv", tmp_path / "items.yaml").items == 1
        assert workspace.profile("user_id:u1").as_dict()["tags"]["category"]["value"] == "skin"
        assert workspace.audience_count({"category": "skin"})["count"] == 1
