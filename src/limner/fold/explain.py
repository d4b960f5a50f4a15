"""A plan in words: the very steps a fold runs, in their order."""

from __future__ import annotations

from collections.abc import Iterator

from limner.fold.encode import asks_lift
from limner.fold.plan import Measurement, Pass, Plan
from limner.model.column import ValueType
from limner.model.fold import Fold, Measure, PropertyTest, Selection, Window
from limner.model.words import say

PHRASES = {
    "en": {
        "events": "Events of each customer, time <= as_of:",
        "elements": "Elements of {grain} of each event, time <= as_of:",
        "all": "all events",
        "sequence": "sequences of {steps}",
        "anchor": "{at} match, to count from",
        "ever": "all time",
        "inside": "inside a condition of {tags}",
        "never": "no event has had it yet",
        "lift": "compared with the population",
        "derive": "Then, from these columns:",
    },
    "zh": {
        "events": "每个客户的事件，时间 ≤ as_of：",
        "elements": "每个事件中 {grain} 的元素，时间 ≤ as_of：",
        "all": "全部事件",
        "sequence": "行为序列 {steps}",
        "anchor": "{at} 匹配，作为起点",
        "ever": "全部时间",
        "inside": "用于 {tags} 的条件",
        "never": "尚无事件带有该属性",
        "lift": "与全体客户比较",
        "derive": "再由以上各列得出：",
    },
}


def explain_plan(plan: Plan, language: str = "en") -> str:
    """One line per selection, below it one per window and measure; derived tags last."""
    return "\n".join(_Teller(plan, language if language in PHRASES else "en").lines())


class _Teller:
    def __init__(self, plan: Plan, language: str) -> None:
        self.plan, self.language = plan, language
        self.phrases = PHRASES[language]

    def lines(self) -> Iterator[str]:
        for run in self.plan.passes:
            yield self.phrases["elements" if run.grain else "events"].format(grain=run.grain)
            yield from self.run(run)
        if self.plan.derived:
            yield self.phrases["derive"]
        for tag in self.plan.derived:
            yield f"  {tag.name} = {say(tag.definition, self.language)}"

    def run(self, run: Pass) -> Iterator[str]:
        for anchor in run.anchors:
            yield f"  {self.selection(anchor.selection)}"
            yield f"    {self.phrases['anchor'].format(at=anchor.at)}"
        groups: dict[str, list[Measurement]] = {}
        for measurement in run.measurements:
            groups.setdefault(self.rows(measurement.fold), []).append(measurement)
        for rows, measurements in groups.items():
            yield f"  {rows}"
            for measurement in sorted(measurements, key=lambda m: self.window(m.fold.window)):
                yield f"    {self.measurement(measurement)}"

    def rows(self, fold: Fold) -> str:
        if fold.measure is not Measure.SEQUENCE:
            return self.selection(fold.selection)
        steps = (("≠ " if step.absent else "") + self.selection(step.selection) for step in fold.steps)
        return self.phrases["sequence"].format(steps=" → ".join(steps))

    def selection(self, selection: Selection) -> str:
        names = ", ".join(selection.names) or self.phrases["all"]
        return " & ".join([names, *(self.test(test) for test in selection.where)])

    def test(self, test: PropertyTest) -> str:
        operand = list(test.operand) if isinstance(test.operand, tuple) else test.operand
        missing = f" ({self.phrases['never']})" if self.plan.tested_column(test) is None else ""
        return f"{test.path} {test.op} {operand}{missing}"

    def window(self, window: Window) -> str:
        parts = [f"within {window.within}" if window.within else "", f"before {window.before}" if window.before else ""]
        if window.between:
            parts.append(f"between {window.between[0]} .. {window.between[1]}")
        if window.anchor:
            parts.append(f"after {window.anchor_at} {self.selection(window.anchor)}")
        return " ".join(part for part in parts if part) or self.phrases["ever"]

    def measurement(self, measurement: Measurement) -> str:
        fold = measurement.fold
        direct = [tag for tag in measurement.tags if self.plan.keys.get(tag) == measurement.key]
        names = ", ".join(direct) or f"({self.phrases['inside'].format(tags=', '.join(measurement.tags))})"
        window = f"within {fold.span}" if fold.span else self.window(fold.window)
        return f"[{window}] {names} = {self.measure(measurement)}"

    def measure(self, measurement: Measurement) -> str:
        fold, column = measurement.fold, measurement.column
        parts = [str(fold.measure), fold.path or "*"]
        if fold.path and column is None:
            parts.append(f"({self.phrases['never']})")
        elif column is not None and measurement.shape.type is ValueType.DECIMAL:
            parts.append(f"(×10^{column.scale})")
        parts += [f"by sum {fold.weight}"] if fold.weight else []
        parts += [f"= {fold.value}"] if fold.value is not None else []
        parts += [f"last {fold.limit}"] if fold.limit else []
        parts += [f"same {fold.same}"] if fold.same else []
        parts += [fold.resolve] if fold.measure is Measure.TRAIT else []
        if fold.evidence:
            parts.append(f"times ≥ {fold.evidence.times}, share ≥ {fold.evidence.share}")
        if asks_lift(fold):
            parts.append(f"lift ≥ {fold.evidence.lift if fold.evidence else 0} ({self.phrases['lift']})")
        return " ".join(parts)
