"""The kind ``value``: who is still a customer, how often they will buy, what they will spend (`limner.learn.clv`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from limner.learn.clv import BetaGeo, GammaGamma, ParetoNBD, spending_interval
from limner.learn.clv.fitted import Fitted as Law
from limner.learn.contract import MAIN, Curve, Evaluation, Output, Reason, Study
from limner.learn.declaration import Declaration
from limner.learn.marketing.buying import FIELDS, Bought, Buying, Floats, look_later, look_later_net, read_buying
from limner.learn.marketing.formula import Formula, FormulaKind
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Given
from limner.model.parse_value import read_number
from limner.model.place import Place

WEEK = 7.0
LAWS: Mapping[str, type[BetaGeo] | type[ParetoNBD]] = {"bg_nbd": BetaGeo, "pareto_nbd": ParetoNBD}
LEVEL = 0.9
"""Of the interval: how likely what one customer spends lies in it."""
CENT = 0.01
FEW_SPENT = 20
"""Customers who bought again and spent something, under which values are their plain mean."""
STEPS = 12
"""Equal parts of the horizon, at the end of each of which what was bought in it is paid."""
BANDS = 7
"""Customers who bought so often again, or more, are one band of the plot."""


@dataclass(frozen=True, slots=True)
class Valuing:
    buying: Buying
    law: str = "bg_nbd"
    discount: float = 0.0
    """A year."""


class Value(FormulaKind):
    name = "value"
    title: Mapping[str, str] = {"zh": "客户价值", "en": "Customer value"}
    fields: Sequence[str] = (*FIELDS, "law", "discount")
    quality: Mapping[str, float] = {"correlation": 0.2, "total_error": 0.5}
    measures: Sequence[str] = ("correlation", "total_error", "rmse", "value_correlation", "coverage")

    def read(self, fields: Mapping[str, object], place: Place) -> Valuing:
        law = fields.get("law", "bg_nbd")
        if law not in LAWS:
            place.at("law").unknown("law", law, list(LAWS))
        discount = read_number(fields.get("discount", 0), place.at("discount"), 0, 1) or 0.0
        return Valuing(read_buying(fields, place), str(law), discount)

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {
            MAIN: Output(Given.NUMBER, {"zh": "预期价值", "en": "Expected value"}),
            "low": Output(Given.NUMBER, {"zh": "预期价值下限", "en": "Expected value, low end"}),
            "high": Output(Given.NUMBER, {"zh": "预期价值上限", "en": "Expected value, high end"}),
            "alive": Output(Given.NUMBER, {"zh": "活跃概率", "en": "Probability alive"}),
            "purchases": Output(Given.NUMBER, {"zh": "预期购买次数", "en": "Expected purchases"}),
            "purchase_value": Output(Given.NUMBER, {"zh": "预期单次金额", "en": "Expected value of a purchase"}),
        }


class Worth(Formula):
    """Learned: parameters and covariance of both laws; ``mean`` where too few bought again for the second."""

    @classmethod
    def learn(cls, declaration: Declaration, bought: Bought) -> Self:
        frequency, recency, age, value, there = read_histories(bought)
        law = LAWS[declaration.options.law]().fit(frequency[there], recency[there], age[there])
        spent = there & (frequency > 0) & (value > 0)
        learned: dict[str, Any] = {"law": keep_law(law), "spending": None}
        worth = value[there & (value > 0)]
        learned["mean"] = round(float(worth.mean()), 4) if len(worth) else 0.0
        if spent.sum() >= FEW_SPENT and len(np.unique(value[spent])) > 1:
            learned["spending"] = keep_law(GammaGamma().fit(frequency[spent], value[spent]))
        return cls(learned)

    def law(self, declaration: Declaration) -> BetaGeo | ParetoNBD:
        law: BetaGeo | ParetoNBD = restore_law(LAWS[declaration.options.law], self.learned["law"])
        return law

    @property
    def spending(self) -> GammaGamma | None:
        kept = self.learned["spending"]
        return None if kept is None else restore_law(GammaGamma, kept)

    def expect(self, declaration: Declaration, bought: Bought) -> dict[str, Floats]:
        """NaN for who never bought."""
        frequency, recency, age, value, there = read_histories(bought)
        law, weeks = self.law(declaration), declaration.horizon.length / WEEK
        history = frequency[there], recency[there], age[there]
        spending, worth = self.spending, np.full(int(there.sum()), float(self.learned["mean"]))
        purchases = law.expected(weeks, *history)
        positive = np.where(value[there] > 0, value[there], 0.0)
        counted = np.where(positive > 0, history[0], 0.0)
        if spending is not None:
            worth = np.nan_to_num(spending.expected(counted, positive), nan=float(self.learned["mean"]))
        weekly = (1 + declaration.options.discount) ** (WEEK / 365.25) - 1
        later = discounted(law, history, weeks, weekly)
        paid = np.divide(later, purchases, out=np.ones(len(later)), where=purchases > 0)
        told = worth if spending is None else positive
        low, high = spending_interval(law, spending, *history, told, periods=weeks, level=LEVEL)
        found = {
            MAIN: later * worth,
            "low": low * paid,
            "high": high * paid,
            "alive": law.alive(*history),
            "purchases": purchases,
            "purchase_value": worth,
        }
        return {name: spread(values, there) for name, values in found.items()}

    def say(self, declaration: Declaration, bought: Bought) -> dict[str, TagColumn]:
        found = self.expect(declaration, bought)
        return {name: TagColumn(ValueType.FLOAT, np.round(values, 4)) for name, values in found.items()}

    def measure(self, declaration: Declaration, bought: Bought, study: Study, as_of: int) -> Evaluation:
        found = self.expect(declaration, bought)
        there = ~np.isnan(found["purchases"])
        expected = found["purchases"][there]
        actual = look_later(study, declaration, as_of, bought.customers, "later_days")[there]
        spent = look_later_net(study, declaration, as_of, bought.customers)[there]
        metrics = {
            "correlation": correlate(expected, actual),
            "total_error": abs(float(expected.sum() / actual.sum()) - 1) if actual.sum() > 0 else float("nan"),
            "rmse": float(np.sqrt(np.mean((expected - actual) ** 2))) if len(actual) else float("nan"),
            "value_correlation": correlate(found[MAIN][there], spent),
            "coverage": cover(found["low"][there], found["high"][there], spent),
        }
        bands = np.minimum(np.maximum(bought.number("days")[there] - 1, 0), BANDS).astype(np.int64)
        lines = {
            name: tuple((float(band), float(values[bands == band].mean())) for band in np.unique(bands))
            for name, values in (("expected", expected), ("actual", actual))
        }
        title = {"zh": "按历史复购次数的预期与实际", "en": "Expected and actual, by repeat purchases before"}
        curve = Curve(title, ("repeat purchases before", "purchases in the horizon"), lines)
        sizes = {"customers": int(there.sum()), "purchases": int(actual.sum())}
        return Evaluation(metrics, sizes, {"value": curve})

    def reason(self, declaration: Declaration, bought: Bought) -> list[Reason]:
        found = {name: float(values[0]) for name, values in self.expect(declaration, bought).items()}
        days, last = bought.number("days")[0], bought.number("last")[0]
        horizon = declaration.horizon.length
        alive = {
            "zh": f"在 {days:g} 天购买过，最近一次在 {last:.0f} 天前：仍是客户的概率 {found['alive']:.0%}",
            "en": f"Bought on {days:g} days, the last {last:.0f} days ago: still a customer with {found['alive']:.0%}",
        }
        worth = {
            "zh": f"未来 {horizon} 天预计购买 {found['purchases']:.2f} 次，每次约 {found['purchase_value']:.2f}",
            "en": f"{found['purchases']:.2f} purchases to expect in {horizon} days, {found['purchase_value']:.2f} each",
        }
        return [Reason("purchases", found[MAIN], worth), Reason("alive", found["alive"] - 0.5, alive)]


def read_histories(bought: Bought) -> tuple[Floats, Floats, Floats, Floats, np.ndarray]:
    """Repeat days with a purchase, weeks from the first to the last and to the end, mean spent per repeat purchase
    (what the first one cost left out, and what came back); and whose they are: of those who bought."""
    days, first, last = (bought.number(part) for part in ("days", "first", "last"))
    there = days > 0
    frequency = np.where(there, np.maximum(days - 1, 0), 0)
    age = np.where(there, np.floor(first), 0) / WEEK
    recency = np.where(frequency > 0, np.clip((np.floor(first) - np.floor(last)) / WEEK, 0, age), 0)
    spent = np.nan_to_num(bought.number("all_spent")) - np.nan_to_num(bought.number("first_spent"))
    if bought.has("refunded"):
        spent = spent - np.nan_to_num(bought.number("refunded"))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(frequency > 0, spent / frequency, np.nan_to_num(bought.number("first_spent")))
    return frequency, recency, age, value, there


def discounted(law: BetaGeo | ParetoNBD, history: tuple[Floats, ...], weeks: float, rate: float) -> Floats:
    """Purchases to expect, each worth less the later it comes."""
    if rate == 0:
        return law.expected(weeks, *history)
    ends = np.linspace(0, weeks, STEPS + 1)
    until = [np.zeros(len(history[0])), *(law.expected(end, *history) for end in ends[1:].tolist())]
    parts = [(late - soon) / (1 + rate) ** end for (soon, late), end in zip(pairwise(until), ends[1:], strict=True)]
    return np.asarray(np.sum(parts, axis=0))


def cover(low: Floats, high: Floats, spent: Floats) -> float:
    """The share of customers whose spending lay between the ends, which are to the cent."""
    return float(np.mean((spent >= low - CENT) & (spent <= high + CENT))) if len(spent) else float("nan")


def spread(values: Floats, there: np.ndarray) -> Floats:
    found = np.full(len(there), np.nan)
    found[there] = values
    return found


def correlate(one: Floats, other: Floats) -> float:
    if len(one) < 2 or one.std() == 0 or other.std() == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def keep_law(law: Law) -> dict[str, Any]:
    assert law.covariance is not None, "it was fitted"
    return {**law.as_dict(), "covariance": law.covariance.tolist()}


def restore_law(kind: type[Any], kept: Mapping[str, Any]) -> Any:
    law = kind(**kept["params"])
    law.covariance = np.array(kept["covariance"])
    law.log_likelihood, law.customers = kept["log_likelihood"], kept["customers"]
    return law


Value.formula = Worth
