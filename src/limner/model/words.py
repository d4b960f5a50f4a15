"""Say a tag, a fold or a condition as one plain sentence, in Chinese or English."""

from __future__ import annotations

from dataclasses import dataclass

from limner.model.condition import All, AnyOf, Condition, Did, InAudience, Not, TagTest
from limner.model.fold import Fold, Measure, Op, PropertyTest, Scalar, Selection, Span, Window
from limner.model.labels import Labels
from limner.model.parse_condition import WITHOUT_TEST
from limner.model.parse_value import Operand
from limner.model.phrases import PHRASES
from limner.model.tag import (
    Arithmetic,
    Dated,
    Definition,
    Expr,
    ExprNode,
    Imported,
    Number,
    Predicted,
    Quantiles,
    Queried,
    Rule,
    Tag,
    TagRef,
    Tiers,
)

__all__ = ["Labels", "say"]

BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "neg": 3}
"""How tightly an operator binds: what decides where parentheses are needed."""


def say(what: Tag | Definition | Condition, language: str = "en", labels: Labels | None = None) -> str:
    """One sentence without a full stop; ``labels`` give the titles of events, properties, tags and their values.

    >>> from limner.model.parse import parse_fold
    >>> fold = parse_fold({"sum": "amount", "of": "order_paid", "within": "90d", "where": {"channel": "app"}})
    >>> say(fold, "zh"), say(fold, "en")
    ('近90天渠道为app的订单支付的金额之和', 'sum of amount over paid orders (channel is app) in the last 90 days')
    """
    known = labels or Labels()
    language = language if language in PHRASES else "en"
    if isinstance(what, Tag):
        return _Speaker(language, known.with_values_of(what), what.name).definition(what.definition)
    return _Speaker(language, known).definition(what)


@dataclass(frozen=True, slots=True)
class _Speaker:
    language: str
    labels: Labels
    own: str = ""
    """The tag that is said: its tiers are its values."""

    def phrase(self, key: str, **parts: object) -> str:
        return PHRASES[self.language][key].format(**parts)

    def definition(self, what: Definition | Condition) -> str:
        match what:
            case Fold():
                return self.fold(what)
            case Expr(tree=tree):
                return self.arithmetic(tree)
            case Rule(condition):
                return self.condition(condition)
            case Tiers():
                return self.tiers(what)
            case Quantiles() | Predicted() | Imported() | Queried():
                return self.unfolded(what)
        return self.condition(what)

    def tiers(self, tiers: Tiers) -> str:
        parts = [
            self.phrase("branch", condition=self.condition(condition), value=self.value(value, self.own))
            for condition, value in tiers.branches
        ]
        otherwise = self.phrase("no value") if tiers.otherwise is None else self.value(tiers.otherwise, self.own)
        return self.phrase("then").join([*parts, self.phrase("otherwise", value=otherwise)])

    def unfolded(self, what: Quantiles | Dated) -> str:
        match what:
            case Quantiles():
                return self.quantiles(what)
            case Predicted(model, output):
                return self.phrase("model", model=f"{model}: {output}" if output else model)
            case Queried(query=query):
                return self.phrase("sql", query=" ".join(query.split()))
            case Imported(_, expires):
                said = self.phrase("imported")
                return self.phrase("expires", sentence=said, span=self.span(expires)) if expires else said

    def quantiles(self, what: Quantiles) -> str:
        title, edges = self.labels.tag(what.tag, self.language), (0.0, *what.shares, 1.0)
        parts = [
            self.phrase("part", low=f"{low:.0%}", high=f"{high:.0%}", value=self.value(value, self.own))
            for low, high, value in zip(edges[:-1], edges[1:], what.values, strict=True)
        ]
        return self.phrase("quantiles", tag=title, parts=self.phrase("then").join(parts))

    def arithmetic(self, node: ExprNode, outer: int = 0) -> str:
        match node:
            case Number(value):
                return f"{value:g}"
            case TagRef(tag):
                title = self.labels.tag(tag, self.language)
                return tag if title == tag else self.phrase("quote", title=title)
            case Arithmetic(op, left, right):
                binding = BINDING[op]
                if right is None:
                    inner = f"-{self.arithmetic(left, binding)}"
                else:
                    # The right side of a - b or a / b needs its parentheses even at equal binding.
                    sign = {"*": "×", "/": "÷"}.get(op, op)
                    inner = f"{self.arithmetic(left, binding)} {sign} {self.arithmetic(right, binding + 1)}"
                return f"({inner})" if binding < outer else inner

    def condition(self, condition: Condition) -> str:
        match condition:
            case All(items):
                return self.joined("and", items) or self.phrase("everybody")
            case AnyOf(items):
                return self.joined("or", items) or self.phrase("nobody")
            case Not(item):
                return self.phrase("not", inner=self.condition(item))
            case TagTest(tag, op, operand):
                return self.test(self.labels.tag(tag, self.language), op, operand, tag)
            case InAudience(name, snapshot):
                return self.phrase("in snapshot" if snapshot else "in audience", name=name, snapshot=snapshot)
            case Did():
                return self.did(condition)

    def joined(self, word: str, items: tuple[Condition, ...]) -> str:
        """The parts with a word between; a part that is joined itself stands in parentheses."""
        said = [
            self.phrase("group", inner=self.condition(item)) if _is_joined(item) else self.condition(item)
            for item in items
        ]
        return self.phrase(word).join(said)

    def did(self, did: Did) -> str:
        fold = did.fold
        if (did.op, did.operand) == WITHOUT_TEST:
            if fold.measure is Measure.SEQUENCE:
                return self.steps(fold)
            if fold.measure is Measure.COUNT and fold.path is None:
                return self.phrase("did", when=self.window(fold.window), events=self.selection(fold.selection))
        return self.test(self.fold(fold), did.op, did.operand)

    def fold(self, fold: Fold) -> str:
        if fold.hand is not None:
            return self.phrase("hand")
        if fold.measure is Measure.SEQUENCE:
            return self.phrase("sequence", steps=self.steps(fold))
        said = self.phrase(
            _pattern(fold),
            when=self.window(fold.window),
            events=self.selection(fold.selection),
            property=self.property(fold.path),
            weight=self.property(fold.weight),
            value="" if fold.value is None else self.value(fold.value),
            limit=fold.limit,
        )
        if fold.measure is Measure.TRAIT and fold.resolve == "trusted":
            return self.phrase("believed", sentence=said, days=fold.fades_after)
        if fold.half_life:
            return self.phrase("fades", sentence=said, days=fold.half_life)
        if fold.evidence is None:
            return said
        share, lift = f"{fold.evidence.share:.0%}", f"{fold.evidence.lift:g}"
        return self.phrase("evidence", sentence=said, times=fold.evidence.times, share=share, lift=lift)

    def steps(self, fold: Fold) -> str:
        said = [
            self.phrase("step absent" if step.absent else "step", events=self.selection(step.selection))
            for step in fold.steps
        ]
        steps = " → ".join(said)
        sentence = (
            self.phrase("steps span", span=self.span(fold.span), steps=steps)
            if fold.span
            else self.phrase("steps", steps=steps)
        )
        return (
            self.phrase("steps same", sentence=sentence, property=self.property(fold.same)) if fold.same else sentence
        )

    def selection(self, selection: Selection) -> str:
        names = [self.event(name) for name in selection.names]
        events = self.either(names) if names else self.phrase("any event")
        if not selection.where:
            return events
        tests = self.phrase("and").join(self.property_test(test) for test in selection.where)
        return self.phrase("events where", events=events, tests=tests)

    def window(self, window: Window) -> str:
        if window.between:
            return self.phrase("between", first=window.between[0], last=window.between[1])
        if window.anchor is not None:
            return self.anchored(window, window.anchor)
        if window.before:
            before = self.phrase("before", before=self.span(window.before))
            return (
                self.phrase("within before", span=self.span(window.within), before=before) if window.within else before
            )
        if window.within is None:
            return self.phrase("ever")
        today = window.within == Span(1, "d")
        return self.phrase("today") if today else self.phrase("within", span=self.span(window.within))

    def anchored(self, window: Window, anchor: Selection) -> str:
        pattern, events = f"after {window.anchor_at}", self.selection(anchor)
        if window.within is None:
            return self.phrase(pattern, events=events)
        return self.phrase(f"{pattern} within", events=events, span=self.span(window.within))

    def property_test(self, test: PropertyTest) -> str:
        return self.test(self.property(test.path), test.op, test.operand)

    def test(self, what: str, op: Op, operand: Operand, tag: str = "") -> str:
        """``tag``: what is compared, if it is a tag."""
        if isinstance(operand, Span):
            return self.phrase(op.value, what=what, span=self.span(operand))
        if isinstance(operand, tuple):
            if op is Op.BETWEEN:
                low, high = (self.value(value, tag) for value in operand)
                return self.phrase("between values", what=what, low=low, high=high)
            return self.phrase(op.value, what=what, values=self.either([self.value(value, tag) for value in operand]))
        if op is Op.IS_NULL:
            return self.phrase("empty" if operand else "not empty", what=what)
        if op is Op.EQ and isinstance(operand, bool):
            return self.phrase("holds" if operand else "holds not", what=what)
        return self.phrase(op.value, what=what, value=self.value(operand, tag))

    def property(self, path: str | None) -> str:
        return "" if path is None else self.labels.property(path, self.language)

    def event(self, name: str) -> str:
        title = self.labels.event(name, self.language)
        return self.phrase("event", name=name) if title == name else title

    def span(self, span: Span) -> str:
        return self.phrase("days span" if span.unit == "d" else "hours span", n=span.length)

    def value(self, value: Scalar, tag: str = "") -> str:
        if (title := self.labels.value(tag, value, self.language)) is not None:
            return title
        if isinstance(value, bool):
            return self.phrase("true" if value else "false")
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    def either(self, words: list[str]) -> str:
        return self.phrase("or").join(words)


def _is_joined(condition: Condition) -> bool:
    return isinstance(condition, All | AnyOf) and len(condition.items) > 1


def _pattern(fold: Fold) -> str:
    """The key of the fold's sentence pattern."""
    match fold.measure:
        case Measure.COUNT if fold.path is not None:
            return "count property"
        case Measure.TOP | Measure.SHARE if fold.weight is not None:
            return f"{fold.measure} by"
        case Measure.LIST if fold.limit is not None:
            return "list last"
        case Measure.TRAIT:
            return f"trait {fold.resolve}"
    return fold.measure.value
