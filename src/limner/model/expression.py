"""Arithmetic over tags: ``(spend_90d - refunds_90d) / orders_90d``. A small parser of our own, nothing is evaluated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from limner.model.place import Place, describe
from limner.model.tag import Arithmetic, Expr, ExprNode, Number, TagRef

TOKEN = re.compile(r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<sign>[-+*/%()]))")
LOOK_ALIKES = str.maketrans("（）＋－×÷＊／％−", "()+-*/*/%-")
"""What a Chinese keyboard types."""
DEEPEST = 100
LONGEST = 2_000


class Unreadable(ValueError):
    """The expression cannot be read; the text says where and why."""


def read_expression(data: object, place: Place) -> Expr | None:
    if not isinstance(data, str) or not data.strip():
        place.wrong(
            f"an expression over tags is wanted, but this is {describe(data)}.", 'Write "spend_90d / orders_90d".'
        )
        return None
    text = data.strip()
    try:
        tree = parse_expression(text)
    except Unreadable as error:
        place.wrong(str(error))
        return None
    if not names_in(tree):
        place.wrong(f"{text!r} names no tag.", 'Write arithmetic over tags, such as "spend_90d / orders_90d".')
        return None
    return Expr(text, tree)


def parse_expression(text: str) -> ExprNode:
    """The tree of an expression; raises `Unreadable`.

    >>> parse_expression("a / 2")
    Arithmetic(op='/', left=TagRef(tag='a'), right=Number(value=2.0))
    """
    if len(text) > LONGEST:
        raise Unreadable(f"the expression is over {LONGEST} characters long: split it into several tags.")
    reader = _Reader(_tokenise(text.translate(LOOK_ALIKES)), text)
    tree = reader.sum(0)
    reader.expect_end()
    if _depth(tree) > DEEPEST:
        raise Unreadable(f"the expression is over {DEEPEST} operations deep: split it into several tags.")
    return tree


def names_in(tree: ExprNode) -> list[str]:
    """Tags an expression reads, each once, in the order of the text."""
    found: dict[str, None] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, TagRef):
            found[node.tag] = None
        elif isinstance(node, Arithmetic):
            waiting += [node.right, node.left] if node.right is not None else [node.left]
    return list(found)


def _number(text: str) -> Number:
    if math.isinf(value := float(text)):
        raise Unreadable(f"{text} is too large a number.")
    return Number(value)


def _depth(tree: ExprNode) -> int:
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(node, Arithmetic):
            waiting += [(child, depth + 1) for child in (node.left, node.right) if child is not None]
    return deepest


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    """1-based character in the expression."""


def _tokenise(text: str) -> list[_Token]:
    tokens, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            raise Unreadable(
                f"character {text.index(rest, position) + 1}, {rest[0]!r}, has no meaning in an expression."
            )
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind], match.start(kind) + 1))
        position = match.end()
    return tokens


@dataclass(slots=True)
class _Reader:
    tokens: list[_Token]
    text: str
    next: int = 0

    def take(self, *signs: str) -> str | None:
        if self.next < len(self.tokens) and self.tokens[self.next].text in signs:
            self.next += 1
            return self.tokens[self.next - 1].text
        return None

    def sum(self, depth: int) -> ExprNode:
        left = self.product(depth)
        while op := self.take("+", "-"):
            left = Arithmetic(op, left, self.product(depth))
        return left

    def product(self, depth: int) -> ExprNode:
        left = self.factor(depth)
        while op := self.take("*", "/", "%"):
            left = Arithmetic(op, left, self.factor(depth))
        return left

    def factor(self, depth: int) -> ExprNode:
        if depth > DEEPEST:
            raise Unreadable(f"the expression is over {DEEPEST} operations deep: split it into several tags.")
        if self.take("-"):
            return Arithmetic("neg", self.factor(depth + 1))
        if self.next == len(self.tokens):
            raise Unreadable("the expression ends where a tag or a number is wanted.")
        token = self.tokens[self.next]
        if token.kind == "sign" and token.text != "(":
            raise Unreadable(f"character {token.at}, {token.text!r}: a tag or a number is wanted here.")
        self.next += 1
        if token.kind == "number":
            return _number(token.text)
        if token.kind == "name":
            return TagRef(token.text)
        inner = self.sum(depth + 1)
        if not self.take(")"):
            raise Unreadable(f"the parenthesis at character {token.at} is never closed.")
        return inner

    def expect_end(self) -> None:
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            what = "closes nothing" if token.text == ")" else "an operator is wanted before it"
            raise Unreadable(f"character {token.at}, {token.text!r}: {what}.")
