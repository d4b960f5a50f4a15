"""Verbs about the sources of traits: how far each is believed, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from limner.errors import NotFound, did_you_mean
from limner.fold.claims import asks_for_trust
from limner.fold.encode import half_life_of, name_trait
from limner.fold.plan import Measurement
from limner.fold.population import Population
from limner.fold.trust import DAY, Learned, Trust
from limner.fold.votes import UNSUMMED, believe
from limner.model.clock import iso_time
from limner.model.reliability import Reliabilities
from limner.pipeline import Moment, find_population
from limner.workspace.following import Following
from limner.workspace.opened import Instant


class Belief(NamedTuple):
    """A source and a trait whose value is chosen by trust."""

    source: str
    tag: str
    trait: str
    half_life: int
    """Days."""
    configured: float | None
    learned: Learned | None
    """None = no other source spoke of the same customers."""
    reliability: float

    def as_dict(self) -> dict[str, Any]:
        """``tag, trait, half_life, configured, learned, reliability, claims, agreement``."""
        shown = {name: value for name, value in self._asdict().items() if name != "source"}
        learned = self.learned
        return shown | {
            "learned": None if learned is None else learned.reliability,
            "claims": 0 if learned is None else learned.claims,
            "agreement": None if learned is None else learned.agreement,
        }


class Trusting(Following):
    """Sources, as they were configured and as their agreement with others showed them."""

    def sources_list(self, as_of: Instant = None) -> list[dict[str, Any]]:
        """All sources of the log, and those of sources.yaml: how far each is configured and believed on the average of
        its claims, by what was learned at the last midnight."""
        moment, known, _ = self._learned(as_of)
        beliefs = list(list_beliefs(moment, known, self.parts.reliabilities))
        return [
            summarise_source(name, [one for one in beliefs if one.source == name], self.parts.reliabilities)
            for name in self._source_names(moment)
        ]

    def sources_show(self, name: str, as_of: Instant = None) -> dict[str, Any]:
        """One source, trait by trait, and the midnight at which that was learned."""
        moment, known, midnight = self._learned(as_of)
        names = self._source_names(moment)
        if name not in names:
            raise NotFound(f"No source {name!r} has sent anything.", hint=did_you_mean(name, names))
        beliefs = [one for one in list_beliefs(moment, known, self.parts.reliabilities) if one.source == name]
        return {
            **summarise_source(name, beliefs, self.parts.reliabilities),
            "learned_at": midnight,
            "traits": [one.as_dict() for one in beliefs],
        }

    def _learned(self, as_of: Instant) -> tuple[Moment, Population, str]:
        with self._settled():
            instant = self._instant(as_of)
            moment = self.moment()
            known = find_population(self.parts, moment, instant, None) or UNSUMMED
        return moment, known, iso_time(known.as_of or instant, self.parts.zone)

    def _source_names(self, moment: Moment) -> list[str]:
        return sorted({*moment.plan.vocabulary.sources, *self.parts.reliabilities.sources})


def list_beliefs(moment: Moment, known: Population, priors: Reliabilities) -> Iterator[Belief]:
    """Of every source and every trait that asks for trust."""
    asked = asks_for_trust(moment.plan)
    for source in sorted({*moment.plan.vocabulary.sources, *priors.sources}):
        for key, measurement in asked.items():
            yield from believe_of(source, measurement, known.trust.get(key, Trust()), priors)


def believe_of(source: str, measurement: Measurement, trust: Trust, priors: Reliabilities) -> Iterator[Belief]:
    """Nothing of a trait that neither somebody configured for it nor others could be compared with it for."""
    trait, learned = name_trait(measurement.fold), trust.sources.get(source)
    configured, days = priors.configured(source, trait), int(half_life_of(measurement.fold) / DAY)
    if learned is not None or configured is not None:
        reliability = believe(source, trait, trust, priors)
        yield Belief(source, measurement.tags[0], trait, days, configured, learned, reliability)


def summarise_source(name: str, beliefs: list[Belief], priors: Reliabilities) -> dict[str, Any]:
    """``reliability`` and ``agreement`` on the average of its claims; without any, as it is configured."""
    compared = [(one.learned, one.learned.claims) for one in beliefs if one.learned is not None]
    configured = priors.configured(name, "")
    shown: dict[str, Any] = {"source": name, "configured": configured, "claims": sum(claims for _, claims in compared)}
    if not compared:
        return shown | {"reliability": priors.prior(name, "").reliability, "agreement": None}
    weights = [claims for _, claims in compared]
    reliability = float(np.average([learned.reliability for learned, _ in compared], weights=weights))
    agreement = float(np.average([learned.agreement or 0.0 for learned, _ in compared], weights=weights))
    return shown | {"reliability": round(reliability, 4), "agreement": round(agreement, 4)}
