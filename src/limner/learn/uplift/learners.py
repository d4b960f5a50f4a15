"""Learners of uplift over gradient boosted trees.

- T-learner: the outcome of those treated and of those left alone is learned apart; their difference is the uplift.
- X-learner (Künzel, Sekhon, Bickel and Yu 2019, PNAS 116(10)): each customer's outcome against what the other arm's
  model expects is an effect of its own; these effects are learned. Better where the arms are of unequal size.

Trees are fitted by least squares, for outcomes of 0 and 1 too: so effects are differences of shares, and what every
feature adds to one adds up to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self

import lightgbm
import numpy as np
import numpy.typing as npt

from limner.errors import Conflict, DataError
from limner.learn.uplift.trial import Floats, Trial

ROUNDS = 100
SETTINGS: Mapping[str, Any] = {
    "objective": "regression",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "lambda_l2": 10.0,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
"""Effects are small beside outcomes: few leaves, and large ones. One thread: on a machine that has other work, threads
that wait for each other take a hundred times as long."""
LEAST_IN_LEAF = 0.01
"""Share of the rows, but never fewer than 20."""
FOLDS = 5


class Learner(Protocol):
    name: ClassVar[str]

    def fit(self, trial: Trial, categorical: Sequence[int] = ()) -> Self:
        """``categorical``: the columns of features that are codes."""
        ...

    def predict(self, features: npt.ArrayLike) -> Floats:
        """The uplift of each row, in the unit of the outcome."""
        ...

    def contributions(self, features: npt.ArrayLike) -> Floats:
        """(rows, features + 1): what each feature adds to the uplift; the last is that of everybody."""
        ...

    def texts(self) -> Mapping[str, str]:
        """All that was learned, to be kept."""
        ...

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> Self: ...


class Boosted:
    """Some boosters, and by how much each counts."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.boosters: dict[str, lightgbm.Booster] = {}
        self.weights: dict[str, float] = {}

    def predict(self, features: npt.ArrayLike) -> Floats:
        return self._add(features, pred_contrib=False)

    def contributions(self, features: npt.ArrayLike) -> Floats:
        return self._add(features, pred_contrib=True)

    def _add(self, features: npt.ArrayLike, pred_contrib: bool) -> Floats:
        if not self.boosters:
            raise Conflict(f"{type(self).__name__} is not fitted yet.", hint="Call fit first.")
        table = np.asarray(features, np.float64)
        wanted = next(iter(self.boosters.values())).num_feature()
        if table.ndim != 2 or table.shape[1] != wanted:
            raise DataError(f"{wanted} features are wanted in each row; this has the shape {table.shape}.")
        parts = [
            self.weights[name] * np.asarray(booster.predict(table, pred_contrib=pred_contrib), np.float64)
            for name, booster in self.boosters.items()
        ]
        return np.asarray(np.sum(parts, axis=0))

    def texts(self) -> Mapping[str, str]:
        weights = {f"weight {name}": repr(weight) for name, weight in self.weights.items()}
        return weights | {name: booster.model_to_string() for name, booster in self.boosters.items()}

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> Self:
        model = cls()
        for name, text in texts.items():
            if name.startswith("weight "):
                model.weights[name.removeprefix("weight ")] = float(text)
            else:
                model.boosters[name] = lightgbm.Booster(model_str=text)
        return model

    def learn(self, features: Floats, target: Floats, categorical: Sequence[int]) -> lightgbm.Booster:
        settings = {**SETTINGS, "seed": self.seed, "min_data_in_leaf": max(20, int(len(target) * LEAST_IN_LEAF))}
        rows = lightgbm.Dataset(features, target, categorical_feature=list(categorical), params={"verbosity": -1})
        return lightgbm.train(settings, rows, ROUNDS)


class TLearner(Boosted):
    name: ClassVar[str] = "t"

    def fit(self, trial: Trial, categorical: Sequence[int] = ()) -> Self:
        for name, arm, weight in (("treated", trial.treated, 1.0), ("alone", ~trial.treated, -1.0)):
            self.boosters[name] = self.learn(trial.features[arm], trial.outcome[arm], categorical)
            self.weights[name] = weight
        return self


class XLearner(Boosted):
    name: ClassVar[str] = "x"

    def fit(self, trial: Trial, categorical: Sequence[int] = ()) -> Self:
        first = TLearner(self.seed).fit(trial, categorical).boosters
        treated, alone = trial.treated, ~trial.treated
        gained = trial.outcome[treated] - np.asarray(first["alone"].predict(trial.features[treated]))
        missed = np.asarray(first["treated"].predict(trial.features[alone])) - trial.outcome[alone]
        self.boosters["treated"] = self.learn(trial.features[treated], gained, categorical)
        self.boosters["alone"] = self.learn(trial.features[alone], missed, categorical)
        # Each counts by the share of the other arm: the model of the larger arm is the surer one, and it is the one
        # that effects of the smaller arm were worked out with.
        share = trial.share_treated
        self.weights = {"treated": 1 - share, "alone": share}
        return self


LEARNERS: Mapping[str, type[TLearner | XLearner]] = {"t": TLearner, "x": XLearner}


def predict_apart(
    kind: type[TLearner | XLearner], trial: Trial, categorical: Sequence[int] = (), seed: int = 0
) -> Floats:
    """The uplift of each customer of the trial by a model fitted without it: in five folds, the arms alike in each."""
    chance = np.random.default_rng(seed)
    fold = np.empty(len(trial), np.int64)
    for arm in (trial.treated, ~trial.treated):
        fold[arm] = chance.permutation(np.arange(int(arm.sum())) % FOLDS)
    found = np.empty(len(trial))
    for number in range(FOLDS):
        model = kind(seed).fit(trial.take(fold != number), categorical)
        found[fold == number] = model.predict(trial.features[fold == number])
    return found
