"""What a customer is, told from what they do: gender, age band, has a child ... where the truth is known of some.

Learned from those whose truth is known, tested on others of them at a later instant. It abstains where it is not sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from limner.errors import DataError, DefinitionError, Problem, did_you_mean
from limner.learn.bands import read_bands
from limner.learn.contract import MAIN, Curve, Dates, Evaluation, Known, Numbers, Output, Said, Study
from limner.learn.dates import day_known, shift_days
from limner.learn.declaration import Declaration
from limner.learn.examples import Examples, build_examples, population_tag, read_now
from limner.learn.features import choose_features, feature_tags
from limner.learn.grown import Explained, find_words, grow_trees
from limner.learn.leaks import find_leaks
from limner.learn.learned import read_learned, write_learned
from limner.learn.metrics import TITLES, auc, calibrate, calibration_error
from limner.learn.reasons import Ways
from limner.learn.table import Feature, Table
from limner.learn.trees import Trees
from limner.learn.truth import is_held_out, read_truth
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Given
from limner.model.parse_value import read_number
from limner.model.place import Place
from limner.model.tag import Tag

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
MOST_VALUES = 20
LEAST_OF_ONE = 20
"""Customers of a value, below which it is not told."""
ABSTAIN = 0.6


@dataclass(frozen=True, slots=True)
class Attribute:
    tag: str
    """Whose value is the truth, where it is known."""
    bands: tuple[float, ...] = ()
    """Where a number is cut into bands: their lower ends but for the first."""
    abstain: float = ABSTAIN
    """Below this confidence nothing is said."""


class Attributes:
    """`Kind`."""

    name = "attribute"
    title: Mapping[str, str] = {"zh": "属性推断", "en": "Attribute"}
    fields: Sequence[str] = ("label", "bands", "abstain")
    quality: Mapping[str, float] = {"auc": 0.6, "accuracy_said": 0.6, "calibration_error": 0.15}
    measures: Sequence[str] = ("auc", "accuracy", "accuracy_said", "coverage", "calibration_error", "base_rate")

    def read(self, fields: Mapping[str, object], place: Place) -> Attribute | None:
        tag = place.at("label").text(fields.get("label"), "the tag that is the truth where it is known")
        bands = read_bands(fields["bands"], place.at("bands")) if "bands" in fields else ()
        abstain = read_number(fields.get("abstain", ABSTAIN), place.at("abstain"), 0, 1)
        return None if tag is None or abstain is None else Attribute(tag, bands, abstain)

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {MAIN: Output(Given.TEXT, {"zh": "推断值", "en": "value"})}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        label = declaration.options.tag
        tags = {tag.name: tag for tag in known.tags}
        if label not in tags:
            raise DefinitionError(
                [Problem(declaration.name, "label", f"there is no tag {label!r}.", did_you_mean(label, tags))]
            )
        features = choose_features(declaration, known, hidden=[label])
        if any(tag.name == label for tag in features):
            raise DefinitionError([Problem(declaration.name, "features", f"{label} is the answer, and no feature.")])
        return [*features, tags[label], *population_tag(declaration)]

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        """Looked at one and two horizons ago; tested on others by the last whole day."""
        test, days = day_known(last, zone), declaration.horizon.length
        train = [shift_days(test, -days * back, zone) for back in range(1, declaration.dates + 1)]
        return Dates(tuple(sorted(instant for instant in train[:2] if instant > first)), test if test > first else None)

    def fit(self, declaration: Declaration, study: Study) -> Inferred:
        names = feature_names(study, declaration)
        if not study.dates.train:
            raise DataError(f"{declaration.name}: the data is too short: it must be longer than the horizon.")
        words, examples = collect(study, declaration, names, study.dates.train, held_out=False)
        counts = {word: int(np.count_nonzero(examples.label == code)) for code, word in enumerate(words)}
        told = [word for word, count in counts.items() if count >= LEAST_OF_ONE]
        known = len(np.unique(examples.customers))
        if known < declaration.least["customers"] or len(told) < 2:
            raise DataError(
                f"{declaration.name}: too little to learn from: the truth is known of {known} customers "
                f"(of {declaration.least['customers']}), and {len(told)} values have {LEAST_OF_ONE} of them (of 2).",
                hint="Ask more of them, or join values.",
            )
        return Inferred.fit(examples, words, told, study, declaration)

    def load(self, folder: Path) -> Inferred:
        return Inferred.load(folder)


def feature_names(study: Study, declaration: Declaration) -> list[str]:
    return [tag.name for tag in feature_tags(study) if tag.name != declaration.options.tag]


def collect(
    study: Study,
    declaration: Declaration,
    tags: Sequence[str],
    instants: Sequence[int],
    held_out: bool,
    words: Sequence[str] | None = None,
    features: Any = None,
) -> tuple[list[str], Examples]:
    """Those whose truth is known, as they were at the instants. Labels are codes of ``words``, which come back; None =
    all there are."""
    options: Attribute = declaration.options
    known: dict[str, int] = {} if words is None else {word: code for code, word in enumerate(words)}

    def label(instant: int, customers: Numbers) -> Floats:
        told = read_truth(study, options.tag, options.bands, study.last, customers)
        if words is None:
            for word in told:
                if word is not None:
                    known.setdefault(word, len(known))
        codes = np.array([np.nan if word is None else known.get(word, np.nan) for word in told], np.float64)
        codes[is_held_out(customers) != held_out] = np.nan
        return codes

    examples = build_examples(study, declaration, tags, label, instants, features)
    return list(known), examples


class Inferred(Explained):
    """`Fitted`: trees for each value against the rest; for two values, of the first only."""

    def __init__(self, words: Sequence[str], trees: Sequence[Trees], learned: Mapping[str, Any]) -> None:
        self.words, self.trees, self.learned = list(words), list(trees), learned

    @classmethod
    def fit(
        cls, examples: Examples, words: Sequence[str], told: Sequence[str], study: Study, declaration: Declaration
    ) -> Self:
        told = sorted(told)[:MOST_VALUES]
        names = np.array([*words, ""])[examples.label.astype(np.int64)]
        rows = np.flatnonzero(np.isin(names, told))
        table, names, whose = examples.table.take(rows), names[rows], examples.customers[rows]
        asked = told[:1] if len(told) == 2 else told
        trees = []
        leaks: dict[str, Any] = {}
        for word in asked:
            label = (names == word).astype(np.float64)
            trees.append(grow_trees(declaration, study, table, label, whose))
            leaks |= {leak.feature: leak.as_dict() for leak in find_leaks(table, label, whose)}
        learned = {
            "sizes": {"rows": len(rows), "customers": len(np.unique(whose)), "values": len(told)},
            **find_words(study, table),
            "leaks": list(leaks.values()),
            "words": told,
        }
        return cls(told, trees, learned)

    def chances(self, table: Any) -> Floats:
        """(rows, values); they sum to one."""
        found = np.stack([trees.chances(table) for trees in self.trees], axis=1)
        if len(self.words) == 2:
            found = np.concatenate([found, 1 - found], axis=1)
        return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-12), np.float64)

    @property
    def features(self) -> tuple[Feature, ...]:
        return self.trees[0].features

    def about(self) -> dict[str, Any]:
        shares: dict[str, float] = {}
        for trees in self.trees:
            for name, share in trees.gains().items():
                shares[name] = shares.get(name, 0.0) + share / len(self.trees)
        ranked = sorted(shares.items(), key=lambda each: -each[1])
        features = self.show_features({name: round(share, 6) for name, share in ranked})
        told = {name: self.learned[name] for name in ("sizes", "leaks", "words")}
        return {**told, "features": features}

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        if study.dates.test is None:
            return Evaluation({}, {}, missing=["The data is too short to test it on later time."])
        try:
            _, examples = collect(
                study, declaration, self.tags, [study.dates.test], True, words=self.words, features=self.features
            )
        except DataError as error:
            return Evaluation({}, {}, missing=[error.message])
        chances, truth = self.chances(examples.table), examples.label.astype(np.int64)
        best, sure = chances.argmax(axis=1), chances.max(axis=1)
        right = (best == truth).astype(np.float64)
        said = sure >= declaration.options.abstain
        each = [auc((truth == code).astype(np.float64), chances[:, code]) for code in range(len(self.words))]
        metrics = {
            "auc": float(np.nanmean(each)) if not np.isnan(each).all() else float("nan"),
            "accuracy": float(right.mean()),
            "accuracy_said": float(right[said].mean()) if said.any() else float("nan"),
            "coverage": float(said.mean()),
            "calibration_error": calibration_error(right, sure),
            "base_rate": float(np.bincount(truth, minlength=len(self.words)).max() / len(truth)),
        }
        means, shares, _ = calibrate(right, sure)
        points = list(zip(means.tolist(), shares.tolist(), strict=True))
        lines = {"model": points, "perfect": [(0.0, 0.0), (1.0, 1.0)]}
        curve = Curve(TITLES["confidence"], ("confidence", "share that is right"), lines)
        return Evaluation(metrics, {"customers": len(truth), "said": int(said.sum())}, {"calibration": curve})

    def predict(self, declaration: Declaration, study: Study) -> Said:
        """The truth where it is known, else what is likeliest, if that is likely enough."""
        customers, table = read_now(study, declaration, self.tags, self.features)
        chances = self.chances(table)
        best, sure = chances.argmax(axis=1), chances.max(axis=1)
        words = {word: code for code, word in enumerate(self.words)}
        values = np.where(sure >= declaration.options.abstain, best, -1).astype(np.int32)
        options: Attribute = declaration.options
        for place, word in enumerate(read_truth(study, options.tag, options.bands, study.last, customers)):
            if word is not None:
                values[place], sure[place] = words.setdefault(word, len(words)), 1.0
        column = TagColumn(ValueType.TEXT, values, dictionary=tuple(words), confidence=sure.astype(np.float32))
        return Said(customers, {MAIN: column})

    def ways(self, one: Table) -> Ways:
        word = self.words[int(self.chances(one)[0].argmax())]
        return {
            "zh": {True: f"更像“{word}”", False: f"不像“{word}”"},
            "en": {True: f"speaks for {word}", False: f"speaks against {word}"},
        }

    def weigh(self, one: Table) -> Array:
        """What speaks for the likeliest value, and against it."""
        best = int(self.chances(one)[0].argmax())
        (weights,) = self.trees[min(best, len(self.trees) - 1)].contributions(one)
        return np.asarray(-weights if len(self.words) == 2 and best == 1 else weights)

    def save(self, folder: Path) -> None:
        for place, trees in enumerate(self.trees):
            trees.save(folder, str(place))
        write_learned(folder, self.learned)

    @classmethod
    def load(cls, folder: Path) -> Self:
        learned = read_learned(folder, "words")
        words = learned["words"]
        count = 1 if len(words) == 2 else len(words)
        return cls(words, [Trees.load(folder, str(place)) for place in range(count)], learned)
