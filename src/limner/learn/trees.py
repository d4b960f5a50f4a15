"""Gradient-boosted trees (LightGBM) for one yes-or-no question, with chances that mean what they say.

Small data is cross-validated: five forests, each fitted without a fifth of the customers, which tells how many trees
are enough, and of what shape; their mean is the answer, and how raw scores become chances (Platt's two parameters) is
read from the rows that each had not seen. Of large data one forest is grown, with a fifth of the customers aside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from limner.errors import DataError
from limner.learn.learned import reading_files
from limner.learn.metrics import auc
from limner.learn.table import Feature, Table

if TYPE_CHECKING:
    import lightgbm

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
Tell = Callable[[str, int, int], None]
FEW = 1_000_000
"""Cells of a table (rows times features) up to which there are five forests."""
MOST = 400_000
"""Rows that are fitted on; of more, so many are drawn."""
FOLDS = 5
SEED = 7
FORMAT = 1
"""Of the files; another version's are refused."""
BETWEEN = "\n=== another forest ===\n"
TREES, ABOUT = "trees{}.txt", "trees{}.json"
ENOUGH = 2_000
"""Rows from which on more than the first shape is tried."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How forests are grown."""

    most_trees: int
    folds: int
    """Of the five, how many are set aside in turn."""
    params: Mapping[str, Any]
    shapes: Sequence[Mapping[str, Any]]
    """What orders the rows set aside best is kept: chances are made of the order."""


SHARED: Mapping[str, Any] = {
    "objective": "binary",
    "max_bin": 63,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
SMALL = Recipe(
    600,
    FOLDS,
    {**SHARED, "learning_rate": 0.03, "feature_fraction": 0.5, "cat_smooth": 20.0, "num_threads": 1},
    ({"num_leaves": 6, "min_data_in_leaf": 30}, {"num_leaves": 12, "min_data_in_leaf": 50}),
)
LARGE = Recipe(
    300,
    1,
    {**SHARED, "learning_rate": 0.1, "feature_fraction": 0.6},
    ({"num_leaves": 31, "min_data_in_leaf": 100},),
)
PATIENCE = 30
"""Trees that may bring nothing before it is enough."""


def quiet(what: str, done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Platt:
    """odds = exp(slope * raw + shift)."""

    slope: float = 1.0
    shift: float = 0.0


class Trees:
    """Fitted or loaded; nothing changes it afterwards."""

    def __init__(
        self,
        features: tuple[Feature, ...],
        texts: Sequence[str],
        platt: Platt,
        held_out_auc: float,
    ) -> None:
        self.features = features
        self.platt = platt
        self.held_out_auc = held_out_auc
        """Of rows it was not fitted on, at the time of fitting."""
        self._texts = list(texts)
        self._forests: list[lightgbm.Booster] = []

    @property
    def forests(self) -> list[lightgbm.Booster]:
        if not self._forests:
            import lightgbm

            self._forests = [lightgbm.Booster(model_str=text) for text in self._texts]
        return self._forests

    def raw(self, table: Table) -> Floats:
        """The logarithm of the odds, per row."""
        if not len(table):
            return np.zeros(0)
        how: dict[str, Any] = {"raw_score": True, "num_threads": count_threads(table)}
        raw = np.mean([forest.predict(table.matrix, **how) for forest in self.forests], axis=0)
        return np.asarray(self.platt.slope * raw + self.platt.shift, np.float64)

    def chances(self, table: Table) -> Floats:
        """Of yes, per row."""
        return np.asarray(expit(self.raw(table)), np.float64)

    def contributions(self, table: Table) -> Floats:
        """(rows, features): how much each moves the logarithm of the odds from what is usual (SHAP values)."""
        how: dict[str, Any] = {"pred_contrib": True, "num_threads": count_threads(table)}
        found = [np.asarray(forest.predict(table.matrix, **how))[:, :-1] for forest in self.forests]
        return np.asarray(self.platt.slope * np.mean(found, axis=0), np.float64)

    def gains(self) -> dict[str, float]:
        """By feature, its share of all that splits brought; largest first."""
        gains = np.sum([forest.feature_importance("gain") for forest in self.forests], axis=0).astype(np.float64)
        whole = float(gains.sum()) or 1.0
        order = np.argsort(-gains, kind="stable")
        return {self.features[place].name: round(float(gains[place] / whole), 6) for place in order}

    def save(self, folder: Path, part: str = "") -> None:
        """``part``: which one, where a model has several."""
        (folder / TREES.format(part)).write_text(BETWEEN.join(self._texts), encoding="utf-8")
        about = {
            "format": FORMAT,
            "features": [feature.as_list() for feature in self.features],
            "platt": [self.platt.slope, self.platt.shift],
            "held_out_auc": self.held_out_auc,
        }
        (folder / ABOUT.format(part)).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, part: str = "") -> Trees:
        """DataError when the files are missing, damaged or another version's."""
        with reading_files():
            about = json.loads((folder / ABOUT.format(part)).read_text(encoding="utf-8"))
            if about.get("format") != FORMAT:
                said = f"The model's files have format {about.get('format')}; this Limner reads {FORMAT}."
                raise DataError(said, hint="Fit the model again.")
            texts = (folder / TREES.format(part)).read_text(encoding="utf-8").split(BETWEEN)
            features = tuple(map(Feature.of_list, about["features"]))
            return cls(features, texts, Platt(*about["platt"]), about["held_out_auc"])


def count_threads(table: Table) -> int:
    """0 = as many as there are. For few rows more would wait for each other longer than they work."""
    return 1 if table.matrix.size <= FEW else 0


def grow(
    table: Table,
    label: Array,
    groups: Array | None = None,
    *,
    threads: int = 1,
    tell: Tell = quiet,
) -> Trees:
    """Fit. ``groups``: whose a row is; nobody is on both sides of a split. Same rows, same trees.

    DataError when all labels are equal or nothing varies.
    """
    label = np.asarray(label, np.float64)
    check(table, label)
    whose = np.arange(len(label)) if groups is None else np.unique(groups, return_inverse=True)[1]
    small = table.matrix.size <= FEW
    if len(label) > MOST:
        rows = np.sort(np.random.default_rng(SEED).choice(len(label), MOST, replace=False))
        table, label, whose = table.take(rows), label[rows], whose[rows]
    recipe = SMALL if small else LARGE
    shapes = recipe.shapes if len(label) >= ENOUGH else recipe.shapes[:1]
    fold = assign(whose, FOLDS)
    asides = [fold == number for number in range(recipe.folds)]
    grown = []
    for place, shape in enumerate(shapes):

        def told(what: str, done: int, total: int, before: int = place) -> None:
            tell(what, before * total + done, len(shapes) * total)

        params = {"num_threads": threads, **recipe.params, **shape}
        grown.append(_grow_forests(table, label, asides, params, recipe.most_trees, told))
    return max(grown, key=lambda trees: trees.held_out_auc)


def check(table: Table, label: Array) -> None:
    """DataError on what nothing can be learned from."""
    if len(table) != len(label):
        raise DataError(f"There are {len(table)} rows and {len(label)} labels.")
    if not np.isin(label, (0, 1)).all():
        raise DataError("Labels must be 0 and 1, or true and false.")
    yes = int(label.sum())
    if not len(label) or yes in (0, len(label)):
        raise DataError(f"All {len(label)} labels are {'yes' if yes else 'no'}: there is nothing to tell apart.")
    seen = table.matrix
    if not seen.shape[1]:
        raise DataError("There is no feature to learn from.")
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduce(seen, axis=0), np.fmax.reduce(seen, axis=0)
    if not ((high > low) | (np.isnan(seen).any(axis=0) & ~np.isnan(high))).any():
        raise DataError("Every feature is the same for all customers: there is nothing to learn from.")


def assign(whose: Array, folds: int) -> Array:
    """A fold for each row, the same for all rows of one."""
    chance = np.random.default_rng(SEED).permutation(int(whose.max(initial=0)) + 1)
    return (chance % folds)[whose]


def _data(table: Table, label: Array, params: dict[str, Any], rows: Array | None = None, like: Any = None) -> Any:
    import lightgbm

    matrix = table.matrix if rows is None else table.matrix[rows]
    return lightgbm.Dataset(
        matrix,
        label if rows is None else label[rows],
        categorical_feature=table.word_places,
        feature_name=[f"f{place}" for place in range(len(table.features))],
        params=params,
        reference=like,
        free_raw_data=True,
    )


def _grow_forests(
    table: Table,
    label: Array,
    asides: Sequence[Array],
    params: dict[str, Any],
    most: int,
    tell: Tell,
) -> Trees:
    """One without each of the rows set aside."""
    raws = np.full(len(label), np.nan)
    texts: list[str] = []
    for done, aside in enumerate(asides):
        forest, count = _boost(table, label, aside, params, most, tell, (done, len(asides)))
        raws[aside] = forest.predict(table.matrix[aside], raw_score=True, num_iteration=count)
        texts.append(forest.model_to_string(num_iteration=count))
    known = ~np.isnan(raws)
    return Trees(table.features, texts, fit_platt(raws[known], label[known]), auc(label[known], raws[known]))


def _boost(
    table: Table, label: Array, aside: Array, params: dict[str, Any], most: int, tell: Tell, step: tuple[int, int]
) -> tuple[lightgbm.Booster, int]:
    """Trees until those set aside are predicted no better; how many are best."""
    import lightgbm

    done, of = step

    def told(env: Any) -> None:
        tell("fit", done * most + env.iteration + 1, of * most)

    rest = ~aside
    if len(np.unique(label[aside])) < 2 or len(np.unique(label[rest])) < 2:
        raise DataError("One of the labels is too rare to be learned: there are too few of it to set some aside.")
    data = _data(table, label, params, rest)
    held = _data(table, label, params, aside, data)
    calls: list[Callable[..., Any]] = [lightgbm.early_stopping(PATIENCE, verbose=False), told]
    booster = lightgbm.train(params, data, most, valid_sets=[held], callbacks=calls)
    return booster, booster.best_iteration or most


def fit_platt(raw: Array, label: Array) -> Platt:
    """Slope and shift by likelihood, with Platt's targets for few rows. A slope below zero would turn scores around."""
    yes = float(label.sum())
    no = len(label) - yes
    target = np.where(label > 0, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(params: Floats) -> tuple[float, Floats]:
        margin = params[0] * raw + params[1]
        off = expit(margin) - target
        return float(np.sum(np.logaddexp(0, margin) - target * margin)), np.array([off @ raw, off.sum()])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)]).x
    return Platt(float(found[0]), float(found[1]))
