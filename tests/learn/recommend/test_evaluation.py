from __future__ import annotations

import pytest
from tests.learn.recommend.histories import tasteful

from limner.errors import DataError
from limner.learn.recommend import Ease, Interactions, ItemToItem, evaluate


def test_tastes_beat_what_all_take() -> None:
    ease, near, popular = evaluate(tasteful(), 60, [Ease(5), ItemToItem()], k=5)
    assert popular.name == "popularity"
    assert min(ease.ndcg, near.ndcg) > 2 * popular.ndcg
    assert min(ease.recall, near.recall) > 2 * popular.recall
    assert near.coverage > popular.coverage
    assert near.customers == popular.customers > 100


def test_too_little_is_said() -> None:
    with pytest.raises(DataError, match="one side"):
        evaluate(tasteful(), 1000, [ItemToItem()])
    few = Interactions.of([1, 1, 2, 2], ["a", "b", "a", "b"], times=[1, 2, 1, 2])
    with pytest.raises(DataError, match="at least 20"):
        evaluate(few, 2, [ItemToItem()])
