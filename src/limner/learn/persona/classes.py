"""Latent class analysis: which types would make the answers of customers independent of each other.

Lazarsfeld and Henry (1968); fitted by expectation and maximisation (Goodman 1974, Biometrika 61). An unknown answer
adds nothing, as it is missing at random given the type. How many types there are says AIC3, Akaike's criterion with
three for each free number (Bozdogan 1993): of latent classes it finds the right number more often than Schwarz's,
which takes the rarer types of a few thousand customers for chance (Dias 2006). How far types are real, whether
resampled customers give the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.special import comb

from limner.errors import DataError
from limner.learn.persona.answers import Answers, Codes

Floats = npt.NDArray[np.float64]
Progress = Callable[[str, int, int], None]
FEWEST = 200
"""Customers under which no type can be told from chance."""
STARTS = 8
FIRST_ROUNDS, ROUNDS = 15, 200
"""Every beginning is followed a little way, the best one to the end."""
CLOSE = 1e-7
"""Of the log-likelihood: when a round adds less of it, the fit is done."""
PRIOR = 0.5
"""Customers, spread as everybody is, that each type is given, so that no answer is ever impossible."""
COST = 3.0
"""Of a free number, see the criterion."""
MOST_FITTED = 20_000
"""A fit looks at a sample of so many."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Types of customers."""

    shares: Floats
    """(types,)"""
    chances: Floats
    """(types, values of all questions side by side): how likely each answer is."""
    log_likelihood: float
    customers: int

    def belong(self, answers: Answers) -> Floats:
        """(customers, types): how likely each customer is of each type."""
        heights = np.log(self.shares) + mark(answers) @ np.log(self.chances.T)
        return normalise(heights)[0]

    def assign(self, answers: Answers) -> Codes:
        types: Codes = self.belong(answers).argmax(axis=1)
        return types

    def criterion(self, answers: Answers) -> float:
        """AIC3; lower is better."""
        free = sum(len(question.values) - 1 for question in answers.questions)
        count = len(self.shares)
        return -2 * self.log_likelihood + COST * (count - 1 + count * free)


def mark(answers: Answers) -> Floats:
    """(customers, values of all questions): 1 where it is the answer."""
    sizes = [len(question.values) for question in answers.questions]
    marks = np.zeros((len(answers.codes), sum(sizes)))
    for place, begin in enumerate(np.cumsum([0, *sizes])[:-1].tolist()):
        rows = np.flatnonzero(answers.codes[:, place] >= 0)
        marks[rows, begin + answers.codes[rows, place]] = 1
    return marks


def fit_classes(answers: Answers, count: int, seed: int = 0, starts: int = STARTS) -> Classes:
    """``count`` types. Of several beginnings the likeliest end; the largest type first. DataError on too little."""
    check_answers(answers)
    chance = np.random.default_rng([seed, count])
    rows = np.arange(len(answers.codes))
    if len(rows) > MOST_FITTED:
        rows = np.sort(chance.choice(rows, MOST_FITTED, replace=False))
    marks = mark(answers.take(rows))
    ends = np.cumsum([len(question.values) for question in answers.questions])
    blocks = [slice(int(end) - len(q.values), int(end)) for end, q in zip(ends, answers.questions, strict=True)]
    found = [
        climb(marks, blocks, chance.dirichlet(np.full(count, 0.3), len(rows)), FIRST_ROUNDS) for _ in range(starts)
    ]
    ahead = max(found, key=lambda one: one.log_likelihood)
    best = climb(marks, blocks, normalise(np.log(ahead.shares) + marks @ np.log(ahead.chances.T))[0], ROUNDS)
    order = np.argsort(-best.shares, kind="stable")
    return Classes(best.shares[order], best.chances[order], best.log_likelihood, best.customers)


def climb(marks: Floats, blocks: list[slice], belonging: Floats, rounds: int) -> Classes:
    usual = marks.mean(axis=0)
    before = -np.inf
    customers = len(marks)
    for _ in range(rounds):
        shares = (belonging.sum(axis=0) + 1) / (customers + belonging.shape[1])
        chances = belonging.T @ marks + PRIOR * usual
        for block in blocks:
            chances[:, block] /= chances[:, block].sum(axis=1, keepdims=True)
        heights = np.log(shares) + marks @ np.log(np.maximum(chances, 1e-12).T)
        belonging, total = normalise(heights)
        if total - before < CLOSE * abs(total):
            break
        before = total
    return Classes(shares, np.maximum(chances, 1e-12), total, customers)


def normalise(heights: Floats) -> tuple[Floats, float]:
    """Logarithms of likelihoods as chances that add up to 1 in each row; and the logarithm of all together."""
    highest = heights.max(axis=1, keepdims=True)
    parts: Floats = np.exp(heights - highest)
    sums = parts.sum(axis=1, keepdims=True)
    return parts / sums, float((highest + np.log(sums)).sum())


def check_answers(answers: Answers) -> None:
    if len(answers.codes) < FEWEST:
        raise DataError(
            f"There are {len(answers.codes)} customers to find types among; fewer than {FEWEST} would show chance.",
            hint="Wait for more, or widen the population.",
        )
    if len(answers.questions) < 2:
        raise DataError(
            "Personas need two tags at least that tell customers apart: words, truths, or numbers you name.",
            hint="A tag must have a value for one in twenty customers, and not the same one for all.",
        )


def choose_count(
    answers: Answers, least: int = 2, most: int = 9, seed: int = 0, progress: Progress | None = None
) -> tuple[Classes, dict[int, float]]:
    """As many types as the criterion wants; and the criterion by number of types, as far as it was looked at."""
    criteria: dict[int, float] = {}
    best: Classes | None = None
    for count in range(least, most + 1):
        if progress is not None:
            progress("types", count - least, most - least + 1)
        found = fit_classes(answers, count, seed)
        criteria[count] = found.criterion(answers)
        if best is None or criteria[count] < criteria[len(best.shares)]:
            best = found
        elif count >= len(best.shares) + 2:  # it rises, and goes on rising
            break
    assert best is not None, "there is one number to try at least"
    return best, criteria


def find_stability(answers: Answers, classes: Classes, seed: int = 0, resamples: int = 4) -> Floats:
    """Fitted to resampled customers, how far the types assign everybody as before: the adjusted Rand index of each."""
    check_answers(answers)
    chance = np.random.default_rng(seed)
    looked = answers
    if len(answers.codes) > MOST_FITTED:
        looked = answers.take(np.sort(chance.choice(len(answers.codes), MOST_FITTED, replace=False)))
    own = classes.assign(looked)
    found = []
    for again in range(resamples):
        drawn = looked.take(chance.integers(0, len(own), len(own)))
        found.append(rand_index(own, fit_classes(drawn, len(classes.shares), seed + again + 1, 4).assign(looked)))
    return np.array(found)


def rand_index(one: Codes, other: Codes) -> float:
    """Hubert and Arabie (1985): 1 = the same partition, 0 = what chance gives.

    >>> rand_index(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    table = cross(one, other)
    both, left, right = (float(comb(counts, 2).sum()) for counts in (table, table.sum(axis=1), table.sum(axis=0)))
    usual, most = left * right / comb(len(one), 2), (left + right) / 2
    return 1.0 if most == usual else float((both - usual) / (most - usual))


def cross(one: Codes, other: Codes) -> npt.NDArray[np.int64]:
    width = int(other.max()) + 1
    flat = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width)
    return flat.reshape(-1, width)


def match_classes(before: Codes, now: Codes, least: float = 0.5) -> dict[int, int]:
    """Which new type is which old one: pairs that share most of their members (Jaccard's index), each once."""
    table = cross(now, before)
    union = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
    alike = table / np.maximum(union, 1)
    rows, columns = linear_sum_assignment(-alike)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if alike[row, column] >= least}
