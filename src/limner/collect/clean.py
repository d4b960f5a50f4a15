"""Cleaning: what was read, held against the tracking plan and told of what it says besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.chunk import Chunk
from limner.collect.contract import Checked, Contract
from limner.collect.enrich import enrich
from limner.model.parse_given import OWN_EVENTS

OWN_REASON = (
    "Events of this name are Limner's own: enter values with `limner tags set` or "
    "PUT /api/v1/profiles/{key}/tags/{name}."
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    chunk: Chunk
    """Without the events the plan takes out: they are among its rejects."""
    checked: Checked
    """What the plan says of its events."""


def refuse_own(chunk: Chunk) -> Chunk:
    """Without events that only Limner itself makes: whoever could send them could enter values in others' names."""
    own = np.asarray(pc.is_in(chunk.events.column("name"), value_set=pa.array(OWN_EVENTS)).to_numpy(), np.bool_)
    if not own.any():
        return chunk
    return leave_out(chunk, [(int(row), OWN_REASON) for row in np.flatnonzero(own)])


def clean(chunk: Chunk, contract: Contract) -> Cleaned:
    """Check, then enrich what is kept."""
    chunk = refuse_own(chunk)
    checked = contract.check(chunk.events)
    kept = leave_out(chunk, [(row, reason) for row, reason, _ in checked.refused])
    return Cleaned(replace(kept, events=enrich(checked.events, names=chunk.properties)), checked)


def leave_out(chunk: Chunk, refused: Sequence[tuple[int, str]]) -> Chunk:
    """Without these events, which become rejects."""
    rejects = [chunk.refuse(row, reason) for row, reason in refused]
    kept = np.ones(chunk.events.num_rows, np.bool_)
    kept[[row for row, _ in refused]] = False
    places = np.flatnonzero(kept)
    return replace(
        chunk,
        events=chunk.events if kept.all() else chunk.events.filter(pa.array(kept)),
        lines=chunk.lines[places] if len(chunk.lines) else chunk.lines,
        rejects=chunk.rejects + rejects,
        refuse=lambda row, reason: chunk.refuse(int(places[row]), reason),
    )
