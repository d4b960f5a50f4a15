"""Tags that ask the same are one question; what has nothing to do with the others is left out."""

from __future__ import annotations

import numpy as np
from tests.learn.persona.test_classes import ask

from limner.learn.persona.answers import UNKNOWN, Answers, Codes, Question
from limner.learn.persona.links import choose_questions, find_links

WORDS = tuple(f"w{place}" for place in range(4))


def speak(name: str, of: str = "") -> Question:
    """With words that others have as well, unless they are ``of`` something."""
    words = tuple(f"{of}{word}" for word in WORDS)
    return Question(name, words, tuple({name: word} for word in words))


def make(customers: int = 900, seed: int = 2) -> Answers:
    """Three types: bought and looked at say the same of each customer; door goes with bought; lot is by lot, and city
    and street go with each other alone."""
    chance = np.random.default_rng(seed)
    types = chance.integers(0, 3, customers)

    def noisy(codes: Codes, sure: float, values: int) -> Codes:
        return np.where(chance.random(customers) < sure, codes, chance.integers(0, values, customers))

    bought = noisy(types, 0.7, 4)
    city = chance.integers(0, 4, customers)
    columns = {
        "bought": np.where(chance.random(customers) < 0.5, noisy(bought, 0.9, 4), UNKNOWN),
        "looked_at": np.where(chance.random(customers) < 0.6, noisy(bought, 0.9, 4), UNKNOWN),
        "door": noisy(types, 0.7, 4),
        "age": noisy(types, 0.7, 4),
        "lot": chance.integers(0, 4, customers),
        "city": city,
        "street": noisy(city, 0.9, 4),
    }
    asked = [speak(name, "" if name in ("bought", "looked_at") else name) for name in columns]
    return Answers(tuple(asked), np.column_stack(list(columns.values())))


def test_twins_are_joined_and_what_tells_nothing_is_left_out() -> None:
    answers = make()
    chosen = choose_questions(answers)
    assert {question.tag: question.also for question in chosen.questions} in (
        {"bought": ("looked_at",), "door": (), "age": ()},
        {"looked_at": ("bought",), "door": (), "age": ()},
    )
    first, second = chosen.questions[0].tag, chosen.questions[0].also[0]
    own, other = (answers.codes[:, [q.tag for q in answers.questions].index(tag)] for tag in (first, second))
    assert np.array_equal(chosen.codes[:, 0], np.where(own == UNKNOWN, other, own))


def test_what_somebody_named_is_joined_and_kept() -> None:
    chosen = choose_questions(make(), named=True)
    assert [question.tag for question in chosen.questions][1:] == ["door", "age", "lot", "city", "street"]


def test_a_joined_question_is_a_condition_that_says_the_same() -> None:
    answers = make()
    question = choose_questions(answers).questions[0]
    first, second = question.tag, question.also[0]
    assert question.tests[question.values.index("w1")] == {
        "any": [{first: "w1"}, {"all": [{first: {"is_null": True}}, {second: "w1"}]}]
    }


def test_links_are_of_those_who_answered_both() -> None:
    answers = make()
    places = {question.tag: place for place, question in enumerate(answers.questions)}
    links = find_links(answers)
    assert links[places["bought"], places["looked_at"]] > 100
    assert links[places["lot"], places["door"]] <= 0
    assert np.array_equal(links, links.T)


def test_yes_and_no_are_words_of_everything() -> None:
    """Two truths that agree are no twins: what they ask is not told by their answers."""
    chance = np.random.default_rng(1)
    same = chance.integers(0, 2, 500)
    yes_no = tuple(Question(name, (False, True), ({name: False}, {name: True})) for name in ("child", "toys"))
    answers = Answers((*yes_no, ask("door", 2)), np.column_stack([same, same, same]))
    assert len(choose_questions(answers, named=True).questions) == 3
