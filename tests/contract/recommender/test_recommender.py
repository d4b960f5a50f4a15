"""What `limner.learn.recommend.Recommender` promises, of all that are one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from tests.learn.recommend.histories import tasteful

from limner.errors import Conflict
from limner.learn.recommend import Ease, Factors, ItemToItem, Popularity, Recommender

SEEN = tasteful()
KINDS = [Ease, Factors, ItemToItem, Popularity]
PERSONAL = [Ease, Factors, ItemToItem]


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def model(request: pytest.FixtureRequest) -> Recommender:
    fitted: Recommender = request.param().fit(SEEN.matrix)
    return fitted


def test_many_answer_as_one_does(model: Recommender) -> None:
    together = model.top(SEEN.matrix, 5, SEEN.matrix)
    for row in range(0, SEEN.matrix.shape[0], 17):
        one = csr_matrix(SEEN.matrix[row])
        alone = model.top(one, 5, one)
        assert alone.items[0].tolist() == together.items[row].tolist()
        assert alone.scores[0] == pytest.approx(together.scores[row], rel=1e-4)


def test_the_best_by_score_come_first(model: Recommender) -> None:
    histories = csr_matrix(SEEN.matrix[:9])
    ranked, scores = model.top(histories, 6, histories), model.score(histories)
    scores[histories.nonzero()] = 0
    for row, line in enumerate(scores):
        best = np.sort(line[line > 1e-6])[::-1][:6]
        assert ranked.scores[row][: len(best)] == pytest.approx(best, rel=1e-3)
        assert line[ranked.items[row][: len(best)]] == pytest.approx(best, rel=1e-3)


def test_excluded_and_forbidden_items_are_not_there(model: Recommender) -> None:
    allowed = np.arange(SEEN.matrix.shape[1]) % 3 > 0
    ranked = model.top(SEEN.matrix, 8, SEEN.matrix, allowed)
    for row, items in enumerate(ranked.items):
        found = items[items >= 0]
        assert len(set(found.tolist())) == len(found)
        assert allowed[found].all()
        assert SEEN.matrix[row, found].nnz == 0
        assert (ranked.scores[row][items < 0] == 0).all()


def test_nothing_allowed_gives_nothing(model: Recommender) -> None:
    ranked = model.top(SEEN.matrix, 3, None, np.zeros(SEEN.matrix.shape[1], np.bool_))
    assert (ranked.items == -1).all()


def test_more_than_there_are(model: Recommender) -> None:
    assert model.top(csr_matrix(SEEN.matrix[:2]), 1000).items.shape[0] == 2


def test_an_empty_history_has_no_reason_but_what_all_like(model: Recommender) -> None:
    empty = csr_matrix((1, SEEN.matrix.shape[1]), dtype=np.float32)
    found = model.top(empty, 4).items
    assert (found >= 0).all() if isinstance(model, Popularity) else (found == -1).all(), "a fall-back is for the caller"


def test_what_is_kept_is_all_there_is(model: Recommender) -> None:
    again = type(model).of_arrays(dict(model.arrays()))
    assert again.top(SEEN.matrix, 5).items.tolist() == model.top(SEEN.matrix, 5).items.tolist()
    assert all(isinstance(array, np.ndarray) for array in model.arrays().values())


def test_the_same_again(model: Recommender) -> None:
    again = type(model)().fit(SEEN.matrix)
    assert again.top(SEEN.matrix, 5).items.tolist() == model.top(SEEN.matrix, 5).items.tolist()


@pytest.mark.parametrize("kind", PERSONAL, ids=lambda kind: kind.name)
def test_tastes_are_found_and_reasons_are_of_them(kind: type[Recommender]) -> None:
    model, size = kind().fit(SEEN.matrix), 12
    right = total = said = 0
    for row in range(0, 120, 7):
        history = csr_matrix(SEEN.matrix[row])
        for item in model.top(history, 3, history).items[0].tolist():
            total += 1
            right += item // size == row % 4
            reasons = model.reasons(history, item)
            assert sum(share for _, share in reasons) == pytest.approx(1)
            assert {place for place, _ in reasons} <= set(history.indices.tolist())
            said += reasons[0][0] // size == item // size
    assert right / total > 0.85
    assert said / total > 0.8


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_nothing_is_said_before_it_is_fitted(kind: type[Recommender]) -> None:
    with pytest.raises(Conflict, match="not fitted yet"):
        kind().score(SEEN.matrix)
