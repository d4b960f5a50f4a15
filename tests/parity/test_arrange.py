"""Rows found, put in order and picked by kernels, compared with a look at every row there is and Python's own sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from limner.timeline import gathering
from limner.timeline import view as view_module
from limner.timeline.arrange import pick
from limner.timeline.base import Base, ShardFile, index_rows
from limner.timeline.gathering import Gatherings
from limner.timeline.residence import Residence
from limner.timeline.shard import Lists, Shard
from limner.timeline.tail import TYPES, Tail
from limner.timeline.view import View

Numbers = npt.NDArray[np.int32]
Row = tuple[int, int, int]
"""Fragment, time, seq."""


def key_of(seq: int) -> tuple[str, str]:
    """In no order of seqs, and two of one id."""
    return f"e{(seq * 7919) % 1000 // 2}", f"s{seq % 2}"


def plain_order(row: Row) -> tuple[int, tuple[str, str]]:
    return row[1], key_of(row[2])


def plain_timelines(rows: Sequence[Row], placement: Numbers, customers: Sequence[int]) -> dict[int, list[int]]:
    """The seqs of these customers' rows in (time, event id, source) order; nobody without any."""
    found = {
        customer: [seq for _, _, seq in sorted((row for row in rows if placement[row[0]] == customer), key=plain_order)]
        for customer in customers
    }
    return {customer: seqs for customer, seqs in found.items() if seqs}


def read_timelines(part: object) -> dict[int, list[int]]:
    seqs, found = part.columns["seq"].tolist(), {}  # type: ignore[attr-defined]
    for customer, (begin, end) in zip(part.customers.tolist(), pairwise(part.offsets.tolist()), strict=True):  # type: ignore[attr-defined]
        found[customer] = seqs[begin:end]
    return found


def columns_of(rows: Sequence[Row]) -> tuple[dict[str, npt.NDArray[np.generic]], dict[str, Lists]]:
    columns = {name: np.zeros(len(rows), kind) for name, kind in TYPES.items()}
    for name, place in (("fragment", 0), ("time", 1), ("seq", 2)):
        columns[name][:] = [row[place] for row in rows]
    lengths = [seq % 3 for _, _, seq in rows]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    values = np.array([10 * seq + n for _, _, seq in rows for n in range(seq % 3)], np.int64)
    return dict(columns), {"p1": Lists(offsets, values)}


def build_base(rows: Sequence[Row], placement: Numbers, cuts: Sequence[int], until: int) -> Base:
    """Shards cut before these customers."""
    placed = sorted((int(placement[row[0]]), *plain_order(row), row) for row in rows if placement[row[0]] >= 0)
    shards = []
    for low, high in pairwise([0, *cuts, 10**9]):
        mine = [(customer, row) for customer, *_, row in placed if low <= customer < high]
        if mine:
            customers, offsets = index_rows(np.array([customer for customer, _ in mine], np.int32))
            shards.append(Shard(customers, offsets, *columns_of([row for _, row in mine])))
    files = tuple(ShardFile("", shard.rows, int(shard.customers[0]), {}, {}) for shard in shards)
    return Base(Path(), until, "UTC", (), files, tuple(shards), placement, "")


def draw_placement(chance: np.random.Generator, before: Numbers, size: int, moves: int, most: int) -> Numbers:
    """Some of the fragments of before moved, some hidden, and new ones."""
    fresh = chance.integers(-1, most, size - len(before))
    placement = np.concatenate([before, fresh]).astype(np.int32)
    moved = chance.integers(max(size, 1), size=min(moves, size))
    placement[moved] = chance.integers(-1, most, len(moved))
    return placement


@dataclass(frozen=True)
class Drawn:
    """A view, and what it is of."""

    view: View
    rows: Sequence[Row]
    most: int
    """Customers are below it."""


def draw_rows(chance: np.random.Generator, count: int, size: int, instants: int, first: int) -> list[Row]:
    fragments, times = chance.integers(max(size, 1), size=count), chance.integers(instants, size=count)
    if chance.random() < 0.3:
        fragments[: count // 2] = fragments[:1]  # one has many
    return [(int(f), int(t), first + n) for n, (f, t) in enumerate(zip(fragments, times, strict=True))] * (size > 0)


def draw_view(chance: np.random.Generator, seed: int) -> Drawn:
    """Some of them without a base, and some with links that were not known then."""
    most, instants = int(chance.choice([3, 30, 200])), int(chance.choice([2, 30, 10**6]))
    sizes = np.sort(chance.integers(0, 120, size=4)).tolist()
    steps = [draw_placement(chance, np.zeros(0, np.int32), sizes[0], 0, most)]
    for size in sizes[1:]:
        steps.append(draw_placement(chance, steps[-1], size, int(chance.choice([0, 2, 40])), most))
    stood = draw_rows(chance, int(chance.choice([0, 5, 300])), sizes[0], instants, 1)
    newer = draw_rows(chance, int(chance.choice([0, 5, 100])), sizes[2], instants, 1001)
    latest = draw_rows(chance, 20, sizes[3], instants, 2001)  # after the view
    cuts = np.unique(chance.integers(1, most + 1, size=int(chance.integers(4)))).tolist()
    base = None if seed % 7 == 0 else build_base(stood, steps[0], cuts, 1000)
    if base is None:
        stood = []
    known, tail = int(chance.integers(3)), Tail(1000)
    residence = Residence(steps[known])
    for placement in steps[known + 1 :]:
        residence.follow(placement)
    if newer:
        tail.add(*columns_of(newer))
    keys = lambda seqs: [key_of(seq) for seq in seqs]  # noqa: E731
    then = steps[2] if seed % 3 else np.where(chance.random(sizes[2]) < 0.2, -1, steps[2]).astype(np.int32)
    if then is not steps[2]:
        residence = Residence(then)
    view = View(base, tail, tail.shard(), then, {"p1": "lines[]"}, keys, residence)
    if latest:
        tail.add(*columns_of(latest))
    # Who was nobody's at the build is in no shard.
    return Drawn(view, [row for row in stood if steps[0][row[0]] >= 0] + newer, most)


def read_stretches(view: View) -> dict[int, list[int]]:
    """Everybody's timelines as folds read them, each customer once."""
    read: dict[int, list[int]] = {}
    for stretch in view.stretches():
        parts = [*stretch.read_all()]
        ascending = sorted(customer for part in parts for customer in part.customers.tolist())
        assert ascending[:1] > [*read][-1:] or not ascending, "stretches ascend"
        found = [read_timelines(part) for part in parts]
        assert sum(map(len, found)) == len(ascending) == len(set(ascending)), "each customer once"
        read |= {customer: each[customer] for customer in ascending for each in found if customer in each}
    return read


@pytest.mark.parametrize("seed", range(120))
def test_timelines_are_those_of_a_look_at_every_row(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(seed)
    monkeypatch.setattr(view_module, "SHARD_ROWS", int(chance.choice([1, 40, 10**6])))
    monkeypatch.setattr(view_module, "GATHERED", int(chance.choice([2, 7, 10**6])))
    drawn = draw_view(chance, seed)
    view, rows, then, most, tail = drawn.view, drawn.rows, drawn.view.placement, drawn.most, drawn.view.tail
    everybody = plain_timelines(rows, then, range(most))

    assert read_stretches(view) == everybody
    assert {c: s for part in view.slices() for c, s in read_timelines(part).items()} == everybody

    asked = np.unique(chance.integers(most, size=int(chance.integers(1, 12)))).astype(np.int32)
    gathered = view.gather(asked)
    assert read_timelines(gathered) == plain_timelines(rows, then, asked.tolist())
    seqs = gathered.columns["seq"].tolist()
    assert gathered.columns["time"].tolist() == [time for seq in seqs for _, time, one in rows if one == seq]
    if len(seqs) and tail.rows:
        lines = gathered.to_slice(view.grains).elements["lines[]"]
        assert lines.columns["p1"].tolist() == [10 * seq + n for seq in seqs for n in range(seq % 3)]
    for customer in asked.tolist():
        assert read_timelines(view.slice_of_one(customer)) == plain_timelines(rows, then, [customer])
    counts = view.count_rows(asked)
    assert all(
        count >= len(everybody.get(customer, ())) for customer, count in zip(asked.tolist(), counts, strict=True)
    )


@pytest.mark.parametrize("seed", range(200))
def test_who_was_gathered_before_is_read_as_they_are_now(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """View after view of one base and tail: events come in, people are merged and split, and most stay as they are."""
    chance = np.random.default_rng(seed)
    monkeypatch.setattr(view_module, "GATHERED", int(chance.choice([2, 7, 10**6])))
    monkeypatch.setattr(gathering, "SHARE", int(chance.choice([1, 1, 8])))
    most, instants, size = int(chance.choice([8, 30, 200])), int(chance.choice([2, 30, 10**6])), 60
    placement = draw_placement(chance, np.zeros(0, np.int32), size, 0, most)
    stood = draw_rows(chance, int(chance.choice([5, 300])), size, instants, 1)
    rows = [row for row in stood if placement[row[0]] >= 0]
    base = build_base(stood, placement, np.unique(chance.integers(1, most + 1, size=3)).tolist(), 1000)
    residence, gatherings, seq = Residence(placement), Gatherings(), 1001
    tail = Tail(1000)
    for _ in range(8):
        size += int(chance.integers(4))
        placement = draw_placement(chance, placement, size, int(chance.choice([0, 0, 1, 3])), most)
        residence.follow(placement)
        newer = draw_rows(chance, int(chance.choice([0, 1, 4, 40])), size, instants, seq)
        if newer:
            tail.add(*columns_of(newer))
        rows, seq = rows + newer, seq + 100
        keys = lambda seqs: [key_of(seq) for seq in seqs]  # noqa: E731
        view = View(base, tail, tail.shard(), placement, {"p1": "lines[]"}, keys, residence, gatherings)
        assert read_stretches(view) == plain_timelines(rows, placement, range(most))
        earlier = replace(view, newer=Tail(1000).shard(), placement=placement[:60], residence=Residence(placement[:60]))
        if chance.random() < 0.2:  # somebody who looked before this, and comes late
            assert read_stretches(earlier) == plain_timelines(
                [row for row in rows if row[2] <= 1000], placement[:60], range(most)
            )


def test_who_was_gathered_serves_the_next_view_until_they_are_forgotten() -> None:
    placement, tail, gatherings = np.arange(60, dtype=np.int32), Tail(1000), Gatherings()
    base = build_base([(f, 0, 1 + f) for f in range(60)], placement, [30], 1000)

    def view_after(*rows: Row) -> View:
        tail.add(*columns_of(rows))
        keys = lambda seqs: [key_of(seq) for seq in seqs]  # noqa: E731
        return View(base, tail, tail.shard(), placement, {"p1": "lines[]"}, keys, Residence(placement), gatherings)

    first, nobody = gatherings.find(view_after(*((f, 1, 1001 + f) for f in range(40))))
    beside = first.lots_beside(0)
    later = view_after((7, 2, 1041), (50, 2, 1042))
    again, changed = gatherings.find(later)
    assert (again is first, again.lots_beside(0) is beside) == (True, True)
    assert (nobody.tolist(), changed.tolist()) == ([], [7, 50])
    gatherings.forget()
    assert gatherings.find(later)[0] is not first


@pytest.mark.parametrize("kinds", [("i8",), ("i8", "i8", "i8"), ("i2", "i2"), ("i1", "i1"), ("i4", "i8"), ("f8", "f8")])
def test_values_are_picked_from_where_they_are(kinds: tuple[str, ...]) -> None:
    chance = np.random.default_rng(len(kinds))
    arrays = [chance.integers(100, size=50 + place).astype(kind) for place, kind in enumerate(kinds)]
    arrays[0].flags.writeable = False  # as mapped files are
    parts, rows = chance.integers(len(arrays), size=300), chance.integers(50, size=300)
    picked = pick(arrays, parts, rows)
    assert picked.tolist() == [arrays[part][row] for part, row in zip(parts, rows, strict=True)]
    assert picked.dtype == np.result_type(*arrays)
    strided = [np.repeat(array, 2)[::2] for array in arrays]
    assert pick(strided, parts, rows).tolist() == picked.tolist()
