"""Columns of what tags and behaviour read: filled before anything that others wait for looks at them."""

from __future__ import annotations

from collections.abc import Sequence

from limner.fold.properties import needs, needs_seen
from limner.model.references import folds_read, properties_read
from limner.model.tag import Tag
from limner.parts import Parts
from limner.ports.log import Progress


def paths_read(tags: Sequence[Tag]) -> frozenset[str]:
    """Every property these tags read."""
    return frozenset(path for tag in tags for fold in folds_read(tag.definition) for path in properties_read(fold))


def fill_columns(parts: Parts, tags: Sequence[Tag], progress: Progress, once: Sequence[Tag] = ()) -> None:
    """Back-fill what these tags read and has no column yet: of a property nobody has read before, the JSON of the whole
    log. Ticks and reads go on meanwhile. ``once``: what is asked only this time."""
    seen = parts.seen.look(sorted(paths_read([*tags, *once]))).__getitem__
    parts.log.promote(needs(tags, seen) | needs_seen(once, seen), progress)
