"""Which questions have to do with each other, before types are sought in them.

Types are to explain why answers go together. Two tags that ask the same (what is bought most, what is looked at most)
go together whatever the types are, and would be taken for one: they are joined, the first that knows answers. A
question that goes together with hardly any other tells nothing of types; it would only make them shake.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from limner.learn.persona.answers import OTHERS, UNKNOWN, Answers, Codes, Question, Test
from limner.learn.persona.classes import MOST_FITTED

TOGETHER = 50
"""Customers who must have answered both questions for anything to be said of the two."""
ALIKE = 0.5
"""Cohen's kappa from which two questions with the same words ask the same."""
SHARED = 3
"""Words that they must have in common, and half of the words of the one that has fewer."""
REPEATED = 0.4
"""Part of the uncertainty about a question that the nearest other takes away, from which it repeats that one ..."""
ELSEWHERE = 0.1
"""... unless it has to do with the rest as well: so much of all that links it to others."""
LEAST = 3
"""Questions, under which none is left out."""


def find_links(answers: Answers) -> npt.NDArray[np.float64]:
    """(questions, questions): the evidence that two depend on each other, by Schwarz's criterion (2 ln of the odds);
    0 or less = none."""
    count = len(answers.questions)
    links = np.zeros((count, count))
    for one in range(count):
        for other in range(one):
            links[one, other] = links[other, one] = weigh_link(cross(answers, one, other))
    return links


def cross(answers: Answers, one: int, other: int) -> npt.NDArray[np.float64]:
    """How many gave which two answers."""
    left, right = answers.codes[:, one], answers.codes[:, other]
    both = (left != UNKNOWN) & (right != UNKNOWN)
    shape = len(answers.questions[one].values), len(answers.questions[other].values)
    flat = np.bincount(left[both] * shape[1] + right[both], minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)


def weigh_link(table: npt.NDArray[np.float64]) -> float:
    """G, the likelihood ratio against independence, less what as many free numbers cost."""
    table = table[np.ix_(table.sum(axis=1) > 0, table.sum(axis=0) > 0)]
    total = table.sum()
    if total < TOGETHER or min(table.shape) < 2:
        return 0.0
    usual = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / total
    ratio = np.divide(table, usual, out=np.ones_like(table), where=table > 0)
    free = (table.shape[0] - 1) * (table.shape[1] - 1)
    return float(2 * (table * np.log(ratio)).sum() - free * np.log(total))


def choose_questions(answers: Answers, named: bool = False) -> Answers:
    """What types are sought in: twins joined, and, unless somebody ``named`` them, those that add something."""
    if len(answers.questions) < 2:
        return answers
    looked = thin(answers)
    groups = group_twins(looked)
    looked, joined = (join_groups(each, groups) for each in (looked, answers))
    kept = list(range(len(groups))) if named else keep_linked(looked)
    return Answers(tuple(joined.questions[place] for place in kept), joined.codes[:, kept])


def thin(answers: Answers) -> Answers:
    rows = np.arange(len(answers.codes))
    if len(rows) > MOST_FITTED:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_FITTED, replace=False))
    return answers.take(rows)


def group_twins(answers: Answers) -> list[list[int]]:
    """Questions that ask the same together, the one first that has most to do with the rest."""
    links, count = np.maximum(find_links(answers), 0), len(answers.questions)
    twins = np.array([[are_twins(answers, one, other) for other in range(count)] for one in range(count)])
    _, group_of = connected_components(csr_matrix(twins), directed=False)
    groups = []
    for place in np.unique(group_of, return_index=True)[1]:
        apart = group_of != group_of[place]
        groups.append(sorted(np.flatnonzero(~apart).tolist(), key=lambda one: (-float(links[one, apart].sum()), one)))
    return sorted(groups, key=min)


def join_groups(answers: Answers, groups: Sequence[Sequence[int]]) -> Answers:
    joined = [join_questions(answers, group) for group in groups]
    return Answers(tuple(question for question, _ in joined), np.column_stack([codes for _, codes in joined]))


def are_twins(answers: Answers, one: int, other: int) -> bool:
    """Have two questions the same words, and do they get the same answers?"""
    left, right = (answers.questions[place].values for place in (one, other))
    common = [word for word in left if word in right and isinstance(word, str) and word != OTHERS]
    if len(common) < max(SHARED, min(len(left), len(right)) / 2):
        return False
    table = cross(answers, one, other)
    total = table.sum()
    if total < TOGETHER:
        return False
    places = [left.index(word) for word in common], [right.index(word) for word in common]
    same = table[places].sum() / total
    chance = float((table.sum(axis=1)[places[0]] * table.sum(axis=0)[places[1]]).sum() / total**2)
    return bool(same - chance >= ALIKE * (1 - chance))


def join_questions(answers: Answers, group: Sequence[int]) -> tuple[Question, Codes]:
    """One question of several: whoever does not answer the first is asked the next."""
    asked = [answers.questions[place] for place in group]
    values = tuple(dict.fromkeys(value for question in asked for value in question.values))
    codes = np.full(len(answers.codes), UNKNOWN, np.int64)
    for place, question in zip(group, asked, strict=True):
        own = answers.codes[:, place]
        fresh = (codes == UNKNOWN) & (own != UNKNOWN)
        codes[fresh] = np.array([values.index(value) for value in question.values])[own[fresh]]
    tests = tuple(write_test(value, asked) for value in values)
    return Question(asked[0].tag, values, tests, tuple(question.tag for question in asked[1:])), codes


def write_test(value: str | bool, asked: Sequence[Question]) -> Test | None:
    """What it is to give this answer, the earlier questions unanswered; None = cannot be said in one condition."""
    ways: list[Test] = []
    for place, question in enumerate(asked):
        if value in question.values:
            test = question.tests[question.values.index(value)]
            if test is None:
                return None
            before: list[Test] = [{earlier.tag: {"is_null": True}} for earlier in asked[:place]]
            ways.append({"all": [*before, test]} if before else test)
    return ways[0] if len(ways) == 1 else {"any": ways}


def keep_linked(answers: Answers) -> list[int]:
    """Without questions that go together with no other, or repeat one, as long as enough are left."""
    kept = list(range(len(answers.questions)))
    links = np.maximum(find_links(answers), 0)
    while len(kept) > LEAST and (out := find_idle(answers, links, kept)) is not None:
        kept.remove(out)
    return kept


def find_idle(answers: Answers, links: npt.NDArray[np.float64], kept: Sequence[int]) -> int | None:
    """The question that has least to do with the others, of those that add nothing; None = each adds something."""
    idle = []
    for place in kept:
        mine = links[place, kept]
        nearest = kept[int(mine.argmax())]
        rest = float(mine.sum() - mine.max())
        if not mine.any() or (rest <= ELSEWHERE * mine.sum() and explain(cross(answers, place, nearest)) >= REPEATED):
            idle.append((rest, place))
    return min(idle)[1] if idle else None


def explain(table: npt.NDArray[np.float64]) -> float:
    """Theil's uncertainty coefficient: how much of the uncertainty about the rows the columns take away, 0 to 1."""
    table = table[table.sum(axis=1) > 0] / max(table.sum(), 1)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    usual = rows[:, None] * columns
    shared = float((table * np.log(np.divide(table, usual, out=np.ones_like(table), where=table > 0))).sum())
    whole = -float((rows * np.log(rows)).sum())
    return shared / whole if whole > 0 else 0.0
