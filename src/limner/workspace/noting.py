"""Verbs about notes people write on customers: events of the timeline, which go where the customer goes."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pyarrow as pa

from limner.errors import DataError, NotFound
from limner.identity.normalise import normalise_batch
from limner.model.clock import iso_time, now
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.workspace.giving import SOURCE, Giving
from limner.workspace.overviewing import Overviewing

ADDED, REMOVED = "note_added", "note_removed"
LONGEST = 4_000
"""Characters."""
MOST = 1_000
"""Notes, removed ones too, that are looked at."""


class Noting(Giving, Overviewing):
    """Notes."""

    def notes_list(self, key: str) -> list[dict[str, Any]]:
        """A customer's notes, the newest first: ``id, text, author, at``."""
        events = self.timeline(key, MOST, names=(ADDED, REMOVED))["events"]
        gone = {event["properties"]["note"] for event in events if event["name"] == REMOVED}
        return [
            {
                "id": event["event_id"],
                "text": event["properties"]["text"],
                "author": event["properties"]["author"],
                "at": event["time"],
            }
            for event in events
            if event["name"] == ADDED and event["event_id"] not in gone
        ]

    def note_add(self, key: str, text: str, author: str = "") -> dict[str, Any]:
        """Write a note on a customer."""
        text = text.strip()
        if not 0 < len(text) <= LONGEST:
            raise DataError(f"A note has 1 to {LONGEST} characters.")
        id, at = self._note(key, ADDED, {"text": text, "author": author})
        return {"id": id, "text": text, "author": author, "at": at}

    def note_remove(self, key: str, id: str, author: str = "") -> None:
        """Take a note back; it stays in the log, as all that was said does."""
        if not any(note["id"] == id for note in self.notes_list(key)):
            raise NotFound(f"{key} has no note {id!r}.")
        self._note(key, REMOVED, {"note": id, "author": author})

    def _note(self, key: str, name: str, properties: dict[str, str]) -> tuple[str, str]:
        with self._settled():
            number = self._one_id.refresh().resolve(key)
            type, value = self._address(number, key)
            id, instant = f"note-{uuid.uuid4().hex}", now()
            event = {
                "event_id": id,
                "source": SOURCE,
                "name": name,
                "time": instant,
                "received_at": instant,
                "properties": json.dumps(properties, ensure_ascii=False),
            }
            batch = pa.Table.from_pylist([event], EVENT_BATCH)
            batch = batch.append_column(f"{IDENTIFIER_PREFIX}{type}", pa.array([value], pa.string()))
            if self.parts.log.append(normalise_batch(batch)).erased:
                raise NotFound(f"{key} was erased.")
        return id, iso_time(instant, self.parts.zone)
