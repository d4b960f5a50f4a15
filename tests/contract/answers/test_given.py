"""What `ports.answers.Answers` promises. A new adapter is done when it is added to `answers`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from limner.adapters.catalog import SqlAnswers, SqlCatalog
from limner.ports.answers import Answer

GIVEN = Answer("k1", "a", "digest", 201, "sealed", 100)


@pytest.fixture
def answers(store: SqlCatalog) -> SqlAnswers:
    return SqlAnswers(store)


def test_an_answer_is_found_by_caller_and_key(answers: SqlAnswers) -> None:
    answers.keep(GIVEN, 0, 10)
    assert answers.find("k1", "a") == GIVEN
    assert (answers.find("k2", "a"), answers.find("k1", "b")) == (None, None)
    later = replace(GIVEN, asked="other", at=101)
    answers.keep(later, 0, 10)
    assert answers.find("k1", "a") == later


def test_old_answers_and_too_many_are_forgotten(answers: SqlAnswers) -> None:
    for at in range(100, 105):
        answers.keep(replace(GIVEN, key=f"{at}", at=at), 0, 3)
    answers.keep(replace(GIVEN, caller="k2", at=50), 0, 3)
    assert [answers.find("k1", f"{at}") is not None for at in range(100, 105)] == [False, False, True, True, True]
    answers.keep(replace(GIVEN, key="new", at=200), 104, 3)
    assert answers.find("k2", "a") is None
    assert answers.find("k1", "103") is None
    assert answers.find("k1", "104") is not None
    answers.forget()
    assert answers.find("k1", "new") is None
