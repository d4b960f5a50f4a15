"""Planted effects are found again, and nothing is found where nothing was planted."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import Conflict, DataError
from limner.learn.uplift import LEARNERS, TLearner, Trial, XLearner, predict_apart, qini


def planted(effect: float = 0.3, share: float = 0.5, people: int = 6000, seed: int = 2) -> tuple[Trial, np.ndarray]:
    """A third of the customers is persuadable (feature 0); feature 1 says who buys anyway; feature 2 nothing."""
    chance = np.random.default_rng(seed)
    group, zeal = chance.integers(0, 3, people), chance.random(people)
    treated = chance.random(people) < share
    uplift = np.where(group == 1, effect, 0.0)
    bought = chance.random(people) < 0.3 * zeal + uplift * treated
    features = np.column_stack([group, zeal, chance.random(people)]).astype(float)
    features[::50, 2] = np.nan
    return Trial.of(features, treated, bought), uplift


@pytest.mark.parametrize("kind", LEARNERS.values(), ids=list(LEARNERS))
@pytest.mark.parametrize("share", [0.5, 0.1])
def test_planted_uplift_is_found(kind: type[TLearner | XLearner], share: float) -> None:
    trial, uplift = planted(share=share)
    found = kind().fit(trial, categorical=[0]).predict(trial.features)
    assert found[uplift > 0].mean() == pytest.approx(0.3, abs=0.08)
    assert found[uplift == 0].mean() == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("kind", LEARNERS.values(), ids=list(LEARNERS))
def test_contributions_add_up_and_name_the_reason(kind: type[TLearner | XLearner]) -> None:
    trial, uplift = planted()
    model = kind().fit(trial)
    parts = model.contributions(trial.features[:200])
    assert parts.sum(axis=1) == pytest.approx(model.predict(trial.features[:200]))
    strongest = np.argmax(np.abs(parts[:, :-1]), axis=1)
    assert (strongest[uplift[:200] > 0] == 0).mean() > 0.9


@pytest.mark.parametrize("kind", LEARNERS.values(), ids=list(LEARNERS))
def test_what_is_kept_is_all_there_is(kind: type[TLearner | XLearner]) -> None:
    trial, _ = planted()
    model = kind().fit(trial)
    again = kind.of_texts(model.texts())
    assert again.predict(trial.features[:50]).tolist() == model.predict(trial.features[:50]).tolist()
    assert kind().fit(trial).predict(trial.features[:50]).tolist() == model.predict(trial.features[:50]).tolist()


def test_qini_of_a_good_order_a_bad_one_and_none() -> None:
    trial, uplift = planted()
    arms = (trial.treated, trial.outcome)
    good, bad, none = (qini(order, *arms, draws=100) for order in (uplift, -uplift, np.zeros(len(trial))))
    assert none.coefficient == pytest.approx(0)
    assert good.coefficient > 0.02 > -0.02 > bad.coefficient
    assert good.low < good.coefficient < good.high
    assert good.low > 0
    assert good.effect == none.effect == pytest.approx(trial.effect)
    curve = good.as_dict()["curve"]
    assert (curve[0], curve[-1]["share"]) == ({"share": 0.0, "gain": 0.0}, 1.0)
    assert curve[33]["gain"] == pytest.approx(0.1, abs=0.02), "a third treated gains all there is"


def test_a_model_that_did_not_know_them() -> None:
    trial, _ = planted()
    apart = predict_apart(XLearner, trial)
    assert qini(apart, trial.treated, trial.outcome, draws=50).low > 0
    nothing, _ = planted(effect=0.0)
    none = qini(predict_apart(XLearner, nothing), nothing.treated, nothing.outcome, draws=100)
    assert none.low < 0 < none.high


@pytest.mark.parametrize(
    ("treated", "outcome", "says"),
    [
        ([1] * 200, [0, 1] * 100, "everybody was treated"),
        ([0] * 200, [0, 1] * 100, "nobody was treated"),
        ([1] * 190 + [0] * 10, [0, 1] * 100, "Only 10 customers were left alone"),
        ([0, 1] * 100, [1] * 200, "is 1 for everybody"),
        ([0, 2] * 100, [0, 1] * 100, "yes or no"),
        (["a", "b"] * 100, [0, 1] * 100, "yes or no"),
        ([0, 1] * 100, [0, np.nan] * 100, "no finite number"),
        ([0, 1] * 100, ["x", "y"] * 100, "must be numbers"),
        ([0, 1] * 90, [0, 1] * 100, "equally long"),
    ],
)
def test_trials_that_show_nothing_are_refused(treated: list[object], outcome: list[object], says: str) -> None:
    with pytest.raises(DataError, match=says):
        Trial.of(np.zeros((200, 1)), treated, outcome)


def test_other_features_than_it_was_fitted_on() -> None:
    trial, _ = planted()
    with pytest.raises(DataError, match="3 features are wanted"):
        TLearner().fit(trial).predict([[1.0]])
    with pytest.raises(Conflict, match="not fitted yet"):
        XLearner().predict([[1.0]])
