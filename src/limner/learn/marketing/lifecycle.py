"""The kind ``lifecycle``: the stage of each customer by their own rhythm, its goal, and when they are due again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import numpy as np

from limner.errors import DataError
from limner.learn.cadence import Cadence, find_cadence
from limner.learn.contract import MAIN, Curve, Evaluation, Output, Reason, Study
from limner.learn.declaration import Declaration
from limner.learn.lifecycle import STAGES, Limits, Stage, Told, find_stages
from limner.learn.marketing.buying import FIELDS, Bought, Buying, look_later, name_codes, read_buying
from limner.learn.marketing.formula import Formula, FormulaKind
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Given
from limner.model.parse_tag import read_title
from limner.model.parse_value import read_number
from limner.model.place import Place

SINGLE, PAIRS = ("new", "growing", "fading", "lost"), ("fading_days", "lost_days")
FAR = 3650.0
"""Days ahead beyond which no purchase is foretold."""


@dataclass(frozen=True, slots=True)
class Staging:
    buying: Buying
    limits: Limits
    told: tuple[Told, ...] = STAGES
    """By stage, with the goals that were declared."""


class Lifecycle(FormulaKind):
    name = "lifecycle"
    title: Mapping[str, str] = {"zh": "生命周期", "en": "Life cycle"}
    fields: Sequence[str] = (*FIELDS, *SINGLE, *PAIRS, "goals")
    measures: Sequence[str] = ("apart",)

    def read(self, fields: Mapping[str, object], place: Place) -> Staging:
        found: dict[str, Any] = {}
        for key in SINGLE:
            if key in fields and (number := read_number(fields[key], place.at(key), 0, FAR)) is not None:
                found[key] = number
        for key in PAIRS:
            if key in fields:
                pair = fields[key]
                if not isinstance(pair, list | tuple) or len(pair) != 2:
                    place.at(key).wrong("the fewest and the most days are wanted.", "Write [45, 75].")
                    continue
                read = [read_number(value, place.at(key), 0, FAR) for value in pair]
                found[key] = tuple(value for value in read if value is not None)
        limits = Limits()
        try:
            limits = Limits(**found)
        except (DataError, ValueError, TypeError) as error:
            place.wrong(str(error))
        return Staging(read_buying(fields, place), limits, read_goals(fields.get("goals", {}), place.at("goals")))

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        return {
            MAIN: Output(Given.TEXT, {"zh": "生命周期阶段", "en": "Life-cycle stage"}),
            "goal": Output(Given.TEXT, {"zh": "阶段目标", "en": "Goal of the stage"}),
            "interval": Output(Given.NUMBER, {"zh": "购买间隔（天）", "en": "Days between purchases"}),
            "overdue": Output(Given.NUMBER, {"zh": "逾期倍数", "en": "Overdue ratio"}),
            "next_purchase": Output(Given.DATE, {"zh": "预计下次购买日期", "en": "Next purchase expected on"}),
        }


def read_goals(data: object, place: Place) -> tuple[Told, ...]:
    """``{流失: {zh: 只召回高价值客户, en: ...}, new: Win the second order}``: what is to be achieved in a stage, by its
    name in either language; those that are not given stay."""
    told = list(STAGES)
    places = {name.lower(): at for at, one in enumerate(STAGES) for name in (one.zh, one.en)}
    for name, said in (place.mapping(data, "goals") or {}).items():
        at = places.get(name.lower())
        if at is None:
            place.at(name).unknown("stage", name, [word for one in STAGES for word in (one.zh, one.en)])
        elif goal := read_title(said, place.at(name)):
            zh, en = (goal.get(language) or next(iter(goal.values())) for language in ("zh", "en"))
            told[at] = told[at]._replace(goal_zh=zh, goal_en=en)
    return tuple(told)


class Stages(Formula):
    """Learned: the population's ``typical`` interval in days."""

    @classmethod
    def learn(cls, declaration: Declaration, bought: Bought) -> Self:
        return cls({"typical": round(find_cadence(bought.number("orders"), bought.number("gap")).typical, 4)})

    def find(self, declaration: Declaration, bought: Bought) -> np.ndarray:
        joined = bought.number("first")
        if bought.has("joined"):
            joined = np.fmax(bought.number("joined"), joined)
        parts = (bought.number("orders"), bought.number("gap"), bought.number("since"))
        return find_stages(self.cadence, joined, *parts, declaration.options.limits)

    @property
    def cadence(self) -> Cadence:
        return Cadence(float(self.learned["typical"]))

    def say(self, declaration: Declaration, bought: Bought) -> dict[str, TagColumn]:
        stages = self.find(declaration, bought)
        orders, gap, since = (bought.number(part) for part in ("orders", "gap", "since"))
        codes, words = name_codes(stages, [told.zh for told in STAGES])
        goals, aims = name_codes(stages, [told.goal_zh for told in declaration.options.told])
        interval = np.where(orders > 0, self.cadence.interval(orders, gap), np.nan)
        due, days = name_days(bought.today, interval - since, stages == Stage.LOST)
        return {
            MAIN: TagColumn(ValueType.TEXT, codes, 0, words),
            "goal": TagColumn(ValueType.TEXT, goals, 0, aims),
            "interval": TagColumn(ValueType.FLOAT, np.round(interval, 2)),
            "overdue": TagColumn(ValueType.FLOAT, np.round(since / interval, 4)),
            "next_purchase": TagColumn(ValueType.TEXT, due, 0, days),
        }

    def measure(self, declaration: Declaration, bought: Bought, study: Study, as_of: int) -> Evaluation:
        """How many of each stage bought in the horizon: fewer of the fading, fewest of the lost."""
        stages = self.find(declaration, bought)
        again = look_later(study, declaration, as_of, bought.customers, "later_days") > 0
        rates = {
            told.en: float(again[stages == stage].mean())
            for stage, told in enumerate(STAGES)
            if (stages == stage).any()
        }
        there = (stages == Stage.GROWING) | (stages == Stage.MATURE)
        going = (stages == Stage.FADING) | (stages == Stage.LOST)
        apart = float(again[there].mean() - again[going].mean()) if there.any() and going.any() else float("nan")
        curve = Curve(
            {"zh": "各阶段之后的购买率", "en": "Who of each stage bought later"},
            ("stage", "share that bought in the horizon"),
            {name: ((float(place), rate),) for place, (name, rate) in enumerate(rates.items())},
        )
        return Evaluation({"apart": apart}, {"customers": int((stages >= 0).sum())}, {"stages": curve})

    def reason(self, declaration: Declaration, bought: Bought) -> list[Reason]:
        orders, gap, since = (bought.number(part) for part in ("orders", "gap", "since"))
        interval, late = (
            float(self.cadence.interval(orders, gap)[0]),
            float(self.cadence.overdue(orders, gap, since)[0]),
        )
        words = {
            "zh": f"购买 {orders[0]:g} 次，约 {interval:.0f} 天一次；距上次 {since[0]:g} 天，是其节奏的 {late:.1f} 倍",
            "en": f"{orders[0]:g} purchases, one in {interval:.0f} days or so; the last {since[0]:g} days ago, "
            f"{late:.1f} times their rhythm",
        }
        told = declaration.options.told[int(self.find(declaration, bought)[0])]
        goal = {"zh": f"目标：{told.goal_zh}", "en": f"Goal: {told.goal_en}"}
        return [Reason("overdue", late - 1, words), Reason("goal", 0.0, goal)]


def name_days(today: date, ahead: np.ndarray, nobody: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Dates so many days ahead, today at the earliest, as codes and words; none for ``nobody``."""
    known = ~np.isnan(ahead) & ~nobody & (ahead < FAR)
    days = np.maximum(np.round(np.where(known, ahead, 0)), 0).astype(np.int64)
    distinct, places = np.unique(days, return_inverse=True)
    words = tuple((today + timedelta(days=int(day))).isoformat() for day in distinct)
    return np.where(known, places, -1).astype(np.int32), words


Lifecycle.formula = Stages
