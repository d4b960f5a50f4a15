"""Cleaning: what was read, held against the tracking plan and told of what it says besides."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from limner.collect.chunk import Chunk
from limner.collect.contract import Checked, Contract
from limner.collect.enrich import enrich


@dataclass(frozen=True, slots=True)
class Cleaned:
    chunk: Chunk
    """Without the events the plan takes out: they are among its rejects."""
    checked: Checked
    """What the plan says of its events."""


def clean(chunk: Chunk, contract: Contract) -> Cleaned:
    """Check, then enrich what is kept."""
    checked = contract.check(chunk.events)
    rejects = [chunk.refuse(row, reason) for row, reason, _ in checked.refused]
    kept = np.ones(chunk.events.num_rows, np.bool_)
    kept[[row for row, _, _ in checked.refused]] = False
    places = np.flatnonzero(kept)
    cleaned = replace(
        chunk,
        events=enrich(checked.events, names=chunk.properties),
        lines=chunk.lines[places] if len(chunk.lines) else chunk.lines,
        rejects=chunk.rejects + rejects,
        refuse=lambda row, reason: chunk.refuse(int(places[row]), reason),
    )
    return Cleaned(cleaned, checked)
