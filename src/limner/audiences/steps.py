"""How many meet each part of a rule: what somebody who puts one together looks at, a funnel of its conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limner.model.condition import All, AnyOf, Condition, Not
from limner.model.dump import dump_condition

CountEach = Callable[[Sequence[Condition]], Sequence[int]]
Count = Callable[[Condition], int]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a rule, in the rule's own order."""

    rule: Mapping[str, Any]
    count: int
    """Who meet this part, whatever the others say."""
    so_far: int
    """Who meet it and all parts before it under the same ``all``; or it or one before it under the same ``any``."""
    parts: Sequence[Step] = ()


def count_steps(condition: Condition, count_each: CountEach) -> Step:
    """A rule with its parts, down to single tests. ``count_each`` tells how many meet each of some conditions: it is
    asked once, after all the rule's, and of each once."""
    asked: dict[str, Condition] = {}  # as they are written: 1 and true are equal, and not the same

    def note(part: Condition) -> int:
        asked.setdefault(repr(strip(part)), strip(part))
        return 0

    _step(condition, note, note(condition))
    counts = dict(zip(asked, count_each([*asked.values()]), strict=True))
    return _step(condition, lambda part: counts[repr(strip(part))], counts[repr(strip(condition))])


def strip(condition: Condition) -> Condition:
    """All or any of one condition are that one."""
    while isinstance(condition, All | AnyOf) and len(condition.items) == 1:
        condition = condition.items[0]
    return condition


def _step(condition: Condition, count: Count, so_far: int) -> Step:
    alone = count(condition)
    parts: tuple[Step, ...] = ()
    match condition:
        case All(items):
            parts = tuple(_step(item, count, count(All(items[: i + 1]))) for i, item in enumerate(items))
        case AnyOf(items):
            parts = tuple(_step(item, count, count(AnyOf(items[: i + 1]))) for i, item in enumerate(items))
        case Not(item):
            parts = (_step(item, count, count(item)),)
    return Step(dump_condition(condition), alone, so_far, parts)
