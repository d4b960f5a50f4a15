"""Folds: what each form means, and what is said of those that mean nothing."""

from datetime import date

import pytest

from limner.errors import DefinitionError
from limner.model.fold import Evidence, Fold, Measure, Op, PropertyTest, Selection, Span, Step, Window
from limner.model.parse import parse_fold

PAID = Selection(("order_paid",))

FORMS = [
    ({"count": "*", "of": "order_paid"}, Fold(Measure.COUNT, PAID)),
    ({"count": "coupon", "of": "order_paid"}, Fold(Measure.COUNT, PAID, path="coupon")),
    ({"sum": "amount"}, Fold(Measure.SUM, path="amount")),
    ({"sum": "products[].price", "of": "*"}, Fold(Measure.SUM, path="products[].price")),
    ({"avg": "amount", "of": ["a", "b", "a"]}, Fold(Measure.AVG, Selection(("a", "b")), path="amount")),
    ({"min": "time"}, Fold(Measure.MIN, path="time")),
    ({"max": "page.score"}, Fold(Measure.MAX, path="page.score")),
    ({"median": "amount"}, Fold(Measure.MEDIAN, path="amount")),
    ({"first": "channel"}, Fold(Measure.FIRST, path="channel")),
    ({"last": "time", "of": "login"}, Fold(Measure.LAST, Selection(("login",)), path="time")),
    ({"distinct": "item.category"}, Fold(Measure.DISTINCT, path="item.category")),
    ({"days": "*"}, Fold(Measure.DAYS)),
    ({"days": "login"}, Fold(Measure.DAYS, Selection(("login",)))),
    ({"streak": "*"}, Fold(Measure.STREAK)),
    ({"hours": "*"}, Fold(Measure.HOURS)),
    ({"weekdays": "*"}, Fold(Measure.WEEKDAYS)),
    ({"interval": "*", "of": "order_paid"}, Fold(Measure.INTERVAL, PAID)),
    ({"since": "order_paid"}, Fold(Measure.SINCE, PAID)),
    ({"since": ["order_paid"]}, Fold(Measure.SINCE, PAID)),
    ({"list": "sku", "last": 10}, Fold(Measure.LIST, path="sku", limit=10)),
    ({"list": "sku"}, Fold(Measure.LIST, path="sku")),
    ({"top": "category"}, Fold(Measure.TOP, path="category")),
    ({"top": "category", "by": {"count": "*"}}, Fold(Measure.TOP, path="category")),
    (
        {"top": "category", "by": {"sum": "amount"}, "evidence": {"times": 3, "share": 0.3, "lift": 1.2}},
        Fold(Measure.TOP, path="category", weight="amount", evidence=Evidence(3, 0.3, 1.2)),
    ),
    ({"top": "category", "evidence": {"times": 2}}, Fold(Measure.TOP, path="category", evidence=Evidence(2))),
    (
        {"share": {"category": "护肤"}, "by": {"sum": "amount"}},
        Fold(Measure.SHARE, path="category", value="护肤", weight="amount"),
    ),
    ({"trait": "city", "resolve": "trusted"}, Fold(Measure.TRAIT, path="traits.city", resolve="trusted")),
    ({"trait": "traits.city"}, Fold(Measure.TRAIT, path="traits.city")),
    (
        {
            "sequence": [
                "view_item",
                {"of": "add_to_cart", "where": {"price": {"gt": 5}}},
                ["a", "b"],
                {"not": "order_paid"},
            ],
            "within": "2d",
            "same": "sku",
        },
        Fold(
            Measure.SEQUENCE,
            steps=(
                Step(Selection(("view_item",))),
                Step(Selection(("add_to_cart",), (PropertyTest("price", Op.GT, 5),))),
                Step(Selection(("a", "b"))),
                Step(PAID, absent=True),
            ),
            span=Span(2, "d"),
            same="sku",
        ),
    ),
]


@pytest.mark.parametrize(
    ("written", "meant"), FORMS, ids=lambda value: str(value)[:40] if isinstance(value, dict) else ""
)
def test_every_measure(written: dict, meant: Fold) -> None:
    assert parse_fold(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({}, Window()),
        ({"within": "90d"}, Window(Span(90, "d"))),
        ({"within": "6h"}, Window(Span(6, "h"))),
        ({"within": "30d", "before": "30d"}, Window(Span(30, "d"), Span(30, "d"))),
        ({"before": "1d"}, Window(before=Span(1, "d"))),
        ({"within": "6h", "before": "1d"}, Window(Span(6, "h"), Span(1, "d"))),
        ({"between": ["2026-11-01", "2026-11-11"]}, Window(between=(date(2026, 11, 1), date(2026, 11, 11)))),
        ({"between": [date(2026, 11, 1), date(2026, 11, 1)]}, Window(between=(date(2026, 11, 1), date(2026, 11, 1)))),
        ({"after": {"first": "register"}, "within": "7d"}, Window(Span(7, "d"), anchor=Selection(("register",)))),
        ({"after": {"last": "*"}}, Window(anchor=Selection(), anchor_at="last")),
        (
            {"after": {"first": "a", "where": {"x": 1}}},
            Window(anchor=Selection(("a",), (PropertyTest("x", Op.EQ, 1),))),
        ),
    ],
)
def test_every_window(written: dict, meant: Window) -> None:
    assert parse_fold({"count": "*", **written}).window == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("app", [(Op.EQ, "app")]),
        (True, [(Op.EQ, True)]),
        (["app", "web", "app"], [(Op.IN, ("app", "web"))]),
        ([1, True], [(Op.IN, (1, True))]),
        ({"gt": 0, "lte": 10.5}, [(Op.GT, 0), (Op.LTE, 10.5)]),
        ({"in": ["a"]}, [(Op.IN, ("a",))]),
        ({"not_in": ["a", 2]}, [(Op.NOT_IN, ("a", 2))]),
        ({"between": [1, 5]}, [(Op.BETWEEN, (1, 5))]),
        ({"between": ["2026-01-01", date(2026, 2, 1)]}, [(Op.BETWEEN, ("2026-01-01", "2026-02-01"))]),
        ({"gte": "2026-01-01T08:00:00+08:00"}, [(Op.GTE, "2026-01-01T08:00:00+08:00")]),
        ({"contains": "酒", "starts_with": "白"}, [(Op.CONTAINS, "酒"), (Op.STARTS_WITH, "白")]),
        ({"is_null": False}, [(Op.IS_NULL, False)]),
        ({"within_last": "7d"}, [(Op.WITHIN_LAST, Span(7, "d"))]),
        ({"anniversary_within": "7d"}, [(Op.ANNIVERSARY_WITHIN, Span(7, "d"))]),
    ],
)
def test_every_test_of_a_property(written: object, meant: list) -> None:
    where = parse_fold({"count": "*", "where": {"traits.x": written}}).selection.where
    assert [(test.path, test.op, test.operand) for test in where] == [("traits.x", *one) for one in meant]


MISTAKES = [
    (["sum"], "fold: a fold is written as fields, but this is a list."),
    ({"of": "order_paid"}, "fold: the fold names no measure. Known: count, sum, avg, min, max, median, first, last,"),
    ({"smu": "amount"}, "fold: smu: unknown measure 'smu'. Did you mean sum?"),
    ({"sum": "a", "count": "*"}, "fold: a fold has one measure, but this has sum and count. Make a tag of each."),
    ({"sum": "*"}, "fold: sum: a property is wanted, but this is '*'."),
    ({"sum": None}, "fold: sum: the name of a property is wanted, but this is empty."),
    ({"count": None}, "fold: count: count counts whole events: write {count: '*'}."),
    ({"sum": "products[0].price"}, "fold: sum: 'products[0].price' is not the name of a property. Elements of a list"),
    ({"sum": "a..b"}, "fold: sum: 'a..b' is not the name of a property."),
    ({"sum": "a", "wihtin": "3d"}, "fold: wihtin: sum has no field 'wihtin'. Did you mean within?"),
    ({"sum": "a", "evidence": {}}, "fold: evidence: sum has no field 'evidence'. It belongs to top."),
    ({"sum": "a", "by": {}}, "fold: by: sum has no field 'by'. It belongs to top and share."),
    ({"sum": "a", "within": 90}, "fold: within: 90 is not a length of time. Did you mean 90d (days) or 90h (hours)?"),
    ({"sum": "a", "within": "3 months"}, "fold: within: '3 months' is not a length of time. Did you mean 90d? Spans"),
    ({"sum": "a", "within": "2w"}, "fold: within: '2w' is not a length of time. Did you mean 14d? Spans"),
    ({"sum": "a", "within": "90 days"}, "fold: within: '90 days' is not a length of time. Did you mean 90d?"),
    ({"sum": "a", "within": "0d"}, "fold: within: 0d is no time at all: it must be at least 1d."),
    ({"sum": "a", "within": "-3d"}, "fold: within: -3d is no time at all: it must be at least 1d."),
    ({"sum": "a", "within": "40000d"}, "fold: within: 40000d is over 100 years. Leave the window out for all time."),
    (
        {"sum": "a", "within": "3d", "between": ["2026-01-01", "2026-01-02"]},
        "fold: between: between stands alone, but within is given as well. Keep one of them.",
    ),
    (
        {"sum": "a", "between": ["2026-11-11", "2026-11-01"]},
        "fold: between: between is the wrong way round: 2026-11-11 is after 2026-11-01. Write [2026-11-01,",
    ),
    (
        {"sum": "a", "between": ["1800-01-01", "2026-01-01"]},
        "fold: between: 1800-01-01 to 2026-01-01 is over 100 years.",
    ),
    ({"sum": "a", "between": ["2026-02-30", "2026-03-01"]}, "fold: between[0]: '2026-02-30' is not a date. Write"),
    ({"sum": "a", "between": "2026-01-01"}, "fold: between: between takes two dates, but this is '2026-01-01'."),
    (
        {"sum": "a", "after": {"within": "7d"}},
        "fold: after: after needs the event it counts from. Write {first: register}",
    ),
    ({"sum": "a", "after": {"first": "r"}, "before": "1d"}, "fold: before: before cannot be used with after."),
    ({"sum": "a", "of": []}, "fold: of: the list of events is empty. Leave it out for all events."),
    ({"sum": "a", "of": True}, "fold: of: the name of an event is wanted, but this is true. YAML reads on, off, yes"),
    ({"since": "a", "of": "b"}, "fold: since: since takes no property: write '*'. The events are named by of: b."),
    ({"top": "c", "by": "amount"}, "fold: by: by says what an event weighs. Write {sum: amount} or {count: '*'}."),
    ({"top": "c", "evidence": {"share": 30}}, "fold: evidence.share: 30 is out of range: 0 to 1."),
    ({"top": "c", "evidence": {"tmes": 3}}, "fold: evidence.tmes: evidence has no field 'tmes'. Did you mean times?"),
    ({"share": "category"}, "fold: share: share takes one property and its value. Write {share: {category: shoes}}."),
    ({"list": "sku", "last": 0}, "fold: last: a whole number from 1 is wanted, but this is 0."),
    (
        {"trait": "city", "resolve": "newest"},
        "fold: resolve: unknown way to resolve 'newest'. Known: frequent, latest,",
    ),
    ({"sum": "a", "where": {"x": {"gtt": 1}}}, "fold: where.x: unknown operator 'gtt'. Did you mean gt or gte?"),
    ({"sum": "a", "where": {"x": {">=": 1}}}, "fold: where.x: unknown operator '>='. Did you mean gte?"),
    (
        {"sum": "a", "where": {"x": {"gt": "5"}}},
        "fold: where.x.gt: a number or a date is wanted, but this is '5'. Write 5",
    ),
    ({"sum": "a", "where": {"x": {"gt": True}}}, "fold: where.x.gt: a number or a date is wanted, but this is true."),
    ({"sum": "a", "where": {"x": {"gt": float("nan")}}}, "fold: where.x.gt: nan is not a number one can compare with."),
    ({"sum": "a", "where": {"x": {}}}, "fold: where.x: the test is empty. Write a value, a list, or an operator"),
    ({"sum": "a", "where": {"x": []}}, "fold: where.x: the list is empty: nothing is in it."),
    (
        {"sum": "a", "where": {"x": None}},
        "fold: where.x: nothing equals null. Write {is_null: true}, or quote the word",
    ),
    ({"sum": "a", "where": {"x": {"in": "a"}}}, "fold: where.x.in: a list of values is wanted, but this is 'a'. Write"),
    (
        {"sum": "a", "where": {"x": {"between": [5, 1]}}},
        "fold: where.x.between: between is the wrong way round: 5 is after",
    ),
    (
        {"sum": "a", "where": {"x": {"between": [5, "2026-01-01"]}}},
        "fold: where.x.between: between takes two numbers or two",
    ),
    (
        {"sum": "a", "where": {"x": {"is_null": "yes"}}},
        "fold: where.x.is_null: true or false is wanted, but this is 'yes'.",
    ),
    ({"sum": "a", "where": {True: 1}}, "fold: where: field True is not a name. YAML reads on, off, yes and no"),
    (
        {"sum": "products[].price", "where": {"coupons[].id": "x"}},
        "fold: a fold can look into one list of an event, but this looks into products[] and coupons[].",
    ),
    (
        {"sequence": [{"of": "a", "where": {"x[].a": 1}}, "b"], "same": "y[].id"},
        "fold: a fold can look into one list of an event, but this looks into y[] and x[].",
    ),
    (
        {"count": "*", "after": {"first": "a", "where": {"x[].a": 1, "y[].a": 1}}},
        "fold: after: a fold can look into one list of an event, but this looks into x[] and y[].",
    ),
    ({"sum": "time"}, "fold: sum: sum of time has no meaning. Use first, last, min or max."),
    ({"top": "a", "by": {"sum": "time"}}, "fold: by: an event cannot weigh its time."),
    ({"sequence": ["a"] * 32}, "fold: sequence: a sequence has at most 31 steps that must happen."),
    ({"sequence": ["a"]}, "fold: sequence: a sequence is a list of two steps or more."),
    ({"sequence": [{"not": "a"}, "b"]}, "fold: sequence[0]: a sequence cannot begin with a step that must not happen."),
    ({"sequence": ["a", {"not": "b"}]}, "fold: the last step must not happen, but until when? Add within: 2d."),
    ({"sequence": ["a", {"where": {}}]}, "fold: sequence[1]: a step needs the event it waits for."),
    ({"sequence": ["a", {"not": {"not": "b"}}], "within": "1d"}, "fold: sequence[1].not: a step needs the event"),
    ({"sequence": ["a", "b"], "of": "c"}, "fold: of: sequence has no field 'of'."),
]


@pytest.mark.parametrize(
    ("written", "said"), MISTAKES, ids=lambda value: str(value)[:50] if isinstance(value, dict) else ""
)
def test_every_mistake_is_said(written: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_fold(written)
    assert len(caught.value.problems) == 1, str(caught.value)
    assert str(caught.value).startswith(said)


def test_all_mistakes_are_said_at_once() -> None:
    written = {"sum": "a[", "of": [1], "within": "x", "where": {"a": {"gtt": 1}, "b": None}, "wehre": {}}
    with pytest.raises(DefinitionError) as caught:
        parse_fold(written)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["wehre", "sum", "of", "where.a", "where.b", "within"]
