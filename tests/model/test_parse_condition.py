"""Conditions: leaves, behaviour, joins."""

import pytest

from limner.errors import DefinitionError
from limner.model.condition import All, AnyOf, Condition, Did, Not, TagTest
from limner.model.fold import Fold, Measure, Op, PropertyTest, Selection, Span, Step, Window
from limner.model.parse import parse_condition

HIGH = TagTest("tier", Op.EQ, "high")
PAID = Selection(("order_paid",))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"tier": "high"}, HIGH),
        ({"tier": ["high", "mid"]}, TagTest("tier", Op.IN, ("high", "mid"))),
        ({"vip": True}, TagTest("vip", Op.EQ, True)),
        ({"spend": {"gte": 500}}, TagTest("spend", Op.GTE, 500)),
        ({"spend": {"gte": 500, "lt": 900}}, All((TagTest("spend", Op.GTE, 500), TagTest("spend", Op.LT, 900)))),
        ({"tier": "high", "vip": False}, All((HIGH, TagTest("vip", Op.EQ, False)))),
        ({"birthday": {"anniversary_within": "7d"}}, TagTest("birthday", Op.ANNIVERSARY_WITHIN, Span(7, "d"))),
        ({"city": {"is_null": True}}, TagTest("city", Op.IS_NULL, True)),
        ({"all": []}, All(())),
        ({"all": [{"tier": "high"}]}, All((HIGH,))),
        ({"any": [{"tier": "high"}, {"not": {"tier": "high"}}]}, AnyOf((HIGH, Not(HIGH)))),
        ({"did": "order_paid"}, Did(Fold(Measure.COUNT, PAID), Op.GTE, 1)),
        ({"did": ["a", "b"], "is": 2}, Did(Fold(Measure.COUNT, Selection(("a", "b"))), Op.EQ, 2)),
        ({"did": "*", "is": 0}, Did(Fold(Measure.COUNT), Op.EQ, 0)),
        (
            {"did": "order_paid", "sum": "amount", "is": {"gte": 300}, "within": "30d", "where": {"c": "app"}},
            Did(
                Fold(
                    Measure.SUM,
                    Selection(("order_paid",), (PropertyTest("c", Op.EQ, "app"),)),
                    Window(Span(30, "d")),
                    path="amount",
                ),
                Op.GTE,
                300,
            ),
        ),
        ({"did": "order_paid", "since": "*", "is": {"lte": 7}}, Did(Fold(Measure.SINCE, PAID), Op.LTE, 7)),
        (
            {"did": "a", "top": "category", "by": {"sum": "amount"}, "is": "护肤"},
            Did(Fold(Measure.TOP, Selection(("a",)), path="category", weight="amount"), Op.EQ, "护肤"),
        ),
        (
            {"sequence": ["a", "b"], "within": "2d", "same": "sku"},
            Did(
                Fold(
                    Measure.SEQUENCE,
                    steps=(Step(Selection(("a",))), Step(Selection(("b",)))),
                    span=Span(2, "d"),
                    same="sku",
                ),
                Op.GTE,
                1,
            ),
        ),
    ],
)
def test_every_form(written: dict, meant: Condition) -> None:
    assert parse_condition(written) == meant


def test_two_tests_of_one_behaviour_share_its_fold() -> None:
    read = parse_condition({"did": "order_paid", "is": {"gte": 3, "lt": 10}})
    fold = Fold(Measure.COUNT, PAID)
    assert read == All((Did(fold, Op.GTE, 3), Did(fold, Op.LT, 10)))


def nested(depth: int) -> dict:
    return {"tier": "high"} if depth == 0 else {"not": nested(depth - 1)}


def test_depth_is_limited() -> None:
    assert parse_condition(nested(32))
    with pytest.raises(DefinitionError, match="over 32 levels deep"):
        parse_condition(nested(33))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("vip", "rule: a condition is written as fields, but this is 'vip'."),
        ({}, "rule: the condition is empty. Write {tag: value}, or {all: []} for everybody."),
        ({"tier": None}, "rule: tier: nothing equals null. Write {is_null: true}"),
        ({"spend": {"gtt": 5}}, "rule: spend: unknown operator 'gtt'. Did you mean gt or gte?"),
        ({"all": {"tier": "high"}}, "rule: all: all takes a list of conditions. Write {all: [{...}, {...}]}."),
        ({"any": []}, "rule: any: any of nothing holds for nobody."),
        ({"not": [{"tier": "high"}]}, "rule: not: not takes one condition, not a list."),
        ({"all": [], "tier": "high"}, "rule: all stands alone, but tier is beside it. Put both into {all: [...]}."),
        ({"gte": 5}, "rule: gte: gte is an operator: which tag is tested? Write {tag: {gte: ...}}."),
        ({"all": [{"any": [{"tier": {}}]}]}, "rule: all[0].any[0].tier: the test is empty."),
        ({"did": "a", "smu": "x", "is": 1}, "rule: smu: unknown measure or field 'smu'. Did you mean sum?"),
        ({"did": "a", "sum": "x"}, "rule: sum of the behaviour is compared with nothing. Add is: {gte: 1}."),
        ({"did": "a", "of": "b"}, "rule: of: did names the events already."),
        ({"did": "a", "hours": "*", "is": 1}, "rule: hours: hours has no value to test here. Make it a tag"),
        (
            {"did": "a", "sum": "x", "count": "*", "is": 1},
            "rule: a behaviour has one measure, but this has sum and count.",
        ),
        ({"did": "a", "within": "3x"}, "rule: within: '3x' is not a length of time. Write whole days or hours"),
        (
            {"sequence": ["a", "b"], "witihn": "2d"},
            "rule: witihn: a sequence has no field 'witihn'. Did you mean within?",
        ),
        (
            {"sum": {"of": "a"}},
            "rule: sum: behaviour in a condition begins with did. Write {did: order_paid, sum: ...}.",
        ),
    ],
)
def test_every_mistake_is_said(written: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_condition(written, "rule")
    assert len(caught.value.problems) == 1, str(caught.value)
    assert str(caught.value).startswith(said)
