"""Features that know the future: found by what they do, since nothing in a table says when it was written.

Two signs, each with its figures. *Near perfect*: alone it tells the outcome all but exactly. *Outweighs*: the model is
better than honest ones are, the feature alone tells about as much as all others together, and much is lost without it;
what is written down along with the outcome (the length of a call that ended in a sale) looks like this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.learn.metrics import auc
from limner.learn.table import Table

Array = npt.NDArray[Any]
SAMPLE = 20_000
MOST_SUSPECTS = 3
"""Features that are looked at, those first that bring the model most."""
LEAST_SHARE = 0.05
"""Of all that splits brought; what brings less is no leak worth the name."""
PERFECT = 0.97
TOO_GOOD = 0.9
"""AUC that marketing seldom reaches by honest means."""
LOST = 0.05
"""AUC that is lost without the feature."""
NEAR = 0.03
"""AUC by which the feature alone may stay behind all the others together."""
SEED = 11
QUICK: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.8,
    "lambda_l2": 5.0,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
TREES = 80


@dataclass(frozen=True, slots=True)
class Leak:
    """A feature that may know the future."""

    feature: str
    alone: float
    """AUC of this feature alone, of rows it was not fitted on."""
    others: float
    """AUC of all the others together."""
    whole: float
    """AUC with all."""
    words: Mapping[str, str]
    """Why, in zh and en."""

    def as_dict(self) -> dict[str, Any]:
        figures = {name: round(getattr(self, name), 4) for name in ("alone", "others", "whole")}
        return {"feature": self.feature, **figures, "words": dict(self.words)}


def find_leaks(table: Table, label: Array, groups: Array | None = None) -> list[Leak]:
    """Suspects among the features, the strongest first. ``groups``: whose a row is."""
    label = np.asarray(label, np.float64)
    rows = np.arange(len(label))
    if len(rows) > SAMPLE:
        rows = np.sort(np.random.default_rng(SEED).choice(len(label), SAMPLE, replace=False))
    table, label = table.take(rows), label[rows]
    whose = rows if groups is None else groups[rows]
    test = np.random.default_rng(SEED).permutation(int(whose.max(initial=0)) + 1)[whose] % 4 == 0
    if len(np.unique(label[test])) < 2 or len(np.unique(label[~test])) < 2:
        return []
    whole, gains = measure_quickly(table, label, test)
    leaks: list[Leak] = []
    left_out: list[str] = []
    for name, share in list(gains.items())[:MOST_SUSPECTS]:
        if share < LEAST_SHARE:
            break
        others = [one for one in table.names if one != name]
        alone, _ = measure_quickly(table.without(others), label, test)
        without, _ = measure_quickly(table.without([*left_out, name]), label, test) if others else (0.5, {})
        words = judge(name, alone, without, whole)
        if words is not None:
            leaks.append(Leak(name, alone, without, whole, words))
            left_out.append(name)  # another one is judged beside what is left
            whole = without
    return leaks


def judge(name: str, alone: float, others: float, whole: float) -> dict[str, str] | None:
    if alone >= PERFECT:
        return {
            "zh": f"仅凭 {name} 就几乎能断定结果（AUC {alone:.3f}）：它很可能是结果发生后才知道的",
            "en": f"{name} alone all but decides the outcome (AUC {alone:.3f}): it is probably known only afterwards",
        }
    if whole >= TOO_GOOD and alone >= others - NEAR and whole - others >= LOST:
        return {
            "zh": f"仅凭 {name}（AUC {alone:.3f}）就不输其余特征之和（{others:.3f}），少了它 AUC 从 {whole:.3f} "
            "骤降：它很可能与结果同时产生",
            "en": f"{name} alone (AUC {alone:.3f}) tells about as much as all other features together ({others:.3f}), "
            f"which with it reach {whole:.3f}: it was probably written down along with the outcome",
        }
    return None


def measure_quickly(table: Table, label: Array, test: Array) -> tuple[float, dict[str, float]]:
    """AUC on the test rows of a plain model of the others, and what each feature brought it, most first."""
    import lightgbm

    names = table.names
    data = lightgbm.Dataset(
        table.matrix[~test],
        label[~test],
        categorical_feature=table.word_places,
        feature_name=[f"f{place}" for place in range(len(names))],
        params=dict(QUICK),
    )
    booster = lightgbm.train(dict(QUICK), data, TREES)
    gains = booster.feature_importance("gain").astype(np.float64)
    order = np.argsort(-gains, kind="stable")
    shares = {names[place]: float(gains[place] / (gains.sum() or 1.0)) for place in order}
    return auc(label[test], np.asarray(booster.predict(table.matrix[test]))), shares
