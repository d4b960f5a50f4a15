"""Timelines against the obvious: sort everybody's events by (time, event_id, source) in plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limner.adapters.duckdb import log as log_module
from limner.adapters.duckdb.file import LogFile
from limner.adapters.duckdb.log import DuckDBLog
from limner.model.timeline import Kind
from limner.timeline import base as base_module
from limner.timeline import timelines as timelines_module
from limner.timeline.base import BaseWriter
from limner.timeline.page import find_page
from limner.timeline.tail import Tail
from limner.timeline.timelines import Timelines

Event = dict[str, object]


def silent(what: str, done: int, total: int) -> None:
    """Progress nobody watches."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[DuckDBLog]:
    file = LogFile(tmp_path / "log.duckdb", threads=1)
    yield DuckDBLog(file, "Asia/Shanghai")
    file.close()


def make_batch(events: list[Event]) -> pa.Table:
    def instants(name: str) -> pa.Array:
        return pa.array([e[name] for e in events], pa.int64()).cast(pa.timestamp("us", "UTC"))

    return pa.table(
        {
            "event_id": pa.array([e["id"] for e in events], pa.string()),
            "source": pa.array([e.get("source", "s") for e in events], pa.string()),
            "name": pa.array([e["name"] for e in events], pa.string()),
            "time": instants("time"),
            "received_at": instants("time"),
            "properties": pa.array([json.dumps(e["properties"]) for e in events], pa.string()),
            "traits": pa.nulls(len(events), pa.string()),
            "id.user_id": pa.array([e["user"] for e in events], pa.string()),
        }
    )


def read_rows(timelines: Timelines, placement: np.ndarray) -> dict[int, list[tuple[int, int]]]:
    """Customer to (time, seq) of its rows, in the order of the slices."""
    rows: dict[int, list[tuple[int, int]]] = {}
    for part in timelines.view(placement).slices():
        for place, customer in enumerate(part.customers.tolist()):
            assert customer not in rows, "each customer comes once"
            span = slice(part.offsets[place], part.offsets[place + 1])
            rows[customer] = list(
                zip(part.columns["time"][span].tolist(), part.columns["seq"][span].tolist(), strict=True)
            )
    return rows


def expected_rows(events: list[Event], users: list[str], placement: np.ndarray) -> dict[int, list[tuple[int, int]]]:
    order = sorted(range(len(events)), key=lambda i: (events[i]["time"], events[i]["id"], events[i]["source"]))
    rows: dict[int, list[tuple[int, int]]] = {}
    for i in order:
        customer = int(placement[users.index(str(events[i]["user"]))])
        if customer >= 0:
            rows.setdefault(customer, []).append((int(str(events[i]["time"])), i + 1))
    return rows


events_strategy = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from(["a", "b"]), st.integers(0, 9)), max_size=25
)
moves = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rounds=st.lists(
        st.tuples(events_strategy, moves, st.sampled_from(["tail", "compact", "rebuild", "reopen"])),
        min_size=1,
        max_size=4,
    ),
    hidden=st.integers(0, 2),
    few_ties=st.sampled_from([0.0, 1.0]),
    salt=st.integers(0, 10**6),
)
def test_timelines_equal_a_plain_sort(tmp_path: Path, rounds: list, hidden: int, few_ties: float, salt: int) -> None:
    log_module.FEW_TIES = few_ties  # rows of one instant are sorted by the log, or settled afterwards
    folder = tmp_path / f"run-{salt}-{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    file = LogFile(folder / "log.duckdb", threads=1)
    log = DuckDBLog(file, "Asia/Shanghai")
    timelines = Timelines(folder / "timelines", log, "Asia/Shanghai")
    events: list[Event] = []
    users: list[str] = []
    placement = np.zeros(0, np.int32)
    for fresh, moved, action in rounds:
        met = []
        for time, user, name, sku in fresh:
            # Ids descend while seqs ascend, and so do the sources that share an id: only these settle an instant.
            number = 9999 - len(events) - len(met)
            met.append(
                {
                    "id": f"e{number // 3}",
                    "source": f"s{number % 3}",
                    "time": time,
                    "user": f"u{user}",
                    "name": name,
                    "properties": {"sku": sku, "lines": [{"q": n} for n in range(sku % 3)]},
                }
            )
            if f"u{user}" not in users:
                users.append(f"u{user}")
        if met:
            log.append(make_batch(met))
            events += met
        placement = np.concatenate([placement, np.arange(len(placement), len(users), dtype=np.int32)])
        for fragment, customer in moved:
            if fragment < len(placement):
                placement[fragment] = customer
        log.promote({("sku", Kind.NUMBER), ("lines[].q", Kind.NUMBER)}, silent)
        if action == "reopen":
            timelines = Timelines(folder / "timelines", log, "Asia/Shanghai")
        timelines.refresh(placement, log.watermark(), silent)
        if action == "compact":
            timelines.compact(placement, silent)
        if action == "rebuild":
            timelines.rebuild(placement, silent)
        assert read_rows(timelines, placement) == expected_rows(events, users, placement)
        then = np.where(np.arange(len(placement)) % 3 == hidden, -1, placement).astype(np.int32)  # links known then
        assert read_rows(timelines, then) == expected_rows(events, users, then)
        check_properties(timelines, placement, events)
        check_pages(timelines, placement)
        for seq in range(log.watermark() + 1):
            fragments = timelines.view(placement).fragments_since(seq)
            newer = log.tail(seq, log.watermark()).column("fragment").to_pylist()
            assert fragments is None or fragments.tolist() == newer
    file.close()
    log_module.FEW_TIES = 0.02


def test_whoever_left_a_file_with_nothing_behind_is_nobody_there(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.duckdb", threads=1)
    log = DuckDBLog(file, "Asia/Shanghai")
    timelines = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    properties = {"sku": 1, "lines": []}
    made = [
        {"id": f"e{n}", "source": "s", "time": n, "user": f"u{n}", "name": "seen", "properties": properties}
        for n in range(2)
    ]
    log.append(make_batch(made))
    log.promote({("sku", Kind.NUMBER), ("lines[].q", Kind.NUMBER)}, silent)
    timelines.refresh(np.array([0, 1], np.int32), log.watermark(), silent)
    timelines.compact(np.array([0, 1], np.int32), silent)
    moved = np.array([0, 5], np.int32)
    assert sum(len(part.columns["p2"]) for part in timelines.view(moved).slices()) == 2
    assert set(read_rows(timelines, moved)) == {0, 5}
    file.close()


def check_pages(timelines: Timelines, placement: np.ndarray) -> None:
    """Read page by page, a timeline is all of it, latest (time, seq) first."""
    view = timelines.view(placement)
    for customer, rows in read_rows(timelines, placement).items():
        latest, found, before = sorted(rows, reverse=True), [], None
        while page := find_page(view, customer, before, 3):
            found += page
            before = latest[len(found) - 1]
        assert found == [seq for _, seq in latest]


def check_properties(timelines: Timelines, placement: np.ndarray, events: list[Event]) -> None:
    for part in timelines.view(placement).slices():
        seqs = part.columns["seq"].tolist()
        skus = [events[seq - 1]["properties"]["sku"] for seq in seqs]  # type: ignore[index]
        assert part.columns["p2"].tolist() == [sku * 10_000 for sku in skus]
        lines = part.elements["lines[]"]
        assert lines.columns["p1"].tolist() == [n * 10_000 for sku in skus for n in range(sku % 3)]
        assert lines.columns["seq"].tolist() == [
            seq for seq, sku in zip(seqs, skus, strict=True) for _ in range(sku % 3)
        ]
        assert lines.offsets[-1] == len(lines.columns["p1"])


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_module, "SHARD_ROWS", 50)
    monkeypatch.setattr(timelines_module, "TAIL_ROWS", 40)


def many_events(count: int, users: int, start: int = 0) -> list[Event]:
    return [
        {"id": f"e{start + n}", "time": (n * 7919) % 1000, "user": f"u{n % users}", "name": "a", "properties": {}}
        for n in range(count)
    ]


def test_where_nothing_came_in_the_log_is_not_asked(
    log: DuckDBLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timelines = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    placement = np.arange(4, dtype=np.int32)
    for start in (0, 1000):
        log.append(make_batch(many_events(20, 4, start=start)))
        timelines.refresh(placement, log.watermark(), silent)
    timelines.take_touched()
    with monkeypatch.context() as patched:
        patched.setattr(log, "tail", None)
        timelines.refresh(placement, log.watermark(), silent)
    touched = timelines.take_touched()
    assert touched is not None
    assert not len(touched)
    log.append(make_batch(many_events(1, 1, start=2000)))
    timelines.refresh(placement, log.watermark(), silent)
    touched = timelines.take_touched()
    assert touched is not None
    assert touched.tolist() == [0]
    assert sum(map(len, read_rows(timelines, placement).values())) == 41


@pytest.mark.usefixtures("small_shards")
def test_compaction_of_many_shards_equals_a_rebuild(log: DuckDBLog, tmp_path: Path) -> None:
    timelines = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    log.append(make_batch(many_events(600, 40)))
    placement = np.arange(40, dtype=np.int32)
    timelines.refresh(placement, log.watermark(), silent)
    log.append(make_batch(many_events(80, 4, start=1000)))
    placement = placement.copy()
    placement[30] = 2
    placement[7] = 1
    timelines.refresh(placement, log.watermark(), silent)
    assert timelines.view(placement).tail.rows == 0, "a tail of 80 rows is over the bound of this test"
    compacted = read_rows(timelines, placement)
    timelines.rebuild(placement, silent)
    assert read_rows(timelines, placement) == compacted
    assert sum(len(rows) for rows in compacted.values()) == 680


def test_a_torn_file_is_rebuilt_from_the_log(log: DuckDBLog, tmp_path: Path) -> None:
    log.append(make_batch(many_events(50, 5)))
    placement = np.arange(5, dtype=np.int32)
    first = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    first.refresh(placement, log.watermark(), silent)
    whole = read_rows(first, placement)
    (shard,) = (tmp_path / "timelines").glob("*.arrow")
    shard.write_bytes(shard.read_bytes()[:-8])
    second = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    second.refresh(placement, log.watermark(), silent)
    assert read_rows(second, placement) == whole


def test_a_compaction_writes_over_nothing_that_was_made_anew_meanwhile(log: DuckDBLog, tmp_path: Path) -> None:
    log.append(make_batch(many_events(50, 5)))
    placement = np.arange(5, dtype=np.int32)
    timelines = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    timelines.refresh(placement, log.watermark(), silent)
    log.append(make_batch(many_events(20, 5, start=100)))
    timelines.refresh(placement, log.watermark(), silent)
    compaction = timelines.begin_compaction(placement)
    timelines.rebuild(placement, silent)
    named = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (tmp_path / "timelines").iterdir()}
    before = read_rows(timelines, placement)
    compacted = compaction.make_ready(compaction.run(silent))
    assert {one.file for one in compacted.base.files}.isdisjoint(named)
    timelines.adopt(compacted)  # it is of a base that is none any more
    now = {name: (tmp_path / "timelines" / name).stat() for name in named}
    assert {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in now.items()} == named
    assert read_rows(timelines, placement) == before


@pytest.mark.usefixtures("small_shards")
def test_who_compacts_beside_has_its_chance_before_anything_is_made_anew(log: DuckDBLog, tmp_path: Path) -> None:
    timelines = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    timelines.patient = True
    placement = np.arange(20, dtype=np.int32)
    for first, long, until in ((0, False, 100), (100, False, 100), (200, True, 100), (800, False, 900)):
        log.append(make_batch(many_events(100, 20, start=first)))
        timelines.refresh(placement, log.watermark(), silent)
        assert timelines._base is not None
        assert (timelines.is_long(), timelines._base.until) == (long, until)
        if first == 200:
            log.append(make_batch(many_events(500, 20, start=300)))


@pytest.mark.usefixtures("small_shards")
def test_what_came_while_somebody_compacted_is_there(log: DuckDBLog, tmp_path: Path) -> None:
    timelines = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    timelines.patient = True
    placement = np.arange(30, dtype=np.int32)
    log.append(make_batch(many_events(200, 20)))
    timelines.refresh(placement[:20], log.watermark(), silent)
    log.append(make_batch(many_events(90, 25, start=1000)))
    timelines.refresh(placement[:25], log.watermark(), silent)
    compaction = timelines.begin_compaction(placement[:25])
    compacted = compaction.make_ready(compaction.run(silent))
    log.append(make_batch(many_events(60, 30, start=2000)))
    moved = np.where(placement == 4, 2, placement).astype(np.int32)
    timelines.refresh(moved, log.watermark(), silent)
    timelines.adopt(compacted)
    found = read_rows(timelines, moved)
    one = timelines.view(moved).slice_of(np.array([2], np.int32))
    timelines.rebuild(moved, silent)
    assert read_rows(timelines, moved) == found
    assert one.columns["seq"].tolist() == [seq for _, seq in found[2]]


@pytest.mark.usefixtures("small_shards")
def test_a_lot_needs_no_more_rows_than_asked_unless_it_is_one_customer(log: DuckDBLog, tmp_path: Path) -> None:
    timelines = Timelines(tmp_path / "timelines", log, "Asia/Shanghai")
    timelines.patient = True
    events = [one | {"user": "u3"} if n % 3 else one for n, one in enumerate(many_events(300, 40))]
    log.append(make_batch(events[:200]))
    placement = np.arange(len({one["user"] for one in events}), dtype=np.int32)
    timelines.refresh(placement, log.watermark(), silent)
    log.append(make_batch(events[200:]))
    merged = np.where(placement == 7, 5, placement).astype(np.int32)
    timelines.refresh(merged, log.watermark(), silent)
    view = timelines.view(merged)
    assert view.newer.rows == 100, "some are in the base and some are not"
    lots = list(view.lots_of(view.customers, 30))
    assert np.concatenate(lots).tolist() == view.customers.tolist()
    sizes = [len(view.slice_of(lot).columns["seq"]) for lot in lots]
    assert sizes == [view.count_rows(lot).sum() for lot in lots]
    assert all(size <= 30 or len(lot) == 1 for size, lot in zip(sizes, lots, strict=True))
    assert len(lots) < 30, "customers are taken together"


def test_the_newer_part_of_a_tail_is_as_if_it_had_been_read(log: DuckDBLog) -> None:
    log.promote([("tags[]", Kind.TEXT)], silent)
    tail = Tail(0)
    for first, count in ((0, 7), (100, 1), (200, 12)):
        events = many_events(count, 5, start=first)
        log.append(
            make_batch([one | {"properties": {"tags": ["x", "y", "z"][: n % 4]}} for n, one in enumerate(events)])
        )
        tail.extend(log.tail(tail.until, log.watermark()), log.watermark(), "Asia/Shanghai")
    for after in range(21):
        rest, read = tail.since(after), Tail(after)
        read.extend(log.tail(after, 20), 20, "Asia/Shanghai")
        assert (rest.after, rest.until, rest.rows) == (after, 20, read.rows) == (after, 20, 20 - after)
        for fragments in ([0], [1, 3], [4]):
            rows = rest.rows_of(np.array(fragments, np.int32))
            assert rows.tolist() == read.rows_of(np.array(fragments, np.int32)).tolist()
        assert rest.event_ids(np.arange(rest.rows)) == read.event_ids(np.arange(read.rows))
        mine, its = rest.shard(), read.shard()
        for name in its.columns if its.rows else ():
            assert mine.columns[name].tolist() == its.columns[name].tolist()
        assert list(mine.lists) == list(its.lists)
        assert len(its.lists) == (1 if its.rows else 0)
        for name in its.lists:
            assert mine.lists[name].offsets.tolist() == its.lists[name].offsets.tolist()
            assert mine.lists[name].values.tolist() == its.lists[name].values.tolist()


def test_two_writers_never_have_one_generation(tmp_path: Path) -> None:
    assert len({BaseWriter(tmp_path).generation for _ in range(3)}) == 3
