"""What the tracking plan asks of an event and its properties, and what becomes of an event that breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limner.model.fold import Scalar


class Mode(StrEnum):
    """What becomes of an event that breaks the plan."""

    ACCEPT = "accept"
    """Nothing is looked at. Only for events the plan does not know."""
    OBSERVE = "observe"
    """It is kept, and counted as a violation."""
    QUARANTINE = "quarantine"
    """It is counted and becomes a reject; its sender is told that all is well."""
    REJECT = "reject"
    """It is counted and becomes a reject; its sender is told."""


class PropertyType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    INTEGER = "integer"
    """A whole number; 2.0 is one."""
    BOOLEAN = "boolean"
    TIME = "time"
    """A date or an instant in ISO form, or seconds, milliseconds or microseconds since 1970."""
    LIST = "list"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class PlannedProperty:
    """A property an event may have. Null is the same as absent."""

    path: str
    """``amount``, ``page.path``, ``products[].sku`` (each element is checked), ``traits.city``."""
    title: Mapping[str, str] = field(default_factory=dict)
    """Language to title."""
    type: PropertyType | None = None
    """None = any."""
    required: bool = False
    """Of a path through a list: each element must have it."""
    enum: tuple[Scalar, ...] = ()
    """The values it may have; empty = any."""
    least: float | None = None
    most: float | None = None
    pattern: str | None = None
    """RE2; it must be found somewhere in the text."""

    @property
    def constrained(self) -> bool:
        """Is there anything to check?"""
        return self.required or self.type is not None or bool(self.enum)
