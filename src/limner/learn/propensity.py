"""Who will do something, or stop doing it: churn, and propensity for any event or condition, within the horizon.

>>> Propensity().name, Churn().name
('propensity', 'churn')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.contract import MAIN, Dates, Evaluation, Known, Numbers, Output, Said, Study
from limner.learn.dates import plan_dates, shift_days
from limner.learn.declaration import Declaration
from limner.learn.examples import Examples, build_examples, find_asked, population_tag, read_now, read_truths
from limner.learn.features import choose_features, feature_tags
from limner.learn.grown import Grown, find_words, grow_trees
from limner.learn.leaks import find_leaks
from limner.learn.metrics import MEASURES, curves_of, measure_chances
from limner.learn.outcome import check_outcome, check_seen, did_any, within_horizon
from limner.model.algebra import write_out
from limner.model.column import TagColumn, ValueType
from limner.model.condition import Condition, Not
from limner.model.fold import Given
from limner.model.parse_condition import read_condition
from limner.model.parse_events import read_names
from limner.model.place import Place
from limner.model.references import folds_read
from limner.model.tag import Layer, Rule, Tag

OUTCOME = "outcome"
QUALITY: Mapping[str, float] = {"auc": 0.6, "calibration_error": 0.1}


@dataclass(frozen=True, slots=True)
class Foretold:
    """What is to be foretold, over the horizon."""

    condition: Condition


class Propensity:
    """`Kind`: the chance that a condition holds over the horizon."""

    name = "propensity"
    title: Mapping[str, str] = {"zh": "行为倾向", "en": "Propensity"}
    fields: Sequence[str] = ("event", "label")
    quality: Mapping[str, float] = QUALITY
    measures: Sequence[str] = MEASURES

    def read(self, fields: Mapping[str, object], place: Place) -> Foretold | None:
        if ("event" in fields) == ("label" in fields):
            place.wrong(
                "what is to be foretold?",
                "Give event: order_paid, or label: {did: order_paid, sum: amount, is: {gte: 300}}.",
            )
            return None
        if "event" in fields:
            names = read_names(fields["event"], place.at("event"))
            return Foretold(self.of_event(did_any(names))) if names else None
        here = place.at("label")
        condition = read_condition(fields["label"], here)
        if condition is None:
            return None
        check_outcome(condition, here)
        return Foretold(condition)

    def of_event(self, did: Condition) -> Condition:
        """What is foretold of an event."""
        return did

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {MAIN: Output(Given.NUMBER, {"zh": "概率", "en": "probability"})}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        condition = write_out(declaration.options.condition, known.audiences, declaration.name)
        outcome = Rule(within_horizon(condition, declaration.horizon))
        features = choose_features(declaration, known)
        return [*features, Tag(declaration.own_tag(OUTCOME), Layer.FACT, outcome), *population_tag(declaration)]

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        every = None if declaration.every is None else declaration.every.length
        return plan_dates(first, last, declaration.horizon.length, zone, declaration.dates, every)

    def fit(self, declaration: Declaration, study: Study) -> Chances:
        (outcome,) = find_asked(study, [declaration.own_tag(OUTCOME)])
        check_seen(declaration.name, folds_read(outcome.definition), study.vocabulary().names)
        names = [tag.name for tag in feature_tags(study)]
        examples = collect(study, declaration, names, study.dates.train)
        check_enough(declaration, examples.sizes)
        return Chances.fit(examples, study, declaration)

    def load(self, folder: Path) -> Chances:
        return Chances.load(folder)


class Churn(Propensity):
    """`Kind`: the chance that an event does not come within the horizon."""

    name = "churn"
    title: Mapping[str, str] = {"zh": "流失风险", "en": "Churn risk"}

    def of_event(self, did: Condition) -> Condition:
        return Not(did)


def collect(
    study: Study, declaration: Declaration, tags: Sequence[str], instants: Sequence[int], features: Any = None
) -> Examples:
    """Customers at these instants, and whether the outcome came. DataError when the data is too short."""
    if not instants:
        days = declaration.horizon.length
        raise DataError(
            f"{declaration.name}: the data is too short: an outcome takes {days} days, and so does that of the test.",
            hint="Shorten the horizon, or wait.",
        )
    (tag,) = find_asked(study, [declaration.own_tag(OUTCOME)])

    def outcome(instant: int, customers: Numbers) -> npt.NDArray[np.float64]:
        ends = shift_days(instant, declaration.horizon.length, study.zone)
        found: npt.NDArray[np.float64] = read_truths(study, tag, ends, customers)
        return found

    return build_examples(study, declaration, tags, outcome, instants, features)


def check_enough(declaration: Declaration, sizes: Mapping[str, int]) -> None:
    """DataError with all that is too little; both sides of the outcome must be there."""
    rare = min(sizes["positives"], sizes["rows"] - sizes["positives"])
    lacking = []
    if sizes["customers"] < declaration.least["customers"]:
        lacking.append(f"{sizes['customers']} customers (of {declaration.least['customers']})")
    if not rare:
        lacking.append(f"{sizes['rows']} outcomes, and all are {'yes' if sizes['positives'] else 'no'}")
    elif rare < declaration.least["positives"]:
        lacking.append(f"{rare} rows of the rarer outcome (of {declaration.least['positives']})")
    if lacking:
        raise DataError(
            f"{declaration.name}: too little to learn from: there are only {' and '.join(lacking)}.",
            hint="Widen the population, lengthen the horizon, or wait for more data.",
        )


class Chances(Grown):
    """`Fitted`: trees, with what reasons are told by, sizes and leaks."""

    @classmethod
    def fit(cls, examples: Examples, study: Study, declaration: Declaration) -> Self:
        trees = grow_trees(declaration, study, examples.table, examples.label, examples.customers)
        leaks = find_leaks(examples.table, examples.label, examples.customers)
        learned = {
            "sizes": examples.sizes,
            **find_words(study, examples.table),
            "leaks": [leak.as_dict() for leak in leaks],
        }
        return cls(trees, learned)

    def about(self) -> dict[str, Any]:
        return {
            "sizes": self.learned["sizes"],
            "leaks": self.learned["leaks"],
            "features": self.show_features(self.trees.gains()),
            "held_out_auc": self.trees.held_out_auc,
        }

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        if study.dates.test is None:
            return Evaluation({}, {}, missing=["The data is too short to test it on time it was not fitted on."])
        try:
            examples = collect(study, declaration, self.tags, [study.dates.test], self.trees.features)
        except DataError as error:
            return Evaluation({}, {}, missing=[error.message])
        chances = self.trees.chances(examples.table)
        if len(np.unique(examples.label)) < 2:
            return Evaluation({}, examples.sizes, missing=["On the time it is tested on, all outcomes are the same."])
        return Evaluation(measure_chances(examples.label, chances), examples.sizes, curves_of(examples.label, chances))

    def predict(self, declaration: Declaration, study: Study) -> Said:
        customers, table = read_now(study, declaration, self.tags, self.trees.features)
        return Said(customers, {MAIN: say_chances(self.trees.chances(table))})


def say_chances(chances: npt.NDArray[np.float64]) -> TagColumn:
    """As the column of a tag. Confidence: the chance that the likelier side is right; chances are calibrated, so it
    is."""
    sure = np.maximum(chances, 1 - chances).astype(np.float32)
    return TagColumn(ValueType.FLOAT, np.round(chances, 6), confidence=sure)
