"""Ids of rows, however they came in pieces."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from limner.timeline.ids import Ids


def test_ids_are_found_however_they_came() -> None:
    chance, ids, all = np.random.default_rng(3), Ids(), list[str]()
    for number in range(200):
        more = [f"e{number}-{place}" for place in range(int(chance.integers(1, 40)))]
        before, ids = ids, ids.extend(pa.array(more))
        assert before.rows == len(all)
        all += more
        rows = chance.integers(len(all), size=5)
        assert ids.read(rows) == [all[row] for row in rows]
        later = ids.since(first := int(chance.integers(len(all))))
        assert later.rows == len(all) - first
        assert later.read(np.arange(later.rows)) == all[first:]
    assert len(ids.pieces) < 12


def test_of_no_rows_there_are_none() -> None:
    assert Ids().read(np.zeros(0, np.int64)) == []
    assert Ids().since(0) == Ids()


def test_long_pieces_are_copied_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.timeline.ids.JOINED", 64)
    ids = Ids()
    for number in range(1_000):
        before, ids = ids, ids.extend(pa.array([f"e{number}-{place}" for place in range(7)]))
        kept = [piece for piece in before.pieces if len(piece) > 64]
        assert ids.pieces[: len(kept)] == tuple(kept)
    assert max(map(len, ids.pieces)) <= 4 * 64
    assert ids.read(np.array([0, 6_999])) == ["e0-0", "e999-6"]
