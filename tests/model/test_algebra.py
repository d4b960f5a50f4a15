"""Audiences in the rules of others."""

from __future__ import annotations

import pytest

from limner.errors import DefinitionError
from limner.model.algebra import list_users, write_out
from limner.model.dump import dump_condition
from limner.model.parse import parse_condition
from limner.model.words import say

RULES = {
    "vips": parse_condition({"tier": "high"}),
    "lapsed": parse_condition({"idle": {"gt": 90}}),
    "both": parse_condition({"intersect": ["vips", "lapsed"]}),
}


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ({"union": ["vips", "lapsed"]}, {"any": [{"tier": "high"}, {"idle": {"gt": 90}}]}),
        ({"intersect": ["vips", {"city": "上海"}]}, {"all": [{"tier": "high"}, {"city": "上海"}]}),
        (
            {"minus": [{"all": []}, "vips", "lapsed"]},
            {"all": [{"all": []}, {"not": {"tier": "high"}}, {"not": {"idle": {"gt": 90}}}]},
        ),
        ({"not": {"audience": "both"}}, {"not": {"all": [{"tier": "high"}, {"idle": {"gt": 90}}]}}),
        ({"audience": "vips", "snapshot": 3}, {"audience": "vips", "snapshot": 3}),
    ],
)
def test_names_are_written_out(rule: object, written: object) -> None:
    condition = parse_condition(rule)
    assert dump_condition(write_out(condition, RULES)) == written
    assert parse_condition(dump_condition(condition)) == condition


@pytest.mark.parametrize(
    "rule",
    [
        {"union": ["vips"]},
        {"minus": "vips"},
        {"audience": 5},
        {"audience": "vips", "snapshot": 0},
        {"audience": "a", "x": 1},
    ],
)
def test_what_is_no_algebra(rule: object) -> None:
    with pytest.raises(DefinitionError):
        parse_condition(rule)


def test_an_unknown_audience_is_said_with_what_was_meant() -> None:
    with pytest.raises(DefinitionError, match="Did you mean vips"):
        write_out(parse_condition({"audience": "vip"}), RULES)


def test_circles_are_named() -> None:
    rules = {name: parse_condition({"audience": other}) for name, other in (("a", "b"), ("b", "c"), ("c", "b"))}
    with pytest.raises(DefinitionError, match="cannot depend on itself: b → c → b"):
        write_out(rules["a"], rules)


def test_what_grows_beyond_its_bound_is_refused_at_once() -> None:
    """Each has the one before twice: written out, the last would have a million tests."""
    rules = {"a0": parse_condition({"tier": "high"})}
    for i in range(1, 15):
        rules[f"a{i}"] = parse_condition({"union": [f"a{i - 1}", f"a{i - 1}"]})
    with pytest.raises(DefinitionError, match="more than 500 tests"):
        write_out(parse_condition({"audience": "a14"}), rules)
    deep = {"b0": parse_condition({"tier": "high"})} | {
        f"b{i}": parse_condition({"audience": f"b{i - 1}"}) for i in range(1, 20)
    }
    with pytest.raises(DefinitionError, match="more than 16 deep"):
        write_out(parse_condition({"audience": "b19"}), deep)
    many = [{"did": f"event_{i}"} for i in range(65)]
    with pytest.raises(DefinitionError, match="65 different behaviours"):
        write_out(parse_condition({"any": many}), {})


def test_users_are_found_through_others() -> None:
    rules = RULES | {"top": parse_condition({"not": {"audience": "both"}})}
    assert list_users("vips", rules) == ["both", "top"]
    assert list_users("top", rules) == []


def test_it_is_said_in_words() -> None:
    condition = parse_condition({"minus": ["vips", {"audience": "lapsed", "snapshot": 2}]})
    assert say(condition, "en") == "is in the audience vips and not was in snapshot 2 of the audience lapsed" or say(
        condition, "en"
    ).startswith("is in the audience vips")
    assert "属于人群“vips”" in say(condition, "zh")
