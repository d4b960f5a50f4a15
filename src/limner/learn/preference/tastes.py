"""The kind ``taste``: category, brand, price band, channel, time of day, weekday that stand out in what one does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from limner.errors import DataError
from limner.learn.contract import MAIN, Dates, Evaluation, Known, Output, Reason, Said, Study
from limner.learn.declaration import Declaration
from limner.learn.learned import read_learned, write_learned
from limner.learn.preference.later import look_ahead, measure_later, pick
from limner.learn.preference.liking import HALF_LIFE, TITLES, Liking, Taste, read_evidence, read_taste
from limner.learn.preference.signals import Heard, ask_signals, hear, keep_members
from limner.learn.recommend.gather import DAY, micros_of
from limner.learn.taste import NONE, Tastes, find_tastes
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Given
from limner.model.parse_value import read_span
from limner.model.place import Place
from limner.model.tag import Tag

Floats = npt.NDArray[np.float64]
NOBODY = "Nobody of whom a taste is said did anything in the time of the test."


class TasteKind:
    name = "taste"
    title: Mapping[str, str] = {"zh": "偏好", "en": "Tastes"}
    fields: Sequence[str] = ("tastes", "half_life", "evidence")
    quality: Mapping[str, float] = {"over_population": 1.0}
    measures: Sequence[str] = ("over_population",)

    def read(self, fields: Mapping[str, object], place: Place) -> Liking | None:
        here = place.at("tastes")
        named = here.mapping(fields.get("tastes") or {}, "tastes") or {}
        if not named:
            here.wrong("which tastes?", "Write {category: {order_paid: 'products[].category'}, weekday: [order_paid]}.")
        tastes = tuple(read_taste(name, data, here.at(name)) for name, data in named.items())
        half_life = read_span(fields["half_life"], place.at("half_life")) if "half_life" in fields else HALF_LIFE
        evidence = read_evidence(fields.get("evidence", {}), place.at("evidence"))
        return None if half_life is None else Liking(tastes, half_life, evidence)

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        """The first one is the main output too."""
        options: Liking = declaration.options
        each = {
            one.name: Output(Given.TEXT, TITLES.get(one.name, {"zh": one.name, "en": one.name}))
            for one in options.tastes
        }
        return {MAIN: each[options.tastes[0].name], **each}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        return ask_signals(declaration, [one for taste in declaration.options.tastes for one in taste.signals], known)

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        return look_ahead(declaration, first, last, zone)

    def fit(self, declaration: Declaration, study: Study) -> LearnedTastes:
        return LearnedTastes.fit(declaration, study, study.last)

    def load(self, folder: Path) -> LearnedTastes:
        return LearnedTastes(read_learned(folder, "tastes"))


class LearnedTastes:
    """Learned: what of each taste the population chooses, as shares of the decayed weight."""

    def __init__(self, learned: Mapping[str, Any]) -> None:
        self.learned = dict(learned)

    @classmethod
    def fit(cls, declaration: Declaration, study: Study, as_of: int) -> Self:
        options: Liking = declaration.options
        tastes: dict[str, Any] = {}
        customers: set[int] = set()
        for place, taste in enumerate(options.tastes):
            study.tell("tastes", place, len(options.tastes))
            heard = keep_members(hear_taste(study, taste, as_of), declaration, study, as_of)
            values, words = taste.read(heard)
            mass = np.bincount(values, heard.decay(as_of, options.half_life), len(words))
            common = mass / (mass.sum() or 1.0)
            told = np.flatnonzero(common > 0)
            tastes[taste.name] = {words[code]: float(common[code]) for code in told[np.argsort(-common[told])].tolist()}
            customers.update(np.unique(heard.customer).tolist())
        check_enough(declaration, len(customers))
        return cls({"tastes": tastes, "sizes": {"customers": len(customers)}})

    def about(self) -> dict[str, Any]:
        most = {name: dict(list(shares.items())[:10]) for name, shares in self.learned["tastes"].items()}
        return {"sizes": self.learned["sizes"], "population": most, "leaks": []}

    def find(self, declaration: Declaration, taste: Taste, heard: Heard, now: int, customers: Any) -> Found:
        """A taste of these ascending customers. A value that the population did not have when this was fitted counts,
        and is believed once it is fitted again."""
        options: Liking = declaration.options
        values, words = taste.read(heard)
        shares = self.learned["tastes"].get(taste.name, {})
        common = np.array([shares.get(word, 0.0) for word in words])
        found = find_tastes(
            np.searchsorted(customers, heard.customer),
            values,
            heard.ages(now),
            heard.weight,
            size=len(customers),
            kinds=len(words),
            half_life=micros_of(options.half_life) / DAY,
            evidence=taste.evidence or options.evidence,
            common=common,
        )
        return Found(found, words, common)

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        """Learned anew up to the test: how much more of what they like do customers choose from then on than all do?"""
        options: Liking = declaration.options
        test = study.dates.test
        if test is None:
            return Evaluation({}, {}, missing=["The data is too short to test it on time it was not fitted on."])
        try:
            then = type(self).fit(declaration, study, test)
        except DataError as error:
            return Evaluation({}, {}, missing=[error.message])
        metrics: dict[str, float] = {}
        sizes: dict[str, int] = {}
        for taste in options.tastes:
            heard = keep_members(hear_taste(study, taste, study.last), declaration, study, test)
            before, after = heard.take(heard.time <= test), heard.take(heard.time > test)
            customers = np.unique(before.customer)
            found = then.find(declaration, taste, before, test, customers)
            chosen, words = taste.read(after)
            hit = pick(found.tastes.value, customers, after.customer)
            named = np.array([*found.words, None], object)
            liked = named[hit] == np.array([*words, None], object)[chosen]
            usual = pick(found.usual, customers, after.customer, np.nan)
            metrics[f"{taste.name}_over_population"] = measure_later(after.customer, after.weight * liked, after.weight,
                                                                     usual)  # fmt: skip
            sizes[f"{taste.name}_said"] = int((found.tastes.value >= 0).sum())
            sizes["customers"] = max(sizes.get("customers", 0), len(customers))
        known = [value for value in metrics.values() if np.isfinite(value)]
        if not known:
            return Evaluation({}, sizes, missing=[NOBODY])
        return Evaluation({"over_population": float(np.mean(known)), **metrics}, sizes)

    def predict(self, declaration: Declaration, study: Study) -> Said:
        options: Liking = declaration.options
        rows = [
            keep_members(hear_taste(study, taste, study.last), declaration, study, study.last)
            for taste in options.tastes
        ]
        customers = np.unique(np.concatenate([heard.customer for heard in rows]))
        said = {}
        for taste, heard in zip(options.tastes, rows, strict=True):
            found = self.find(declaration, taste, heard, study.last, customers)
            sure = np.nan_to_num(found.tastes.confidence).astype(np.float32)
            said[taste.name] = TagColumn(
                ValueType.TEXT, found.tastes.value.astype(np.int32), dictionary=found.words, confidence=sure
            )
        return Said(customers.astype(np.int32), {MAIN: said[options.tastes[0].name], **said})

    def explain(self, declaration: Declaration, study: Study, customer: int) -> list[Reason]:
        reasons = []
        for taste in declaration.options.tastes:
            heard = keep_members(hear_taste(study, taste, study.last), declaration, study, study.last)
            heard = heard.take(heard.customer == customer)
            found = self.find(declaration, taste, heard, study.last, np.array([customer]))
            if (value := int(found.tastes.value[0])) == NONE:
                continue
            share, times = float(found.tastes.share[0]), int(found.tastes.times[0])
            title, lift = TITLES.get(taste.name, {"zh": taste.name, "en": taste.name}), float(found.tastes.lift[0])
            words = {
                "zh": f"{title['zh']}：{found.words[value]}，{times} 次，占 {share:.0%}，是一般客户的 {lift:.1f} 倍",
                "en": f"{title['en']}: {found.words[value]}, {times} times, {share:.0%} of the weight, "
                f"{lift:.1f} times what is usual",
            }
            reasons.append(Reason(taste.name, share - share / lift, words))
        return sorted(reasons, key=lambda one: -one.weight)

    def save(self, folder: Path) -> None:
        write_learned(folder, self.learned)


@dataclass(frozen=True, slots=True)
class Found:
    """One taste of some customers."""

    tastes: Tastes
    words: tuple[str, ...]
    common: Floats

    @property
    def usual(self) -> Floats:
        """By customer, the population's share of what they like; NaN where nothing is said."""
        return np.append(self.common, np.nan)[self.tastes.value]


def hear_taste(study: Study, taste: Taste, until: int) -> Heard:
    return hear(study.slices(), study.vocabulary(), taste.signals, until)


def check_enough(declaration: Declaration, customers: int) -> None:
    least = declaration.least["customers"]
    if customers < least:
        raise DataError(
            f"{declaration.name}: too little to learn from: only {customers} customers (of {least}) did any of what it "
            "reads.",
            hint="Read more events, wait for more data, or say least: {customers: ...}.",
        )
