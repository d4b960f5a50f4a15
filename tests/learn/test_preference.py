"""Declarations of tastes and interests, and how words are found in texts."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import DefinitionError
from limner.learn.bands import name_bands
from limner.learn.declaration import parse_model
from limner.learn.kinds import KINDS
from limner.learn.preference.later import measure_later
from limner.learn.preference.liking import Taste
from limner.learn.taste import NONE, find_tastes


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "taste"}, "which tastes"),
        ({"kind": "taste", "tastes": {"category": {}}}, "no event is read"),
        ({"kind": "taste", "tastes": {"price": {"read": {"order": "amount"}, "bands": [9, 3]}}}, "numbers that ascend"),
        ({"kind": "taste", "tastes": {"weekday": [3]}}, "name of an event"),
        ({"kind": "taste", "tastes": {"weekday": ["order"]}, "evidence": {"share": 30}}, "out of range"),
        ({"kind": "taste", "tastes": {"weekday": ["order"]}, "half_life": "3 moons"}, "not a length of time"),
        ({"kind": "interest", "interests": {"sport": ["run"]}}, "no event is read"),
        ({"kind": "interest", "read": {"view": "category"}}, "which interests"),
        ({"kind": "interest", "read": {"view": "category"}, "interests": {"sport": []}}, "no word speaks"),
        ({"kind": "interest", "read": {"view": "category"}, "interests": {"sport": {"run": 7}}}, "out of range"),
    ],
)
def test_what_is_wrong_is_said(fields: dict[str, object], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        parse_model("m", fields, KINDS)


def test_words_are_found_in_texts() -> None:
    fields = {
        "kind": "interest",
        "read": {"view": "title"},
        "interests": {"art": {"art": 1}, "tea": {"茶": 0.5, "龙井": 1}},
    }
    options = parse_model("m", fields, KINDS).options
    texts = ["Art of tea", "a smart phone", "明前龙井茶", "花茶;咖啡"]
    assert options.speak(texts).tolist() == [[1, 0], [0, 0], [0, 1], [0, 0.5]]


def test_a_value_nobody_had_when_it_was_learned_is_not_believed() -> None:
    who, what = [0] * 6, [0, 0, 0, 1, 1, 1]
    assert find_tastes(who, what, np.zeros(6), size=1, kinds=2, common=[0.1, 0]).value.tolist() == [0]
    assert find_tastes(who, what, np.zeros(6), size=1, kinds=2, common=[0, 0]).value.tolist() == [NONE]


def test_bands_have_names() -> None:
    assert name_bands((50, 200)) == ("<50", "50-200", "200+")
    assert Taste("price", (), (50, 200)).bands == (50, 200)


def test_later_choices_against_the_usual_ones() -> None:
    whose, liked, whole = np.array([1, 1, 2, 3]), np.array([1.0, 0, 1, 1]), np.ones(4)
    usual = np.array([0.2, 0.2, 0.3, np.nan])
    assert measure_later(whose, liked, whole, usual) == pytest.approx(0.75 / 0.25)
    assert np.isnan(measure_later(whose, liked, whole, np.full(4, np.nan)))
