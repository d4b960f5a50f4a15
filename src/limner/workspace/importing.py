"""Verbs that give tags the values of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limner.collect.listed import CUSTOMER, Fault, Listed, read_list
from limner.errors import DataError
from limner.fold.given import encode_given, match_keys, normalise_keys
from limner.fold.written import Rows
from limner.identity.snapshot import CUSTOMER_ID
from limner.model.clock import now, read_instant
from limner.model.fold import Given, Span
from limner.model.parse_value import read_span
from limner.model.place import Place
from limner.model.run import Run
from limner.model.tag import Imported, Tag
from limner.ports.catalog import AuditEntry
from limner.ports.log import Progress
from limner.tags.given import find_given
from limner.workspace.opened import Opened, silent


@dataclass(frozen=True, slots=True)
class Imports:
    """What became of the rows of an import."""

    run: Run
    zone: str
    unknown: int
    """Rows of identifiers nobody has yet: they count as soon as somebody does."""
    empty: int
    rejected: int
    faults: Sequence[Fault]

    def as_dict(self) -> dict[str, Any]:
        faults = [{"line": fault.line, "reason": fault.reason} for fault in self.faults]
        counts = {"unknown": self.unknown, "empty": self.empty, "rejected": self.rejected}
        return {**self.run.as_dict(self.zone), **counts, "rejects": faults}


class Importing(Opened):
    """Values imported from lists and tables."""

    def tags_import(
        self,
        name: str,
        file: str | Path,
        key: str,
        value: str | None = None,
        expires: str | None = None,
        reason: str = "",
        author: str = "",
        source: str | None = None,
        progress: Progress = silent,
    ) -> Imports:
        """Give an imported tag the values of a file: a dated column that takes the place of the one before.

        ``key`` is ``type:column``; ``expires`` a length of time (90d) or an instant.
        """
        tag = find_given(name, Imported, self.tags())
        assert isinstance(tag.definition, Imported)
        given = tag.definition.given
        listed = read_list(str(file), key, value, given, self.parts.rows, self.parts.tables, self.parts.zone, progress)
        sort_out(listed, tag)
        if not listed.values:
            first = f" The first says: {listed.faults[0].reason}" if listed.faults else ""
            raise DataError(f"No row of {file} has a value for {name}; nothing was imported.{first}")
        instant = now()
        until = read_expiry(expires, tag.definition.expires, instant, self.parts.zone)
        with self._settled():
            rows = self._place(listed, given)
            run = Run(
                0,
                name,
                instant,
                rows.column.type,
                len(listed.values),
                author,
                source or Path(str(file)).name,
                reason,
                until,
            )
            kept = self.parts.dated.add(run, rows, [AuditEntry(instant, author, "tag.import", name, reason)])
        return Imports(kept, self.parts.zone, len(rows.keys), listed.empty, listed.faulty, listed.faults)

    def _place(self, listed: Listed, given: Given) -> Rows:
        snapshot = self._one_id.refresh()
        if listed.type == CUSTOMER:
            nodes = np.array([snapshot.find(key) for key in listed.keys], np.int32)
            return Rows(nodes, {}, encode_given(listed.values, given))
        nodes = match_keys(listed.type, listed.keys, self.parts.observations)
        unseen = {int(place): (listed.type, listed.keys[place]) for place in np.flatnonzero(nodes < 0)}
        return Rows(nodes, unseen, encode_given(listed.values, given))

    def tags_runs(self, name: str | None = None) -> list[dict[str, Any]]:
        """What imports and queries wrote, the last first."""
        return [run.as_dict(self.parts.zone) for run in reversed(self.parts.dated.runs(name))]


def sort_out(listed: Listed, tag: Tag) -> None:
    """Keys as events have them; what is no identifier, or no value of the tag, is left out and said."""
    if tag.values:
        known = ", ".join(str(value) for value in tag.values)
        listed.drop([value in tag.values for value in listed.values], f"{tag.name} is one of {known}.")
    if listed.type == CUSTOMER:
        listed.drop([CUSTOMER_ID.fullmatch(key) is not None for key in listed.keys], "this is no customer id (c123).")
        return
    normal = normalise_keys(listed.type, listed.keys)
    listed.drop([key is not None for key in normal], f"this is no {listed.type}.")
    listed.keys = [key for key in normal if key is not None]


def read_expiry(text: str | None, usual: Span | None, instant: int, zone: str) -> int | None:
    """A length of time from now, or an instant; None = as the definition says."""
    if text is None:
        return None if usual is None else instant + usual.micros
    place = Place("expires")
    span = read_span(text, place)
    until = read_instant(text, zone) if span is None else instant + span.micros
    if until <= instant:
        raise DataError(f"{text} is over already: what is imported now would never hold.")
    return until
