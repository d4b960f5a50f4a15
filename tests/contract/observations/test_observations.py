"""What `ports.observations.Observations` promises: nodes and fragments that never change, decisions as events."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.contract.log.batches import make_batch, open_log, row

from limner.adapters.duckdb.erasure import DuckDBErasure
from limner.adapters.duckdb.log import DuckDBLog
from limner.adapters.duckdb.observations import DuckDBObservations
from limner.ports.observations import Decision


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[DuckDBLog, DuckDBObservations]]:
    file, log = open_log(tmp_path)
    yield log, DuckDBObservations(file)
    file.close()


Opened = tuple[DuckDBLog, DuckDBObservations]


def test_an_empty_log_has_nobody(opened: Opened) -> None:
    observed = opened[1].observed()
    assert (len(observed.node_types), observed.offsets.tolist(), len(observed.live)) == (0, [0], 0)
    assert opened[1].decisions() == []
    assert opened[1].identifier_table().num_rows == 0


def test_identifiers_are_numbered_by_row_then_column(opened: Opened) -> None:
    log, observations = opened
    log.append(make_batch([row("1", ids={"user_id": "a", "phone": "1"}), row("2", ids={"phone": "2", "user_id": "a"})]))
    log.append(make_batch([row("3", ids={"email": "a", "phone": "1"})]))
    observed = observations.observed()
    assert observations.identifiers([3, 0, 1, 2]) == [("email", "a"), ("user_id", "a"), ("phone", "1"), ("phone", "2")]
    assert [observed.types[code] for code in observed.node_types] == ["user_id", "phone", "phone", "email"]
    assert observed.nodes.tolist() == [0, 1, 0, 2, 1, 3]
    assert observed.offsets.tolist() == [0, 2, 4, 6]
    named = [("phone", "2"), ("phone", "a"), ("email", "a")]
    assert observations.find(named).tolist() == [2, -1, 3]
    assert observations.find(named, until=3).tolist() == [2, -1, -1]
    assert observations.find([]).tolist() == []
    assert observations.identifier_table().column("node").to_pylist() == [0, 1, 2, 3]


def test_a_duplicate_observes_nothing(opened: Opened) -> None:
    log, observations = opened
    log.append(make_batch([row("1")]))
    log.append(make_batch([row("1", ids={"user_id": "u2", "phone": "9"})]))
    assert observations.find([("phone", "9")]).tolist() == [-1]
    assert len(observations.observed().live) == 1


def test_what_was_known_at_an_instant(opened: Opened) -> None:
    log, observations = opened
    log.append(make_batch([row("1", time=5, received_at=50), row("2", time=9, ids={"phone": "2"})]))
    assert observations.observed(known_at=49).live.tolist() == [False, True]
    assert observations.observed(known_at=50).live.tolist() == [True, True]
    assert observations.observed(known_at=8).live.tolist() == [False, False]
    assert observations.observed().live.tolist() == [True, True]


def test_decisions_are_events_on_no_timeline(opened: Opened) -> None:
    log, observations = opened
    log.append(make_batch([row("1"), row("2", ids={"phone": "2"})]))
    seq = observations.decide(Decision("merge", (0,), (1,), author="ann", reason='the "same" 人'))
    then = log.watermark()
    observations.decide(Decision("split", (1,), (0,)))
    assert seq == then == 3
    merge, split = observations.decisions()
    assert merge == Decision("merge", (0,), (1,), 3, "ann", 'the "same" 人')
    assert (split.kind, split.left, split.right, split.seq) == ("split", (1,), (0,), 4)
    assert observations.decisions(known_at=0) == []
    assert log.tail(2, 9).num_rows == 0
    assert log.append(make_batch([row("3")])).first_seq == 5


def test_blocks_are_events_of_the_log_and_no_decisions(opened: Opened) -> None:
    log, observations = opened
    log.append(make_batch([row("1", ids={"user_id": "a", "phone": "1"})]))
    assert observations.blocks() == {}
    seq = observations.decide(Decision("block", (1,), (), author="ann", reason="a bot"))
    assert (seq, log.watermark()) == (2, 2)
    (since,) = observations.blocks().values()
    observations.decide(Decision("block", (0, 1), ()))
    blocks = observations.blocks()
    assert (list(blocks), blocks[1]) == ([1, 0], since), "it is blocked since the first of them"
    assert blocks[0] >= since
    observations.decide(Decision("unblock", (1,), ()))
    assert list(observations.blocks()) == [0]
    assert observations.decisions() == []


def test_no_client_can_decide(opened: Opened) -> None:
    """An event may have any name; only what `decide` wrote is a decision."""
    log, observations = opened
    log.append(
        make_batch([row("1", name="limner.merge"), row("2", name="limner.split", ids={}, properties={"left": 1})])
    )
    log.append(make_batch([row("decision-3", name="limner.merge", source="limner", properties={"x": 1})]))
    assert observations.decisions() == []


def test_evidence_of_fragments(opened: Opened) -> None:
    log, observations = opened
    log.append(
        make_batch(
            [
                row("1", time=5, name="a", source="web"),
                row("2", time=3, name="b", source="app"),
                row("3", time=7, ids={"phone": "1"}),
            ]
        )
    )
    assert observations.evidence([1, 0]) == [(1, "view", "shop", 7, 7), (2, "a", "web", 3, 5)]


def test_observations_that_were_read_bit_by_bit_are_those_read_at_once(tmp_path: Path) -> None:
    chance = random.Random(4)
    file, log = open_log(tmp_path)
    observations = DuckDBObservations(file)
    for step in range(25):
        kinds = ["user_id", "phone", "email", "openid"][: 1 + step // 6]
        lot = [{kind: f"{kind}-{chance.randint(0, 30)}" for kind in kinds if chance.random() < 0.6} for _ in range(4)]
        log.append(make_batch([row(f"{step}-{n}", ids=ids) for n, ids in enumerate(lot)]))
        before = observations.observed()
        kept = before.nodes.tolist(), before.offsets.tolist(), before.node_types.tolist(), before.live.tolist()
        if step == 12:
            DuckDBErasure(file, tmp_path / "key").erase(frozenset({1, 2}), frozenset({1}))
        log.append(make_batch([row(f"more{step}", ids={"user_id": f"more{step}", "wx": "1"})]))
        found, expected = observations.observed(), DuckDBObservations(file).observed()
        for name in ("types", "node_types", "offsets", "nodes", "live", "erased"):
            assert np.array_equal(getattr(found, name), getattr(expected, name)), name
            assert getattr(getattr(found, name), "dtype", None) == getattr(getattr(expected, name), "dtype", None)
        assert kept == (
            before.nodes.tolist(),
            before.offsets.tolist(),
            before.node_types.tolist(),
            before.live.tolist(),
        )
    assert found.erased is not None
    assert found.erased.tolist().count(True) == 1
    file.close()
