"""The kind ``interest``: how much of what somebody looks at, searches for and answers speaks for each of the interests
and values that are declared by their words.

.. code-block:: yaml

    read:                                      # texts of events: categories, keywords, answers
      view_item: category
      search: keyword
      questionnaire_answered: {read: [values, motives], weight: 5}
    interests:
      健康: {保健: 1, 运动: 0.5, 健康养生: 1}      # a word, and how surely it speaks for the interest, over 0 to 1
    half_life: 180d
    evidence: {weight: 3, lift: 1.2}           # what the strongest interest must show to be said

A word is looked for in the text: words in Latin letters as whole words, whatever their case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import betaincc

from limner.errors import DataError
from limner.learn.contract import MAIN, Dates, Evaluation, Known, Output, Reason, Said, Study
from limner.learn.declaration import Declaration
from limner.learn.learned import read_learned, write_learned
from limner.learn.preference.later import look_ahead, measure_later, pick
from limner.learn.preference.signals import Heard, Signal, ask_signals, hear, keep_members, read_signals
from limner.learn.preference.tastes import check_enough
from limner.model.column import TagColumn, ValueType
from limner.model.fold import Given, Span
from limner.model.parse_value import read_number, read_span
from limner.model.place import Place
from limner.model.tag import Tag

Floats = npt.NDArray[np.float64]
HALF_LIFE = Span(180, "d")
PRIOR = 3.0
"""So many events like the population's are taken to have come before the customer's own."""
TOLD = 3
"""Words told as a reason."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the strongest interest must show to be said."""

    weight: float = 3.0
    """Sum of weights, not decayed: three views, or one answer that weighs as much."""
    lift: float = 1.2


@dataclass(frozen=True, slots=True)
class Interests:
    signals: tuple[Signal, ...]
    words: Mapping[str, Mapping[str, float]]
    """By interest."""
    half_life: Span = HALF_LIFE
    proof: Proof = Proof()

    def speak(self, texts: Sequence[str]) -> Floats:
        """(texts, interests): how surely each speaks for each, by its surest word."""
        found = np.zeros((len(texts), len(self.words)))
        for place, words in enumerate(self.words.values()):
            for word, weight in words.items():
                pattern = compile_word(word)
                here = [row for row, text in enumerate(texts) if pattern.search(text)]
                found[here, place] = np.maximum(found[here, place], weight)
        return found


def compile_word(word: str) -> re.Pattern[str]:
    sides = r"(?<![a-z0-9]){}(?![a-z0-9])" if word.isascii() else "{}"
    return re.compile(sides.format(re.escape(word)), re.IGNORECASE)


class InterestKind:
    name = "interest"
    title: Mapping[str, str] = {"zh": "兴趣与价值观", "en": "Interests and values"}
    fields: Sequence[str] = ("read", "interests", "half_life", "evidence")
    quality: Mapping[str, float] = {"over_population": 1.0}
    measures: Sequence[str] = ("over_population",)

    def read(self, fields: Mapping[str, object], place: Place) -> Interests | None:
        signals = read_signals(fields.get("read", {}), place.at("read"))
        here = place.at("interests")
        named = here.mapping(fields.get("interests") or {}, "interests") or {}
        if not named:
            here.wrong("which interests?", "Write {健康: {保健: 1, 运动: 0.5}}.")
        words = {name: read_words(data, here.at(name)) for name, data in named.items()}
        half_life = read_span(fields["half_life"], place.at("half_life")) if "half_life" in fields else HALF_LIFE
        proof = read_proof(fields.get("evidence", {}), place.at("evidence"))
        return None if half_life is None else Interests(signals, words, half_life, proof)

    def outputs(self, declaration: Declaration) -> Mapping[str, Output]:
        scores = {name: Output(Given.NUMBER, {"zh": name, "en": name}) for name in declaration.options.words}
        return {MAIN: Output(Given.TEXT, {"zh": "首要兴趣", "en": "Strongest interest"}), **scores}

    def asks(self, declaration: Declaration, known: Known) -> list[Tag]:
        return ask_signals(declaration, declaration.options.signals, known)

    def dates(self, declaration: Declaration, first: int, last: int, zone: str) -> Dates:
        return look_ahead(declaration, first, last, zone)

    def fit(self, declaration: Declaration, study: Study) -> LearnedInterests:
        return LearnedInterests.fit(declaration, hear_members(declaration, study, study.last), study.last)

    def load(self, folder: Path) -> LearnedInterests:
        return LearnedInterests(read_learned(folder, "usual"))


@dataclass(frozen=True, slots=True)
class Scores:
    """(customers, interests)."""

    score: Floats
    """The share of the decayed weight that speaks for it, 0..1, drawn to the population's the less is known."""
    above: Floats
    """The chance that the customer's share is above the population's."""
    weight: Floats
    """What speaks for it, not decayed."""
    lift: Floats

    def strongest(self, proof: Proof) -> npt.NDArray[np.int64]:
        """The place of the interest with the highest score that has its proof; -1 = none."""
        believed = (self.weight >= proof.weight) & (self.lift >= proof.lift)
        best = np.where(believed, self.score, -1.0).argmax(axis=1)
        return np.where(believed.any(axis=1), best, -1)


class LearnedInterests:
    """Learned: ``usual``, the population's share by interest."""

    def __init__(self, learned: Mapping[str, Any]) -> None:
        self.learned = dict(learned)

    @classmethod
    def fit(cls, declaration: Declaration, heard: Heard, as_of: int) -> Self:
        options: Interests = declaration.options
        customers = len(np.unique(heard.customer))
        check_enough(declaration, customers)
        speaks, mass = options.speak(heard.words), heard.decay(as_of, options.half_life)
        by_text = np.bincount(heard.value, mass, len(heard.words))
        usual = by_text @ speaks / by_text.sum()
        if not usual.any():
            raise DataError(
                f"{declaration.name}: none of its words is in anything that customers did or answered.",
                hint="Write the words as they stand in the properties that are read.",
            )
        silent = [
            word
            for words in options.words.values()
            for word in words
            if not any(compile_word(word).search(text) for text in heard.words)
        ]
        named = dict(zip(options.words, map(float, usual), strict=True))
        return cls({"usual": named, "silent": silent, "sizes": {"customers": customers, "signals": len(heard)}})

    def about(self) -> dict[str, Any]:
        """``silent``: declared words that nobody's events have."""
        known = self.learned
        return {"sizes": known["sizes"], "population": known["usual"], "silent": known["silent"], "leaks": []}

    def score(self, declaration: Declaration, heard: Heard, now: int, customers: npt.NDArray[np.int64]) -> Scores:
        """Of these ascending customers. Decayed weights are as good as so many equal events (Kish); with the
        population's before them, the share has a beta distribution."""
        options: Interests = declaration.options
        usual = np.array([self.learned["usual"].get(name, 0.0) for name in options.words])
        row, size = np.searchsorted(customers, heard.customer), len(customers)
        speaks, decayed = options.speak(heard.words), heard.decay(now, options.half_life)
        whole = np.bincount(row, decayed, size)
        events = (whole**2 / np.maximum(np.bincount(row, decayed**2, size), 1e-300))[:, None]
        shape = size, len(usual)
        share, weight = np.zeros(shape), np.zeros(shape)
        for place in range(len(usual)):
            of = speaks[heard.value, place]
            share[:, place] = np.bincount(row, decayed * of, size) / whole
            weight[:, place] = np.bincount(row, heard.weight * of, size)
        yes = events * share + PRIOR * usual
        total = events + PRIOR
        likely = np.clip(usual, 1e-9, 1 - 1e-9)
        above = betaincc(np.maximum(yes, 1e-9), np.maximum(total - yes, 1e-9), likely)
        lift = np.divide(share, usual, out=np.zeros(shape), where=usual > 0)
        return Scores(yes / total, above, weight, lift)

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        """Learned anew up to the test: how much more does what customers do from then on speak for their strongest
        interest than what all do?"""
        options, test = declaration.options, study.dates.test
        if test is None:
            return Evaluation({}, {}, missing=["The data is too short to test it on time it was not fitted on."])
        heard = hear_members(declaration, study, study.last, test)
        before, after = heard.take(heard.time <= test), heard.take(heard.time > test)
        try:
            then = type(self).fit(declaration, before, test)
        except DataError as error:
            return Evaluation({}, {}, missing=[error.message])
        customers = np.unique(before.customer)
        strongest = then.score(declaration, before, test, customers).strongest(options.proof)
        usual = np.array([*then.learned["usual"].values(), np.nan])
        his = pick(strongest, customers, after.customer)
        speaks = np.column_stack([options.speak(after.words), np.zeros(len(after.words))])
        liked = after.weight * speaks[after.value, his]
        found = measure_later(after.customer, liked, after.weight, usual[his])
        sizes = {"customers": len(customers), "said": int((strongest >= 0).sum())}
        if np.isnan(found):
            said = "Nobody of whom an interest is said did anything in the time of the test."
            return Evaluation({}, sizes, missing=[said])
        return Evaluation({"over_population": found}, sizes)

    def predict(self, declaration: Declaration, study: Study) -> Said:
        """A score is as sure as the side of the population's share that it is on."""
        heard = hear_members(declaration, study, study.last)
        customers = np.unique(heard.customer)
        scores, names = self.score(declaration, heard, study.last, customers), tuple(declaration.options.words)
        best = scores.strongest(declaration.options.proof)
        sure = np.where(best >= 0, scores.above[np.arange(len(customers)), best], 0).astype(np.float32)
        said = {MAIN: TagColumn(ValueType.TEXT, best.astype(np.int32), dictionary=names, confidence=sure)}
        for place, name in enumerate(names):
            above = scores.above[:, place]
            side = np.clip(np.maximum(above, 1 - above), 0, 1).astype(np.float32)
            said[name] = TagColumn(ValueType.FLOAT, np.round(scores.score[:, place], 6), confidence=side)
        return Said(customers.astype(np.int32), said)

    def explain(self, declaration: Declaration, study: Study, customer: int) -> list[Reason]:
        """Every interest that anything speaks for, and the words that do."""
        heard = hear_members(declaration, study, study.last)
        heard = heard.take(heard.customer == customer)
        if not len(heard):
            return []
        scores = self.score(declaration, heard, study.last, np.array([customer]))
        speaks, counts = declaration.options.speak(heard.words), np.bincount(heard.value, minlength=len(heard.words))
        reasons = []
        for place, (name, usual) in enumerate(self.learned["usual"].items()):
            strength = counts * speaks[:, place]
            texts = sorted(np.flatnonzero(strength > 0).tolist(), key=lambda one: (-strength[one], heard.words[one]))
            if not texts:
                continue
            told = [f"{heard.words[text]} × {counts[text]}" for text in texts[:TOLD]]
            score = float(scores.score[0, place])
            words = {
                "zh": f"{name}：{score:.0%}（一般为 {usual:.0%}），依据 {'、'.join(told)}",
                "en": f"{name}: {score:.0%} (usually {usual:.0%}), from {', '.join(told)}",
            }
            reasons.append(Reason(name, score - usual, words))
        return sorted(reasons, key=lambda one: -abs(one.weight))

    def save(self, folder: Path) -> None:
        write_learned(folder, self.learned)


def hear_members(declaration: Declaration, study: Study, until: int, as_of: int | None = None) -> Heard:
    """``as_of``: when they are to be those whom it is about; None = ``until``."""
    study.tell("interests", 0, 0)
    heard = hear(study.slices(), study.vocabulary(), declaration.options.signals, until)
    return keep_members(heard, declaration, study, until if as_of is None else as_of)


def read_words(data: object, place: Place) -> dict[str, float]:
    """``{word: weight}``, or a list of words that all speak for it surely."""
    listed = {str(word): 1 for word in data} if isinstance(data, list | tuple) else place.mapping(data, "words")
    if not listed:
        place.wrong("no word speaks for it.", "Write {保健: 1, 运动: 0.5}, or [保健, 运动].")
        return {}
    read = {str(word): read_number(weight, place.at(str(word)), 1e-6, 1) for word, weight in listed.items()}
    return {word: weight for word, weight in read.items() if weight is not None}


def read_proof(data: object, place: Place) -> Proof:
    fields = place.mapping(data, "evidence") or {}
    place.only(fields, ("weight", "lift"), "evidence")
    usual = Proof()
    weight = read_number(fields.get("weight", usual.weight), place.at("weight"), 0, 1e6)
    lift = read_number(fields.get("lift", usual.lift), place.at("lift"), 0, 1e6)
    return Proof(usual.weight if weight is None else weight, usual.lift if lift is None else lift)
