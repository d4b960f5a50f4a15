"""Rules of tags that people, files and queries give: read, written back, and every mistake said."""

from __future__ import annotations

from typing import Any

import pytest

from limner.errors import DataError, DefinitionError
from limner.model.check import check_tags
from limner.model.dump import dump_tag
from limner.model.fold import Given
from limner.model.kinds import ValueKind, kind_of
from limner.model.parse import parse_tag
from limner.model.parse_given import read_given

FACT: dict[str, Any] = {"layer": "fact"}
QUANTILES = {"of": "spend", "at": [0.5, 0.9], "then": ["low", "mid", "high"]}


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"hand": "text"}, ValueKind.TEXT),
        ({"hand": {"type": "date"}}, ValueKind.TIME),
        ({"imported": "truth"}, ValueKind.TRUTH),
        ({"imported": {"type": "number", "expires": "90d"}}, ValueKind.NUMBER),
        ({"sql": "SELECT customer_id, 1 AS value FROM tags"}, ValueKind.NUMBER),
        ({"sql": {"query": "with a as (select 1) select 1", "type": "text", "every": "1d"}}, ValueKind.TEXT),
        ({"quantiles": QUANTILES}, ValueKind.TEXT),
        ({"quantiles": {**QUANTILES, "then": [1, 2, 3]}, "values": {1: {"zh": "低"}}}, ValueKind.NUMBER),
        ({"hand": "text", "values": ["a", {"value": "b", "title": {"zh": "乙", "en": "B"}}]}, ValueKind.TEXT),
    ],
)
def test_what_is_read_is_written_back(rule: dict[str, Any], kind: ValueKind) -> None:
    tag = parse_tag("x", {**FACT, **rule})
    assert parse_tag("x", dump_tag(tag)) == tag
    assert kind_of(tag.definition) is kind


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"hand": "truth"}, "hand.type: unknown type 'truth'. Known: date, number, text."),
        ({"hand": {}}, "hand.type: which values does it take?"),
        ({"imported": 3}, "imported: the rule is written as fields, but this is 3."),
        ({"imported": {"type": "nmber"}}, "imported.type: unknown type 'nmber'. Did you mean number?"),
        ({"imported": {"type": "text", "expires": "soon"}}, "imported.expires: 'soon' is not a length of time."),
        ({"sql": "DELETE FROM events"}, "sql.query: an SQL tag only reads."),
        ({"sql": {"every": "1d"}}, "sql.query: a query must be text, but this is empty."),
        ({"quantiles": {**QUANTILES, "at": [0.9, 0.5]}}, "quantiles.at: shares ascend from over 0 to under 1."),
        ({"quantiles": {**QUANTILES, "then": ["low", "high"]}}, "quantiles.then: 2 bounds make 3 parts"),
        ({"quantiles": {**QUANTILES, "then": ["low", 2, "high"]}}, "quantiles.then: all values of a tag are of one"),
        ({"hand": "text", "values": ["a", "a"]}, "values[1]: 'a' is there twice."),
        ({"hand": "text", "values": []}, "values: values is a list of the values a tag may have."),
    ],
)
def test_every_mistake_is_said(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_tag("x", {**FACT, **rule})
    assert str(caught.value).startswith(f"x: {said}")


def test_only_numbers_have_quantiles() -> None:
    tags = [parse_tag("spend", {**FACT, "hand": "text"}), parse_tag("x", {**FACT, "quantiles": QUANTILES})]
    assert [str(problem) for problem in check_tags(tags)] == [
        "x: quantiles: spend is text: only numbers have quantiles."
    ]
    unknown = check_tags([parse_tag("x", {**FACT, "quantiles": {**QUANTILES, "of": "y"}})])
    assert [problem.message for problem in unknown] == ["there is no tag 'y'."]


@pytest.mark.parametrize(
    ("written", "given", "value"),
    [
        (" 金卡 ", Given.TEXT, "金卡"),
        (12.0, Given.TEXT, "12"),
        ("1,234.5", Given.NUMBER, 1234.5),
        ("12.0", Given.NUMBER, 12),
        ("2026年11月1日", Given.DATE, "2026-11-01"),
        ("否", Given.TRUTH, False),
        (1, Given.TRUTH, True),
    ],
)
def test_values_are_read_as_people_write_them(written: object, given: Given, value: object) -> None:
    assert read_given(written, given) == value


@pytest.mark.parametrize(
    ("written", "given"),
    [("", Given.TEXT), ("x", Given.NUMBER), (True, Given.NUMBER), ("1e300", Given.NUMBER), ("nan", Given.NUMBER),
     ("2026-13-01", Given.DATE), ("maybe", Given.TRUTH), (None, Given.TEXT)],
)  # fmt: skip
def test_what_is_no_such_value_is_refused(written: object, given: Given) -> None:
    with pytest.raises(DataError):
        read_given(written, given)
