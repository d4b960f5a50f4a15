"""A portrait: one customer's tags at one instant, as every door shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from limner.model.tag import Layer

TagValue = str | int | float | bool | Sequence[str | int | float] | None
"""A tag's value as JSON has it; times are ISO 8601 text with the workspace's offset."""
Held = Literal["heavy", "blocked"]
"""Why a customer is folded less often than others, or not at all."""


@dataclass(frozen=True, slots=True)
class TagReading:
    """What one tag says of one customer."""

    value: TagValue
    """None = the tag has no value for this customer."""
    confidence: float | None
    """0..1; 1 where the value is certain, None without a value."""
    layer: Layer
    since: str | None
    """Time of the last event that fed the value; of a derived tag, the latest of those of its inputs."""
    evidence: Mapping[str, Any] | None
    """Why: which events, how often, what share; of a derived tag, the tags it used and their values."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "confidence": self.confidence,
            "layer": self.layer.value,
            "since": self.since,
            "evidence": self.evidence,
        }


@dataclass(frozen=True, slots=True)
class Prediction(TagReading):
    """What a model said."""

    predicted_at: str
    """When it did: `since`, by the name people look for."""

    def as_dict(self) -> dict[str, Any]:
        return {**TagReading.as_dict(self), "predicted_at": self.predicted_at}


@dataclass(frozen=True, slots=True)
class Portrait:
    """A customer's tags with value, confidence and evidence; those without a value included."""

    customer_id: str
    as_of: str
    """ISO 8601 in the workspace's zone."""
    identifiers: tuple[Mapping[str, Any], ...]
    """Each with ``type`` and ``value`` at least."""
    tags: Mapping[str, TagReading]

    def as_dict(self) -> dict[str, Any]:
        """The JSON document of the CLI and the API."""
        return {
            "customer_id": self.customer_id,
            "as_of": self.as_of,
            "identifiers": [dict(identifier) for identifier in self.identifiers],
            "tags": {name: reading.as_dict() for name, reading in self.tags.items()},
        }


@dataclass(frozen=True, slots=True)
class HeldPortrait(Portrait):
    """Of a customer whose events are not followed one by one: it is of ``as_of``, without evidence."""

    held: Held

    def as_dict(self) -> dict[str, Any]:
        """The same document, with ``held``."""
        return {**Portrait.as_dict(self), "held": self.held}
