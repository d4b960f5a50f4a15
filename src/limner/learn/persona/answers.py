"""Customers as answers: of each tag one of a few values, whatever kind the tag is. Each value is a condition.

Words and truths are values as they are, rare ones together as others; numbers are cut at quantiles. So mixed tags
become alike, a value that is not known says nothing, and whatever is found can be written in the tag language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from limner.fold.derive import as_doubles
from limner.fold.quantiles import cut
from limner.model.clock import local_day
from limner.model.column import Folded, TagColumn, ValueType
from limner.model.fold import Scalar
from limner.model.tag import Dated, Layer, Tag

Codes = npt.NDArray[np.int64]
UNKNOWN = -1
MOST_WORDS = 15
"""Values of a tag; rarer ones count as one."""
RARE = 0.01
"""A word that fewer have is rare."""
BANDS = 3
COVERED = 0.05
"""Part of the customers a tag must say something of, to say anything of types of them."""
OTHERS = "…"
Test = Mapping[str, object]
"""What a value is in the tag language: ``{city: 上海}``, ``{orders: {gt: 3}}``."""


@dataclass(frozen=True, slots=True)
class Question:
    """A tag, and the values it is taken to have."""

    tag: str
    values: tuple[str | bool, ...]
    """Words and truths; of numbers, how the band is said."""
    tests: tuple[Test | None, ...]
    """By value; None = cannot be said in one condition (all the rare ones)."""
    also: tuple[str, ...] = ()
    """Tags that ask the same, of whoever does not answer this one."""


@dataclass(frozen=True, slots=True)
class Answers:
    questions: tuple[Question, ...]
    codes: Codes
    """(customers, questions): the place of the value, or `UNKNOWN`."""

    def take(self, rows: npt.NDArray[np.int64]) -> Answers:
        return Answers(self.questions, self.codes[rows])


def choose_tags(tags: Sequence[Tag], personal: Sequence[str] = ()) -> list[str]:
    """What personas are made of unless somebody says otherwise: facts about people that are words or truths. How much
    somebody buys comes and goes; who they are and what they like stays."""
    return [
        tag.name
        for tag in tags
        if tag.layer is Layer.FACT and tag.name not in personal and not isinstance(tag.definition, Dated)
    ]


def read_answers(folded: Folded, tags: Sequence[str], zone: str, chosen: bool = False) -> Answers:
    """Of everybody in the fold. Tags that say too little, or the same of everybody, are left out; numbers too, unless
    they were ``chosen`` by somebody."""
    questions: list[Question] = []
    columns: list[Codes] = []
    for name in tags:
        column = folded.columns[name]
        found = None
        if column.type in (ValueType.TEXT, ValueType.BOOL):
            found = read_words(name, column)
        elif chosen and column.type in (ValueType.INTEGER, ValueType.DECIMAL, ValueType.FLOAT):
            found = read_bands(name, as_doubles(column, local_day(folded.as_of, zone)))
        if found is not None:
            questions.append(found[0])
            columns.append(found[1])
    shape = len(folded.customers), 0
    return Answers(tuple(questions), np.column_stack(columns) if columns else np.zeros(shape, np.int64))


def read_words(name: str, column: TagColumn) -> tuple[Question, Codes] | None:
    words: tuple[Scalar, ...] = (False, True) if column.type is ValueType.BOOL else column.dictionary
    codes = column.values.astype(np.int64)
    known = codes >= 0
    counts = np.bincount(codes[known], minlength=len(words))
    often = np.flatnonzero(counts >= max(RARE * len(codes), 1))
    if known.sum() < COVERED * len(codes):
        return None
    kept = often[np.argsort(-counts[often], kind="stable")][:MOST_WORDS]
    rest = int(counts.sum() - counts[kept].sum())
    if len(kept) + (rest > 0) < 2 or rest > counts.sum() / 2:  # the same of all, or nearly of each another
        return None
    table = np.full(len(words) + 1, len(kept))
    table[kept], table[-1] = np.arange(len(kept)), UNKNOWN
    values = [words[place] for place in kept.tolist()]
    tests: list[Test | None] = [{name: value} for value in values]
    if rest:
        values.append(OTHERS)
        tests.append(None)
    return Question(name, tuple(v if isinstance(v, bool) else str(v) for v in values), tuple(tests)), table[codes]


def read_bands(name: str, numbers: npt.NDArray[np.float64]) -> tuple[Question, Codes] | None:
    known = ~np.isnan(numbers)
    bounds = sorted(set(cut(numbers, [part / BANDS for part in range(1, BANDS)])))
    highest = float(numbers[known].max(initial=-np.inf))
    bounds = [bound for bound in bounds if bound < highest]
    if known.sum() < COVERED * len(numbers) or not bounds:
        return None
    codes = np.where(known, np.searchsorted(bounds, numbers, side="left"), UNKNOWN)
    said = [
        f"≤ {bounds[0]:g}",
        *(f"{low:g} – {high:g}" for low, high in pairwise(bounds)),
        f"> {bounds[-1]:g}",
    ]
    tests: list[Test] = [{name: {"lte": bounds[0]}}]
    tests += [{"all": [{name: {"gt": low}}, {name: {"lte": high}}]} for low, high in pairwise(bounds)]
    return Question(name, tuple(said), (*tests, {name: {"gt": bounds[-1]}})), codes
