"""sources.yaml: how far sources are believed to begin with, until their agreement with each other has taught it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from limner.model.parse_value import read_flag, read_number
from limner.model.place import Place

USUAL = 0.8
"""The part of its claims that a source nobody configured is taken to have right."""
LOWEST, HIGHEST = 0.01, 0.99
"""Nobody is always wrong or always right: such a source would outweigh any number of others."""
USUAL_CLAIMS, CONFIGURED_CLAIMS = 10.0, 100.0
"""What was believed to begin with weighs as much as so many claims that were looked at."""


class Prior(NamedTuple):
    """What is believed of a source before its claims are compared with those of others."""

    reliability: float
    """The part of its claims that are right."""
    claims: float
    """How many claims it weighs as."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """One source as it is configured."""

    reliability: float | None = None
    """None = as one that is not configured."""
    traits: Mapping[str, float] = field(default_factory=dict)
    """Of traits it knows better, or worse."""


@dataclass(frozen=True, slots=True)
class Reliabilities:
    """Of all sources."""

    sources: Mapping[str, Trusted] = field(default_factory=dict)
    learn: bool = True
    """False: what is configured stays as it is."""

    def configured(self, source: str, trait: str) -> float | None:
        """What is written of a source and a trait (without ``traits.``), else of the source."""
        found = self.sources.get(source, Trusted())
        return found.traits.get(trait, found.reliability)

    def prior(self, source: str, trait: str) -> Prior:
        """
        >>> crm = Reliabilities({"crm": Trusted(0.95, {"city": 0.7})})
        >>> crm.prior("crm", "city"), crm.prior("app", "city").reliability
        (Prior(reliability=0.7, claims=100.0), 0.8)
        """
        configured = self.configured(source, trait)
        if configured is None:
            return Prior(USUAL, USUAL_CLAIMS)
        return Prior(min(max(configured, LOWEST), HIGHEST), CONFIGURED_CLAIMS)


UNCONFIGURED = Reliabilities()
"""There is no sources.yaml."""


def parse_reliabilities(data: object, where: str = "sources.yaml") -> Reliabilities:
    """``{learn: true, sources: {crm: 0.95, app: {reliability: 0.7, traits: {city: 0.9}}}}``.

    None (an empty file) configures nothing. Raises `DefinitionError` with every problem.
    """
    place = Place(where)
    fields = place.mapping({} if data is None else data, "the file") or {}
    place.only(fields, ("learn", "sources"), "the file")
    learn = read_flag(fields["learn"], place.at("learn")) if "learn" in fields else True
    here = place.at("sources")
    written = here.mapping(fields.get("sources") or {}, "sources") or {}
    sources = {name: _read_source(data, here.at(name)) for name, data in written.items()}
    place.raise_problems()
    return Reliabilities(sources, learn is not False)


def dump_reliabilities(known: Reliabilities) -> dict[str, object]:
    """What `parse_reliabilities` takes back."""
    sources: dict[str, object] = {}
    for name, one in known.sources.items():
        own = {} if one.reliability is None else {"reliability": one.reliability}
        sources[name] = own | ({"traits": dict(one.traits)} if one.traits else {})
    return {"learn": known.learn, "sources": sources}


def _read_source(data: object, place: Place) -> Trusted:
    if not isinstance(data, Mapping):
        return Trusted(read_number(data, place, 0, 1))
    fields = place.mapping(data, "a source") or {}
    place.only(fields, ("reliability", "traits"), "a source")
    own = read_number(fields["reliability"], place.at("reliability"), 0, 1) if "reliability" in fields else None
    here = place.at("traits")
    named = here.mapping(fields.get("traits") or {}, "traits") or {}
    read = {name.removeprefix("traits."): read_number(value, here.at(name), 0, 1) for name, value in named.items()}
    return Trusted(own, {name: value for name, value in read.items() if value is not None})
