"""What a claim of each source counts for its value: by what was learned at midnight, else by what is configured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from limner.fold.population import Population
from limner.fold.trust import Trust, votes_of
from limner.model.reliability import Reliabilities

NOBODY = ""
"""No source has this name: what is believed of it is believed of all that are not configured."""
UNSUMMED = Population(0)


def spell_votes(key: str, trait: str, sources: Sequence[str], population: Population | None) -> npt.NDArray[np.float64]:
    """As `limner.fold.measures.traits` reads them: how many wrong values there are, the vote of a source without a
    code, then those by code. ``key``: of the fold."""
    known = population or UNSUMMED
    trust = known.trust.get(key, Trust())
    believed = [believe(source, trait, trust, known.priors) for source in (NOBODY, *sources)]
    return np.concatenate([[trust.wrong], votes_of(np.array(believed), trust.wrong)])


def believe(source: str, trait: str, trust: Trust, priors: Reliabilities) -> float:
    """The part of its claims that a source is taken to have right."""
    learned = trust.sources.get(source)
    return priors.prior(source, trait).reliability if learned is None else learned.reliability
