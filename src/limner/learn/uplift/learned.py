"""Uplift that was learned from a workspace's trial: `limner.learn.contract.Fitted`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from limner.errors import DataError
from limner.learn.contract import MAIN, Curve, Evaluation, Said, Study
from limner.learn.dates import shift_days
from limner.learn.declaration import Declaration, naming
from limner.learn.examples import find_asked, look_back, read_now, read_truths
from limner.learn.features import feature_tags
from limner.learn.grown import Explained, find_words
from limner.learn.learned import read_learned, reading_files, write_learned
from limner.learn.table import Feature, Table, list_features, read_table
from limner.learn.uplift.learners import LEARNERS, TLearner, XLearner, predict_apart
from limner.learn.uplift.qini import qini
from limner.learn.uplift.trial import Trial
from limner.model.column import TagColumn, ValueType

ARM, OUTCOME = "arm", "outcome"
MODEL = "boosters.json"
TITLE: Mapping[str, str] = {"zh": "Qini 曲线", "en": "Qini curve"}


class LearnedUplift(Explained):
    def __init__(self, learner: TLearner | XLearner, features: tuple[Feature, ...], learned: Mapping[str, Any]) -> None:
        self.learner, self._features, self.learned = learner, features, learned

    @property
    def features(self) -> tuple[Feature, ...]:
        return self._features

    def weigh(self, one: Table) -> Any:
        return self.learner.contributions(one.matrix)[0, :-1]

    @classmethod
    def fit(cls, declaration: Declaration, study: Study) -> Self:
        table, trial = collect_trial(declaration, study)
        kind = LEARNERS[declaration.options.learner]
        study.tell("fit", 0, 2)
        learner = kind().fit(trial, table.word_places)
        study.tell("fit", 1, 2)
        found = qini(predict_apart(kind, trial, table.word_places), trial.treated, trial.outcome)
        study.tell("fit", 2, 2)
        learned = {
            "sizes": {
                "customers": len(trial),
                "treated": int(trial.treated.sum()),
                "positives": int((trial.outcome > 0).sum()),
            },
            "learner": kind.name,
            "qini": found.as_dict(),
            **find_words(study, table),
        }
        return cls(learner, table.features, learned)

    def about(self) -> dict[str, Any]:
        return {"learner": self.learned["learner"], "sizes": self.learned["sizes"], "leaks": []}

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        found = self.learned["qini"]
        metrics = {
            "qini": found["coefficient"],
            "qini_low": found["low"],
            "qini_high": found["high"],
            "effect": found["effect"],
        }
        points = [(point["share"], point["gain"]) for point in found["curve"]]
        lines = {"model": points, "random": [(0.0, 0.0), points[-1]]}
        curve = Curve(TITLE, ("share treated", "gained per customer"), lines)
        return Evaluation(metrics, self.learned["sizes"], {"qini": curve})

    def predict(self, declaration: Declaration, study: Study) -> Said:
        customers, table = read_now(study, declaration, self.tags, self.features)
        found = np.round(self.learner.predict(table.matrix), 6)
        return Said(customers, {MAIN: TagColumn(ValueType.FLOAT, found)})

    def save(self, folder: Path) -> None:
        (folder / MODEL).write_text(json.dumps(dict(self.learner.texts())), encoding="utf-8")
        write_learned(folder, {**self.learned, "features": [each.as_list() for each in self.features]})

    @classmethod
    def load(cls, folder: Path) -> Self:
        learned = read_learned(folder)
        with reading_files():
            texts = json.loads((folder / MODEL).read_text(encoding="utf-8"))
            features = tuple(map(Feature.of_list, learned.pop("features")))
            return cls(LEARNERS[learned["learner"]].of_texts(texts), features, learned)


def collect_trial(declaration: Declaration, study: Study) -> tuple[Table, Trial]:
    """Those of either arm as they were known before, and what became of them. DataError when no effect can be found."""
    drawn, instant = declaration.options, study.dates.train[0]
    tags = [tag.name for tag in feature_tags(study)]
    study.tell("training set", 0, 2)
    folded = look_back(study, declaration, tags, instant)
    now = study.called_now(folded.customers, instant)
    until = shift_days(instant, declaration.horizon.length, study.zone)
    if until > study.last:
        raise DataError(
            f"{declaration.name}: the horizon of {declaration.horizon} after the trial is not over yet.",
            hint="Wait, or shorten the horizon.",
        )
    study.tell("training set", 1, 2)
    arm, outcome = find_asked(study, [declaration.own_tag(ARM), declaration.own_tag(OUTCOME)])
    arms = read_words(study, arm.name, until, now)
    came = read_truths(study, outcome, until, now)
    rows = np.flatnonzero(((arms == drawn.treated) | (arms == drawn.control)) & ~np.isnan(came))
    if not len(rows):
        known = sorted({word for word in arms.tolist() if word})
        said = f"It has {', '.join(known)}." if known else "Nobody has the event, or not by then."
        raise DataError(
            f"{declaration.name}: nobody is in the arms {drawn.treated!r} and {drawn.control!r} of the trial.",
            hint=said,
        )
    kept = folded.take(rows)
    table = read_table(kept, list_features([kept], tags), study.zone)
    with naming(declaration):
        return table, Trial.of(table.matrix, arms[rows] == drawn.treated, came[rows])


def read_words(study: Study, name: str, as_of: int, customers: Any) -> Any:
    """The tag's text of each of these customers; an empty one of who has none."""
    (tag,) = find_asked(study, [name])
    folded = study.until([tag], as_of)
    column = folded.columns[name]
    words = np.array([*column.dictionary, ""], dtype=object)
    places = np.minimum(np.searchsorted(folded.customers, customers), max(len(folded.customers) - 1, 0))
    found = np.full(len(customers), "", dtype=object)
    if len(folded.customers) and column.type is ValueType.TEXT:
        there = folded.customers[places] == customers
        found[there] = words[np.asarray(column.values)[places[there]].astype(np.int64)]
    return found
