"""One planned property, made ready to be checked against many events."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from limner.collect.violations import Fault, Violation
from limner.model.contract import PlannedProperty, PropertyType
from limner.model.parse_value import is_moment

SHOWN_CHOICES = 10
EPOCHS = (1e8, 1e17)
"""Numbers between are times: seconds, milliseconds or microseconds since 1970."""

MEANT: Mapping[PropertyType, str] = {
    PropertyType.STRING: "a text",
    PropertyType.NUMBER: "a number",
    PropertyType.INTEGER: "a whole number",
    PropertyType.BOOLEAN: "true or false",
    PropertyType.TIME: "a time such as 2026-11-22T10:00:00+08:00",
    PropertyType.LIST: "a list",
    PropertyType.OBJECT: "a group of fields",
}


@dataclass(frozen=True, slots=True)
class Rule:
    planned: PlannedProperty
    steps: tuple[tuple[str, bool], ...]
    """Names on the way to the value, and whether a list is met there whose elements are each looked at."""
    of_traits: bool
    choices: frozenset[tuple[type, object]]

    def values(self, document: object) -> Iterator[object]:
        """What stands at the path, None where nothing does; of a list nothing or more."""
        return _find(document, self.steps)

    def judge(self, value: object) -> Violation | None:
        """The first thing wrong with a value, its pattern aside."""
        planned = self.planned
        if value is None:
            return Violation(planned.path, Fault.MISSING, "is missing") if planned.required else None
        if planned.type is not None and not TYPES[planned.type](value):
            return Violation(planned.path, Fault.TYPE, f"but {MEANT[planned.type]} is meant", value)
        if planned.enum and choice(value) not in self.choices:
            return Violation(planned.path, Fault.ENUM, self._choose(value), value)
        if planned.least is not None and value < planned.least:  # type: ignore[operator]  # a number, by its type
            return Violation(planned.path, Fault.RANGE, f"but at least {planned.least:.15g} is meant", value)
        if planned.most is not None and value > planned.most:  # type: ignore[operator]
            return Violation(planned.path, Fault.RANGE, f"but at most {planned.most:.15g} is meant", value)
        return None

    def mismatch(self, text: str) -> Violation:
        return Violation(self.planned.path, Fault.PATTERN, f"but it must match {self.planned.pattern}", text)

    def _choose(self, value: object) -> str:
        words = self.planned.enum
        listed = ", ".join(str(word)[:60] for word in words[:SHOWN_CHOICES])
        more = f" and {len(words) - SHOWN_CHOICES} others" if len(words) > SHOWN_CHOICES else ""
        near = fold_name(value) if isinstance(value, str) else ""
        meant = next((word for word in words if near and isinstance(word, str) and fold_name(word) == near), None)
        return f"but one of {listed}{more} is meant" + (f" (did you mean {meant}?)" if meant else "")


def build_rules(properties: tuple[PlannedProperty, ...]) -> tuple[Rule, ...]:
    """The constrained ones. A path through a list asks that there be a list, if anything."""
    written = {planned.path for planned in properties}
    asked = [planned for planned in properties if planned.constrained]
    for planned in list(asked):
        before, through, _ = planned.path.partition("[]")
        if through and before not in written:
            written.add(before)
            asked.append(PlannedProperty(before, type=PropertyType.LIST))
    return tuple(map(_build, asked))


def _build(planned: PlannedProperty) -> Rule:
    of_traits = planned.path.startswith("traits.")
    path = planned.path.removeprefix("traits.")
    steps = tuple((name.removesuffix("[]"), name.endswith("[]")) for name in path.split("."))
    return Rule(planned, steps, of_traits, frozenset(map(choice, planned.enum)))


def choice(value: object) -> tuple[type, object]:
    """A value as it is looked up: 1 and 1.0 are one, but not True; lists and objects are no choice."""
    if isinstance(value, bool | str):
        return (value.__class__, value)
    return (float, value) if isinstance(value, int | float) else (object, None)


def fold_name(name: str) -> str:
    """Names that differ only in case and punctuation become one: ``orderId`` and ``order_id``."""
    return "".join(character for character in name[:100].lower() if character.isalnum())


def _find(value: object, steps: tuple[tuple[str, bool], ...]) -> Iterator[object]:
    for place, (name, each) in enumerate(steps):
        value = value.get(name) if isinstance(value, dict) else None
        if each:
            # Something else than a list is what the rule for the list itself tells.
            for element in value if isinstance(value, list) else ():
                yield from _find(element, steps[place + 1 :])
            return
    yield value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and (is_whole(value) or math.isfinite(value))


def is_whole(value: object) -> bool:
    """Of any size: an integer may be too large for a float."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_time(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= 40 and is_moment(value.strip())
    return _is_number(value) and EPOCHS[0] <= value < EPOCHS[1]  # type: ignore[operator]


TYPES: Mapping[PropertyType, Callable[[object], bool]] = {
    PropertyType.STRING: lambda value: isinstance(value, str),
    PropertyType.NUMBER: _is_number,
    PropertyType.INTEGER: is_whole,
    PropertyType.BOOLEAN: lambda value: isinstance(value, bool),
    PropertyType.TIME: _is_time,
    PropertyType.LIST: lambda value: isinstance(value, list),
    PropertyType.OBJECT: lambda value: isinstance(value, dict),
}
