"""Trees on plain arrays: the same twice, calibrated, explained, and never fitted on what says nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from limner.errors import DataError
from limner.learn import trees as growing
from limner.learn.leaks import find_leaks
from limner.learn.metrics import auc, calibration_error, gain
from limner.learn.table import Table
from limner.learn.trees import ENOUGH, SMALL, Trees, grow


def make(rows: int = 3000) -> tuple[Table, npt.NDArray[Any]]:
    chance = np.random.default_rng(4)
    visits, city = chance.poisson(5, rows).astype(float), chance.choice(["上海", "苏州", "北京"], rows)
    odds = 0.5 * (visits - 5) + (city == "上海") - 1
    label = (chance.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    visits[chance.random(rows) < 0.1] = np.nan
    return Table.of({"visits": visits, "city": city.tolist(), "noise": chance.random(rows)}), label


def test_chances_are_calibrated_and_reasons_add_up(tmp_path: Path) -> None:
    table, label = make()
    fit, test = np.arange(2000), np.arange(2000, 3000)
    trees = grow(table.take(fit), label[fit])
    chances = trees.chances(table.take(test))
    assert auc(label[test], chances) > 0.7
    assert calibration_error(label[test], chances) < 0.08
    raw, moved = trees.raw(table.take(test)), trees.contributions(table.take(test)).sum(axis=1)
    assert np.ptp(raw - moved) < 1e-6, "what features move, and a constant, is the whole"
    assert list(trees.gains())[-1] == "noise"
    trees.save(tmp_path)
    assert np.array_equal(Trees.load(tmp_path).chances(table), trees.chances(table))
    assert np.array_equal(grow(table.take(fit), label[fit]).chances(table), trees.chances(table))


def test_the_shape_that_orders_what_was_set_aside_best_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    table, label = make(ENOUGH)
    both, alone = grow(table, label), []
    for shape in SMALL.shapes:
        monkeypatch.setattr(growing, "SMALL", replace(SMALL, shapes=(shape,)))
        alone.append(grow(table, label).held_out_auc)
    assert len(set(alone)) == len(SMALL.shapes)
    assert both.held_out_auc == max(alone)


def test_a_word_never_seen_and_nothing_known_are_no_trouble() -> None:
    table, label = make(800)
    trees = grow(table, label)
    strange = Table.of({"visits": [None, 3], "city": ["月球", ""], "noise": [0.5, None]}, trees.features)
    assert ((trees.chances(strange) > 0) & (trees.chances(strange) < 1)).all()
    with pytest.raises(DataError, match="The model reads noise, which the table does not have"):
        Table.of({"visits": [1], "city": ["上海"]}, trees.features)
    with pytest.raises(DataError, match="visits was a number when the model was fitted"):
        Table.of({"visits": ["many"], "city": ["上海"], "noise": [1]}, trees.features)


@pytest.mark.parametrize(
    ("table", "label", "said"),
    [
        ({"x": [1, 2, 3]}, [0, 0, 0], "All 3 labels are no"),
        ({"x": [1, 2, 3]}, [1, 1, 1], "All 3 labels are yes"),
        ({"x": [5, 5, 5]}, [0, 1, 0], "Every feature is the same"),
        ({"x": [1, 2, 3]}, [0, 1, 2], "Labels must be 0 and 1"),
        ({"x": [1, 2, 3]}, [0, 1], "There are 3 rows and 2 labels"),
        ({"x": [1, 2, 3]}, [0, 1, 0], "too rare"),
    ],
)
def test_what_nothing_can_be_learned_from_is_a_sentence(table: Any, label: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        grow(Table.of(table), np.array(label, float))


def test_what_is_written_down_with_the_outcome_is_named() -> None:
    table, label = make()
    chance = np.random.default_rng(9)
    columns = {"visits": table.matrix[:, 0], "noise": table.matrix[:, 2]}
    told = label * 3 + chance.normal(0, 1, len(label))
    [leak] = find_leaks(Table.of({**columns, "signed_on": told}), label)
    assert leak.feature == "signed_on"
    assert set(leak.words) == {"zh", "en"}
    assert find_leaks(Table.of(columns), label) == [], "a strong honest feature is no leak"


def test_auc_and_gain_against_their_definitions() -> None:
    chance = np.random.default_rng(3)
    truth, scores = (chance.random(60) < 0.4).astype(float), chance.integers(0, 8, 60).astype(float)
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[truth > 0] for b in scores[truth == 0]]
    assert auc(truth, scores) == pytest.approx(np.mean(pairs))
    points = gain(truth, scores)
    assert points[0] == (0.0, 0.0)
    assert points[-1] == (1.0, 1.0)
