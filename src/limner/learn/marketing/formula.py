"""What marketing models share: a few learned numbers, and a formula that says everything of a customer by them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from limner.errors import DataError
from limner.learn.contract import Dates, Evaluation, Known, Output, Reason, Said, Study
from limner.learn.dates import plan_dates
from limner.learn.declaration import Declaration, naming
from limner.learn.learned import read_learned, write_learned
from limner.learn.marketing.buying import Bought, ask_buying, count_buyers, look_at
from limner.model.column import TagColumn
from limner.model.place import Place
from limner.model.tag import Tag

TOO_SHORT = "The data is too short to test it on time it was not fitted on."


class Formula(ABC):
    """`Fitted`: numbers by name, as JSON has them."""

    def __init__(self, learned: Mapping[str, Any]) -> None:
        self.learned = dict(learned)

    @classmethod
    @abstractmethod
    def learn(cls, declaration: Declaration, bought: Bought) -> Self:
        """From customers at one instant. DataError when they say too little."""

    @abstractmethod
    def say(self, declaration: Declaration, bought: Bought) -> dict[str, TagColumn]:
        """By output, a row per customer."""

    @abstractmethod
    def measure(self, declaration: Declaration, bought: Bought, study: Study, as_of: int) -> Evaluation:
        """How what it says at an instant compares with what came later."""

    @abstractmethod
    def reason(self, declaration: Declaration, bought: Bought) -> list[Reason]:
        """Of the one customer of the row."""

    def about(self) -> dict[str, Any]:
        return dict(self.learned)

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        """Learned anew from what was known at the instant of the test, and held against what came after."""
        if study.dates.test is None:
            return Evaluation({}, {}, missing=[TOO_SHORT])
        bought = look_at(study, declaration, study.dates.test)
        try:
            then = type(self).learn(declaration, bought)
        except DataError as error:
            return Evaluation({}, {}, missing=[error.message])
        return then.measure(declaration, bought, study, study.dates.test)

    def predict(self, declaration: Declaration, study: Study) -> Said:
        bought = look_at(study, declaration, study.last)
        return Said(bought.customers, self.say(declaration, bought))

    def explain(self, declaration: Declaration, study: Study, customer: int) -> list[Reason]:
        bought = look_at(study, declaration, study.last)
        rows = np.flatnonzero(bought.customers == customer)
        if not len(rows) or not bought.number("orders")[rows[0]] > 0:
            return []
        return self.reason(declaration, bought.take(rows[:1]))

    def save(self, folder: Path) -> None:
        write_learned(folder, self.learned)

    @classmethod
    def load(cls, folder: Path) -> Self:
        return cls(read_learned(folder))


class FormulaKind(ABC):
    """`Kind` of a `Formula`."""

    name: str
    title: Mapping[str, str]
    fields: Sequence[str]
    quality: Mapping[str, float] = {}
    measures: Sequence[str]
    formula: ClassVar[type[Formula]]

    @abstractmethod
    def read(self, fields: Mapping[str, object], place: Place) -> Any: ...

    @abstractmethod
    def outputs(self, declaration: Declaration) -> Mapping[str, Output]: ...

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        return ask_buying(declaration, declaration.options.buying)

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        return Dates((), plan_dates(first, last, declaration.horizon.length, zone, 1).test)

    def fit(self, declaration: Declaration, study: Study) -> Formula:
        study.tell("fit", 0, 0)
        bought = look_at(study, declaration, study.last)
        sizes = count_buyers(bought)
        if sizes["buyers"] < declaration.least["customers"]:
            raise DataError(
                f"{declaration.name}: too little to learn from: {sizes['buyers']} customers have bought "
                f"(of {declaration.least['customers']} at least).",
                hint="Widen the population, wait for more data, or say least: {customers: ...}.",
            )
        with naming(declaration):
            fitted = self.formula.learn(declaration, bought)
        return type(fitted)({**fitted.learned, "sizes": sizes})

    def load(self, folder: Path) -> Formula:
        return self.formula.load(folder)
