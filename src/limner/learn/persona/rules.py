"""Who belongs to which persona, as tiers of the tag language: so membership is exact at any instant, and can be read.

A tree is grown that puts customers where the classes would; every split is one condition. It learns from customers
drawn from the classes as well, so that it follows them and not the accidents of the customers there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from limner.learn.persona.answers import UNKNOWN, Answers, Codes
from limner.learn.persona.classes import Classes, mark

MOST_LEAVES = 64
DRAWN = 30_000
"""Customers drawn from the classes to learn from."""
FEWEST = 30
"""Of them in a leaf."""
Floats = npt.NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Node:
    """Of the tree; a leaf unless it is split."""

    rows: Codes
    type: int
    gain: float
    column: int
    """Of the marks: what its best split asks."""
    holds: Node | None = None
    fails: Node | None = None


Path = tuple[int, ...]
"""Columns of the marks that must all hold."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Tiers: the first whose path holds is the customer's; the last path is empty.

    What does not hold need not be said: where a split is, those for whom it holds come first, all of them.
    """

    branches: tuple[tuple[Path, int], ...]

    def assign(self, answers: Answers) -> Codes:
        marks = mark(answers) > 0
        types = np.full(len(marks), UNKNOWN, np.int64)
        for path, of_type in self.branches:
            types[(types == UNKNOWN) & marks[:, list(path)].all(axis=1)] = of_type
        return types

    def write(self, answers: Answers, names: Sequence[str]) -> list[Mapping[str, object]]:
        """As the language has them, by the names of the types; neighbours of one type as one tier."""
        tests = [test for question in answers.questions for test in question.tests]
        written: list[Mapping[str, object]] = []
        for of_type, group in groupby(self.branches[:-1], key=lambda branch: branch[1]):
            ways = [as_condition([tests[column] for column in path], "all") for path, _ in group]
            written.append({"if": as_condition(ways, "any"), "then": names[of_type]})
        return [*written, {"else": names[self.branches[-1][1]]}]


def as_condition(parts: Sequence[object], word: str) -> object:
    return parts[0] if len(parts) == 1 else {word: list(parts)}


def write_rules(classes: Classes, answers: Answers, seed: int = 0) -> Rules:
    """Rules that put customers where the classes would, as far as so many leaves can."""
    drawn = draw_like(classes, answers, np.random.default_rng(seed))
    marks = mark(drawn)
    sayable = [test is not None for question in answers.questions for test in question.tests]
    columns = np.flatnonzero(np.array(sayable) & (marks.sum(axis=0) > 0))
    branches = list(list_branches(grow(marks, columns, classes.belong(drawn)), ()))
    while len(branches) > 1 and branches[-2][1] == branches[-1][1]:  # what the end says anyway
        del branches[-2]
    return Rules(tuple(branches))


def list_branches(node: Node, path: Path) -> Iterator[tuple[Path, int]]:
    if node.holds is None or node.fails is None or len(list_types(node)) == 1:
        yield path, node.type
        return
    yield from list_branches(node.holds, (*path, node.column))
    yield from list_branches(node.fails, path)


def list_types(node: Node) -> set[int]:
    """Of the leaves under it."""
    if node.holds is None or node.fails is None:
        return {node.type}
    return list_types(node.holds) | list_types(node.fails)


def draw_like(classes: Classes, answers: Answers, chance: np.random.Generator) -> Answers:
    """Customers of the classes who leave the same questions unanswered as real ones."""
    rows = chance.integers(0, len(answers.codes), DRAWN)
    own = (classes.belong(answers.take(rows)).cumsum(axis=1) > chance.random(DRAWN)[:, None]).argmax(axis=1)
    codes = answers.codes[rows].copy()
    invented = chance.random(DRAWN) < 0.5
    begin = 0
    for place, question in enumerate(answers.questions):
        width = len(question.values)
        chances = classes.chances[:, begin : begin + width].cumsum(axis=1)
        values = (chances[own] > chance.random(DRAWN)[:, None] * chances[own][:, -1:]).argmax(axis=1)
        codes[:, place] = np.where((codes[:, place] >= 0) & invented, values, codes[:, place])
        begin += width
    return Answers(answers.questions, codes)


def grow(marks: Floats, columns: Codes, belonging: Floats) -> Node:
    """The root: always the split next that lowers Gini's impurity most."""
    root = measure(np.arange(len(marks)), marks, columns, belonging)
    leaves = [root]
    while len(leaves) < MOST_LEAVES:
        best = max(leaves, key=lambda leaf: leaf.gain)
        if best.gain <= 0:
            break
        holds = marks[best.rows, best.column] > 0
        best.holds = measure(best.rows[holds], marks, columns, belonging)
        best.fails = measure(best.rows[~holds], marks, columns, belonging)
        leaves.remove(best)
        leaves += [best.holds, best.fails]
    return root


def measure(rows: Codes, marks: Floats, columns: Codes, belonging: Floats) -> Node:
    """A leaf of these rows, with its best split."""
    own = belonging[rows]
    whole = own.sum(axis=0)
    holds = marks[np.ix_(rows, columns)].T @ own
    rest = whole - holds
    counts, others = holds.sum(axis=1), rest.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        purity = (holds**2).sum(axis=1) / counts + (rest**2).sum(axis=1) / others
    purity[(counts < FEWEST) | (others < FEWEST)] = -np.inf
    best = int(purity.argmax())
    gain = float(purity[best] - (whole**2).sum() / whole.sum()) if np.isfinite(purity[best]) else 0.0
    return Node(rows, int(whole.argmax()), gain, int(columns[best]))
