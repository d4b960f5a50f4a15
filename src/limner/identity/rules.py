"""Types of identifiers: which is stronger, and with how many others one may be seen before it counts as shared.

An identifier is *shared* when it was seen, over all observations, with more than ``limit`` distinct identifiers of
one stronger declared type, or with more than ``fan_out`` distinct identifiers of one other type. A shop's phone on
500 orders is seen with 500 customer numbers; a family's browser with three user ids. A shared identifier links nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import numpy.typing as npt

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.model.yaml_text import load_yaml


@dataclass(frozen=True, slots=True)
class TypeRule:
    """How many others an identifier of this type may be seen with before it is shared."""

    limit: int = 3
    """Distinct identifiers of each stronger declared type."""
    fan_out: int = 100
    """Distinct identifiers of each type that is not stronger, or that no rule declares."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Other type to its own limit, instead of the two above."""


DEFAULT_TYPES: Mapping[str, TypeRule] = {
    "user_id": TypeRule(fan_out=1000),
    "customer_no": TypeRule(fan_out=1000),
    "unionid": TypeRule(fan_out=1000),
    "phone": TypeRule(limit=5),
    "email": TypeRule(limit=5),
    "openid": TypeRule(),
    "device_id": TypeRule(limit=2, limits={"openid": 5}),
    "anonymous_id": TypeRule(limit=1, limits={"email": 2, "openid": 5, "device_id": 5}),
}
"""Strongest first. A brand has several mini programs, so one device may carry several openids."""

UNDECLARED = TypeRule()
"""Types nobody declared rank just above the weakest one, all alike."""

FIELDS = ("limit", "fan_out", "limits")


@dataclass(frozen=True, slots=True)
class Rules:
    """Declared types, strongest first."""

    types: Mapping[str, TypeRule] = field(default_factory=lambda: DEFAULT_TYPES)
    _places: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._places.update((name, place) for place, name in enumerate(self.types))

    def rank(self, name: str) -> int:
        """0 is the strongest. Undeclared types share the rank just above the weakest declared one.

        >>> [Rules().rank(name) for name in ("user_id", "phone", "loyalty_card", "anonymous_id")]
        [0, 3, 7, 8]
        """
        weakest = len(self.types) - 1
        place = self._places.get(name, weakest)
        return place + 1 if place == weakest and name in self.types else place

    def cap(self, name: str, other: str) -> int:
        """With how many distinct identifiers of type ``other`` one of type ``name`` may be seen.

        >>> Rules().cap("phone", "user_id"), Rules().cap("phone", "anonymous_id")
        (5, 100)
        """
        rule = self.types.get(name, UNDECLARED)
        if other in rule.limits:
            return rule.limits[other]
        return rule.limit if other in self.types and self.rank(other) < self.rank(name) else rule.fan_out

    def ranks(self, types: Sequence[str]) -> npt.NDArray[np.int16]:
        return np.array([self.rank(name) for name in types], np.int16)

    def caps(self, types: Sequence[str]) -> npt.NDArray[np.int32]:
        """Matrix: row = the identifier's type, column = the type it is seen with."""
        table = [[self.cap(name, other) for other in types] for name in types]
        return np.array(table, np.int32).reshape(len(types), len(types))


def parse_rules(text: str, where: str = "identity.yaml") -> Rules:
    """Rules of a workspace: the defaults, changed by ``identifiers: {type: {limit, fan_out, limits}}``.

    The order written is the priority among the types written; the others keep their places. Raises DefinitionError
    with every problem at once.
    """
    document = load_yaml(text, where)
    problems: list[Problem] = []
    written = _check_document(document, where, problems)
    rules = {name: _check_rule(name, body, where, problems) for name, body in written.items()}
    if problems:
        raise DefinitionError(problems)
    order = _order_types(list(DEFAULT_TYPES), list(rules))
    return Rules({name: rules.get(name) or DEFAULT_TYPES[name] for name in order})


def _check_document(document: object, where: str, problems: list[Problem]) -> dict[str, object]:
    if document is None:
        return {}
    if not isinstance(document, dict):
        problems.append(Problem(where, "", "A mapping is needed.", "Write identifiers: {phone: {limit: 5}}."))
        return {}
    problems += _unknown_fields(document, ("identifiers",), where, "")
    written = document.get("identifiers") or {}
    if not isinstance(written, dict):
        problems.append(Problem(where, "identifiers", "must map a type to its rule, such as phone: {limit: 5}."))
        return {}
    for name in written:
        if not isinstance(name, str) or not name.isidentifier():
            problems.append(
                Problem(where, f"identifiers.{name}", "is not a type: use letters, digits and underscores.")
            )
    return {str(name): body for name, body in written.items()}


def _check_rule(name: str, body: object, where: str, problems: list[Problem]) -> TypeRule:
    """One type's rule over its default; ``None`` and ``{}`` only place the type in the order."""
    place = f"identifiers.{name}"
    default = DEFAULT_TYPES.get(name, UNDECLARED)
    if body is None:
        return default
    if not isinstance(body, dict):
        problems.append(Problem(where, place, f"must be a mapping, not {body!r}.", "Write {limit: 5}."))
        return default
    problems += _unknown_fields(body, FIELDS, where, f"{place}.")
    limits = body.get("limits", default.limits)
    if not isinstance(limits, dict):
        problems.append(Problem(where, f"{place}.limits", "must map a type to a number, such as {user_id: 1}."))
        limits = {}
    numbers = {f"{place}.{key}": body[key] for key in ("limit", "fan_out") if key in body}
    numbers |= {f"{place}.limits.{other}": number for other, number in limits.items()}
    problems += [
        Problem(where, spot, f"must be a whole number from 1 up, not {number!r}.")
        for spot, number in numbers.items()
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number < 2**31
    ]
    return TypeRule(
        limit=cast(int, body.get("limit", default.limit)),
        fan_out=cast(int, body.get("fan_out", default.fan_out)),
        limits={str(other): cast(int, number) for other, number in limits.items()},
    )


def _unknown_fields(body: dict[object, object], known: Sequence[str], where: str, prefix: str) -> list[Problem]:
    return [
        Problem(where, f"{prefix}{key}", "is not a known field.", did_you_mean(str(key), known))
        for key in body
        if key not in known
    ]


def _order_types(defaults: list[str], written: list[str]) -> list[str]:
    """Written types take, in their order, the places they hold by default; a new one comes right after the one
    written before it, or, when first, just above the weakest of all.

    >>> _order_types(["a", "b", "c", "z"], ["c", "new", "a"])
    ['c', 'new', 'b', 'a', 'z']
    """
    known = iter([name for name in written if name in defaults])
    order = [next(known) if name in written else name for name in defaults]
    for previous, name in zip([None, *written], written):
        if name not in defaults:
            order.insert(order.index(previous) + 1 if previous else len(order) - 1, name)
    return order
