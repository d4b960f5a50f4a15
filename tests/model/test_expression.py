"""Arithmetic over tags: binding, names in any script, and where a mistake is."""

import pytest

from limner.errors import DefinitionError
from limner.model.expression import Unreadable, names_in, parse_expression
from limner.model.parse import parse_tag
from limner.model.tag import Arithmetic, Number, TagRef

A, B, C = TagRef("a"), TagRef("b"), TagRef("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a + b * c", Arithmetic("+", A, Arithmetic("*", B, C))),
        ("(a + b) * c", Arithmetic("*", Arithmetic("+", A, B), C)),
        ("a - b - c", Arithmetic("-", Arithmetic("-", A, B), C)),
        ("a / b % c", Arithmetic("%", Arithmetic("/", A, B), C)),
        ("-a * b", Arithmetic("*", Arithmetic("neg", A), B)),
        ("a*-b", Arithmetic("*", A, Arithmetic("neg", B))),
        ("--a", Arithmetic("neg", Arithmetic("neg", A))),
        ("a*1.5e-2", Arithmetic("*", A, Number(0.015))),
        (".5*a", Arithmetic("*", Number(0.5), A)),
        ("（a＋b）÷2", Arithmetic("/", Arithmetic("+", A, B), Number(2.0))),
        ("近90天消费 / 订单数_2", Arithmetic("/", TagRef("近90天消费"), TagRef("订单数_2"))),
    ],
)
def test_trees(text: str, tree: object) -> None:
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a +", "the expression ends where a tag or a number is wanted."),
        ("* a", "character 1, '*': a tag or a number is wanted here."),
        ("(a + b", "the parenthesis at character 1 is never closed."),
        ("a + b)", "character 6, ')': closes nothing."),
        ("a b", "character 3, 'b': an operator is wanted before it."),
        ("a $ b", "character 3, '$', has no meaning in an expression."),
        ("a ** b", "character 4, '*': a tag or a number is wanted here."),
        ("__import__('os')", 'character 12, "\'", has no meaning in an expression.'),
        ("1e999 * a", "1e999 is too large a number."),
        ("(" * 200 + "a", "the expression is over 100 operations deep: split it into several tags."),
        ("a" + "+a" * 200, "the expression is over 100 operations deep: split it into several tags."),
        ("a" * 2001, "the expression is over 2000 characters long: split it into several tags."),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_expression(text)
    assert str(caught.value).startswith(said)


def test_names_are_told_once_in_the_order_of_the_text() -> None:
    assert names_in(parse_expression("b * (a - b) / c")) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1 + 2", "x: expr: '1 + 2' names no tag."),
        (5, "x: expr: an expression over tags is wanted, but this is 5."),
        ("a +", "x: expr: the expression ends where a tag or a number is wanted."),
    ],
)
def test_as_a_tag(written: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_tag("x", {"layer": "fact", "expr": written})
    assert str(caught.value).startswith(said)
