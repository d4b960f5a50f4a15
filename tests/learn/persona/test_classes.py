"""Types that were planted are found, their number too; rules follow them; chance is not taken for types."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import DataError
from limner.learn.persona.answers import UNKNOWN, Answers, Codes, Question
from limner.learn.persona.classes import choose_count, find_stability, fit_classes, match_classes, rand_index
from limner.learn.persona.finding import find_types
from limner.learn.persona.rules import write_rules


def ask(name: str, values: int = 4) -> Question:
    words = tuple(f"v{place}" for place in range(values))
    return Question(name, words, tuple({name: word} for word in words))


def plant(customers: int, types: int = 3, questions: int = 6, seed: int = 1) -> tuple[Answers, Codes]:
    """Each type answers each question its own way three times out of four; a third of the answers is missing."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, types, customers)
    own = np.array([(truth + question) % 4 for question in range(questions)]).T
    codes = np.where(chance.random(own.shape) < 0.75, own, chance.integers(0, 4, own.shape))
    codes[chance.random(own.shape) < 0.33] = UNKNOWN
    return Answers(tuple(ask(f"q{place}") for place in range(questions)), codes), truth


def test_planted_types_are_found_and_followed() -> None:
    answers, truth = plant(1200)
    classes, criteria = choose_count(answers, most=5)
    assert len(classes.shares) == 3
    assert min(criteria, key=lambda count: criteria[count]) == 3
    assert rand_index(truth, classes.assign(answers)) > 0.75
    assert find_stability(answers, classes, resamples=2).mean() > 0.8
    rules = write_rules(classes, answers)
    assert (rules.assign(answers) == classes.assign(answers)).mean() > 0.9


def test_rules_say_what_they_do() -> None:
    """Written in the tag language and read word by word, they put everybody where `assign` does."""
    answers, _ = plant(400)
    rules = write_rules(fit_classes(answers, 3), answers)
    written = rules.write(answers, ["a", "b", "c"])

    def holds(condition: object, row: int) -> bool:
        assert isinstance(condition, dict)
        ((word, inside),) = condition.items()
        if word in ("all", "any"):
            return (all if word == "all" else any)(holds(part, row) for part in inside)
        place = int(word.removeprefix("q"))
        return bool(answers.codes[row, place] == int(inside.removeprefix("v")))

    assigned = rules.assign(answers)
    for row in range(400):
        said = next(tier["else"] if "else" in tier else tier["then"] for tier in written
                    if "else" in tier or holds(tier["if"], row))  # fmt: skip
        assert said == "abc"[assigned[row]]


def test_what_answers_at_random_is_not_stable() -> None:
    chance = np.random.default_rng(3)
    answers = Answers(tuple(ask(f"q{place}") for place in range(5)), chance.integers(0, 4, (600, 5)))
    assert find_stability(answers, fit_classes(answers, 4), resamples=2).mean() < 0.4


def test_types_keep_their_names() -> None:
    answers, _ = plant(600)
    first = find_types(answers, 3)
    turned = find_types(answers, 3, (("p3", "p1", "p2"), first.members))
    assert turned.names == ("p3", "p1", "p2")
    fourth = find_types(answers, 4, (first.names, first.members))
    assert set(first.names) < set(fourth.names)
    assert "p4" in fourth.names


def test_too_little_is_a_sentence() -> None:
    answers, _ = plant(30)
    with pytest.raises(DataError, match="There are 30 customers"):
        find_types(answers)
    alone = Answers((ask("q0"),), np.zeros((500, 1), np.int64))
    with pytest.raises(DataError, match="two tags"):
        find_types(alone)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
def test_the_rand_index_counts_pairs(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    both = [(one[i] == one[j], other[i] == other[j]) for i in range(len(one)) for j in range(i)]
    together, left, right = (sum(chosen) for chosen in zip(*[(a and b, a, b) for a, b in both], strict=True))
    usual, most = left * right / len(both), (left + right) / 2
    assert rand_index(one, other) == pytest.approx(1.0 if most == usual else (together - usual) / (most - usual))


def test_types_that_share_too_few_members_are_others() -> None:
    before, now = np.repeat([0, 1], 10), np.repeat([1, 0, 1], [9, 6, 5])
    assert match_classes(before, now) == {1: 0}
    assert match_classes(np.repeat([0, 1], 10), np.tile([0, 1], 10)) == {}
