"""A copy made while rows are replaced, added and taken out is the columns as they stand in the end."""

from __future__ import annotations

import random

import numpy as np
import pytest

from limner.fold.copying import Copying
from limner.fold.standing import Standing
from limner.model.column import Folded, TagColumn, ValueType

NAMES = ["number", "sure", "words", "counts", "truth"]


def fold(customers: list[int], chance: random.Random, as_of: int, words: int) -> Folded:
    """Any values of any kind for these customers."""
    size = len(customers)
    lengths = [chance.randrange(4) for _ in customers]
    dictionary = tuple(f"word {i}" for i in range(words))
    columns = {
        "number": TagColumn(ValueType.INTEGER, np.array([chance.randrange(100) for _ in customers], np.int64)),
        "sure": TagColumn(
            ValueType.TEXT,
            np.array([chance.randrange(words) for _ in customers], np.int32),
            dictionary=dictionary,
            confidence=np.array([chance.random() for _ in customers], np.float32),
        ),
        "words": TagColumn(
            ValueType.TEXTS,
            np.array([chance.randrange(words) for _ in range(sum(lengths))], np.int32),
            dictionary=dictionary,
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ),
        "counts": TagColumn(ValueType.COUNTS, np.array([[chance.randrange(9)] * 7 for _ in range(size)], np.int32)),
        "truth": TagColumn(ValueType.BOOL, np.array([chance.choice([-1, 0, 1]) for _ in customers], np.int8)),
    }
    return Folded(np.array(customers, np.int32), columns, as_of, 0)


def change(standing: Standing, chance: random.Random, as_of: int) -> None:
    there = standing.customers.tolist()
    standing.remove(np.array(chance.sample(there, chance.randrange(min(4, len(there)))), np.int32))
    wanted = sorted(chance.sample(range(60), chance.randrange(1, 6)))
    standing.put(fold(wanted, chance, as_of, words=as_of), np.zeros(len(wanted), np.int64))
    standing.renew({name: tuple(f"word {i}" for i in range(as_of)) for name in ("sure", "words")})
    standing.as_of = as_of


def values(folded: Folded) -> dict[int, list[object]]:
    found = {}
    for row, customer in enumerate(folded.customers.tolist()):
        one = folded.take(np.array([row]))
        found[customer] = [
            (column.values.tolist(), column.dictionary, None if column.confidence is None else column.confidence[0])
            for column in one.columns.values()
        ]
    return found


@pytest.mark.parametrize("seed", range(30))
def test_a_copy_is_what_stands_in_the_end(seed: int) -> None:
    chance = random.Random(seed)
    standing = Standing(fold(list(range(0, 40, 2)), chance, 5, words=5), np.zeros(20, np.int64))
    copying, as_of = Copying(standing), 5
    for name in chance.sample(NAMES, 4):
        copying.copy(name)
        for _ in range(chance.randrange(4)):
            as_of += 1
            change(standing, chance, as_of)
    copying.catch_up()
    copying.stop()
    expected = values(standing.take(np.arange(standing.size), list(copying.folded().columns)))
    assert copying.folded().as_of == standing.as_of
    for _ in range(3):
        as_of += 1
        change(standing, chance, as_of)
    assert values(copying.folded()) == expected
    assert standing.replaced == []


@pytest.mark.parametrize("seed", range(30))
def test_of_how_many_a_truth_is_true_is_kept(seed: int) -> None:
    chance = random.Random(seed)
    standing = Standing(fold(list(range(0, 40, 2)), chance, 5, words=5), np.zeros(20, np.int64))
    for as_of in range(6, 16):
        change(standing, chance, as_of)
        assert standing.count_true("truth") == np.count_nonzero(standing.folded.columns["truth"].values == 1)
