"""The canonical form: random values of the language read back equal, through JSON and YAML too."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limner.model.condition import All, AnyOf, Condition, Did, Not, TagTest
from limner.model.dump import digest_tag, dump_tag
from limner.model.expression import parse_expression
from limner.model.fold import Evidence, Fold, Measure, Op, PropertyTest, Scalar, Selection, Span, Step, Window
from limner.model.parse import parse_tag
from limner.model.parse_condition import UNTESTABLE, WORDS
from limner.model.parse_fold import MEASURES, WHOLE_EVENT
from limner.model.parse_value import OPERATORS, PATH
from limner.model.tag import Arithmetic, Expr, ExprNode, Layer, Number, Predicted, Rule, Tag, TagRef, Tiers
from limner.model.words import say
from limner.model.yaml_text import dump_yaml, load_yaml

RESERVED = {*WORDS, *OPERATORS, *MEASURES, "customer_id"}
texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
events = texts.filter(lambda text: text != "*")
names = st.from_regex(r"[a-z一-龥_][a-z0-9一-龥_]{0,8}", fullmatch=True).filter(lambda name: name not in RESERVED)
paths = (
    st.sampled_from(["time", "amount", "page.path", "products[].sku", "products[]", "item.category", "traits.city"])
    | texts
).filter(lambda path: path != "*" and PATH.fullmatch(path) is not None)
amounts = paths.filter(lambda path: path != "time" and "[]" not in path)
plain_paths = paths.filter(lambda path: "[]" not in path)
spans = st.builds(Span, st.integers(1, 36_525), st.sampled_from("dh"))
days = st.dates(date(1990, 1, 1), date(2060, 1, 1))
numbers = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
moments = days.map(date.isoformat)
scalars = st.booleans() | numbers | texts | moments


def unique(values: st.SearchStrategy[Scalar]) -> st.SearchStrategy[tuple[Scalar, ...]]:
    return st.lists(values, min_size=1, max_size=4, unique_by=lambda value: (type(value), value)).map(tuple)


def ordered(values: st.SearchStrategy) -> st.SearchStrategy[tuple]:
    return st.tuples(values, values).map(lambda pair: tuple(sorted(pair)))


def operands(op: Op) -> st.SearchStrategy:
    if op in (Op.EQ, Op.NE):
        return scalars
    if op in (Op.IN, Op.NOT_IN):
        return unique(scalars)
    if op is Op.BETWEEN:
        return ordered(numbers) | ordered(moments)
    if op is Op.IS_NULL:
        return st.booleans()
    if op in (Op.CONTAINS, Op.STARTS_WITH):
        return texts
    if op is Op.ANNIVERSARY_WITHIN:
        return st.builds(Span, st.integers(1, 366), st.just("d"))
    return spans if op in (Op.WITHIN_LAST, Op.WITHIN_NEXT) else numbers | moments


tests = st.sampled_from(Op).flatmap(lambda op: st.tuples(st.just(op), operands(op)))


@st.composite
def wheres(draw: st.DrawFn, of: st.SearchStrategy[str] = plain_paths) -> tuple[PropertyTest, ...]:
    found = draw(st.lists(of, max_size=2, unique=True))
    return tuple(
        PropertyTest(path, op, operand)
        for path in found
        for op, operand in draw(st.lists(tests, min_size=1, max_size=2, unique_by=lambda test: test[0]))
    )


selections = st.builds(Selection, st.lists(events, max_size=3, unique=True).map(tuple), wheres())
windows = st.one_of(
    st.just(Window()),
    st.builds(Window, spans),
    st.builds(Window, st.none() | spans, spans),
    st.builds(Window, between=ordered(days)),
    st.builds(Window, st.none() | spans, anchor=selections, anchor_at=st.sampled_from(["first", "last"])),
)
evidence = st.builds(Evidence, st.integers(1, 9), st.floats(0, 1), st.floats(0, 9))


@st.composite
def sequences(draw: st.DrawFn) -> Fold:
    steps = [
        Step(draw(selections)),
        *draw(st.lists(st.builds(Step, selections, st.booleans()), min_size=1, max_size=3)),
    ]
    span = draw(spans if steps[-1].absent else st.none() | spans)
    return Fold(Measure.SEQUENCE, steps=tuple(steps), span=span, same=draw(st.none() | plain_paths))


@st.composite
def measured(draw: st.DrawFn, measures: list[Measure]) -> Fold:
    measure = draw(st.sampled_from(measures))
    selection, window, path = draw(selections), draw(windows), draw(paths)
    if measure in WHOLE_EVENT:
        return Fold(measure, selection, window)
    match measure:
        case Measure.COUNT:
            return Fold(measure, selection, window, draw(st.none() | st.just(path)))
        case Measure.TOP:
            weight = draw(st.none() | amounts)
            return Fold(measure, selection, window, path, weight, evidence=draw(st.none() | evidence))
        case Measure.SHARE:
            return Fold(measure, selection, window, path, draw(st.none() | amounts), draw(scalars))
        case Measure.LIST:
            return Fold(measure, selection, window, draw(amounts), limit=draw(st.none() | st.integers(1, 99)))
        case Measure.TRAIT:
            resolve = draw(st.sampled_from(["latest", "trusted", "frequent"]))
            return Fold(measure, selection, window, f"traits.{draw(names)}", resolve=resolve)
        case Measure.SUM | Measure.AVG | Measure.MEDIAN:
            return Fold(measure, selection, window, draw(amounts))
    return Fold(measure, selection, window, path)


folds = measured([measure for measure in Measure if measure is not Measure.SEQUENCE]) | sequences()
behaviours = measured([m for m in Measure if m not in (*UNTESTABLE, Measure.SEQUENCE)]) | sequences()


def leaf(test: tuple, subject: str | Fold) -> Condition:
    return TagTest(subject, *test) if isinstance(subject, str) else Did(subject, *test)


conditions = st.recursive(
    st.builds(leaf, tests, names | behaviours),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: All(tuple(items)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda items: AnyOf(tuple(items)))
        | inner.map(Not)
    ),
    max_leaves=5,
)
trees = st.recursive(
    names.map(TagRef) | st.floats(0, 1e15, allow_subnormal=False).map(Number),
    lambda inner: (
        st.builds(Arithmetic, st.sampled_from("+-*/%"), inner, inner) | st.builds(Arithmetic, st.just("neg"), inner)
    ),
    max_leaves=8,
)


def write_tree(node: ExprNode) -> str:
    """Every operation in parentheses: the obvious text of a tree."""
    match node:
        case TagRef(tag):
            return tag
        case Number(value):
            return repr(value)
        case Arithmetic(op, left, None):
            return f"(-{write_tree(left)})"
        case Arithmetic(op, left, right):
            return f"({write_tree(left)} {op} {write_tree(right)})"


expressions = trees.map(lambda tree: Arithmetic("+", TagRef("a"), tree)).map(lambda tree: Expr(write_tree(tree), tree))
tiers = st.sampled_from([texts, numbers, st.booleans()]).flatmap(
    lambda values: st.builds(
        Tiers,
        st.lists(st.tuples(conditions, values), min_size=1, max_size=3).map(tuple),
        st.none() | values,
    )
)
definitions = folds | expressions | tiers | conditions.map(Rule) | texts.map(Predicted)
titles = st.dictionaries(st.sampled_from(["zh", "en"]), texts)
tags = st.builds(
    Tag,
    names,
    st.sampled_from(Layer),
    definitions,
    titles,
    st.none() | texts,
    st.none() | texts,
    st.none() | texts,
    st.none() | texts,
    st.dictionaries(texts, titles),
    titles,
).map(lambda tag: tag if tag.group not in (None, "zh", "en") else replace(tag, group_title={}))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(tags)
def test_every_tag_reads_back_equal(tag: Tag) -> None:
    plain = dump_tag(tag)
    # By repr, because 1 == True and 1 == 1.0 in Python.
    assert repr(parse_tag(tag.name, plain)) == repr(tag)
    assert repr(parse_tag(tag.name, json.loads(json.dumps(plain)))) == repr(tag)
    assert digest_tag(tag) == digest_tag(parse_tag(tag.name, plain))


@pytest.mark.parametrize("text", ["0e0", ".5", "1.", "012", "1_000", "on", "0x1f", "~", "2026-01-01", "中文: x"])
def test_a_text_stays_one(text: str) -> None:
    assert load_yaml(dump_yaml({"unit": text}), "f") == {"unit": text}
    assert yaml.safe_load(dump_yaml({"unit": text})) == {"unit": text}


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(tags)
def test_and_from_yaml(tag: Tag) -> None:
    written = dump_yaml({tag.name: dump_tag(tag)})
    assert parse_tag(tag.name, load_yaml(written, "f")[tag.name]) == tag


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(tags, st.sampled_from(["zh", "en"]))
def test_every_tag_can_be_said(tag: Tag, language: str) -> None:
    said = say(tag, language)
    assert said == said.strip()
    assert said


@given(trees)
def test_an_expression_says_what_it_means(tree: ExprNode) -> None:
    """The parentheses left out in a sentence are those that change nothing."""
    said = say(Expr("", tree), "en").replace("×", "*").replace("÷", "/")
    assert parse_expression(said) == shorten_numbers(tree)


def shorten_numbers(node: ExprNode) -> ExprNode:
    match node:
        case Number(value):
            return Number(float(f"{value:g}"))
        case Arithmetic(op, left, right):
            return Arithmetic(op, shorten_numbers(left), None if right is None else shorten_numbers(right))
    return node


def test_the_digest_does_not_depend_on_the_order_of_fields() -> None:
    one = parse_tag("n", {"layer": "fact", "fold": {"sum": "a", "of": "b", "within": "3d"}, "owner": "o"})
    other = parse_tag("n", {"owner": "o", "fold": {"within": "3d", "of": ["b"], "sum": "a"}, "layer": "fact"})
    assert digest_tag(one) == digest_tag(other)
    assert digest_tag(one) != digest_tag(replace(one, owner="p"))
