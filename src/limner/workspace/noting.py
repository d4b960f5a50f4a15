"""Verbs about notes people write on customers: events of the timeline, which go where the customer goes."""

from __future__ import annotations

from typing import Any

from limner.errors import DataError, NotFound
from limner.workspace.entering import Entering
from limner.workspace.overviewing import Overviewing
from limner.workspace.recalling import Recalling

ADDED, REMOVED = "note_added", "note_removed"
LONGEST = 4_000
"""Characters."""
MOST = 1_000
"""Notes, removed ones too, that are looked at."""


class Noting(Entering, Recalling, Overviewing):
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
        """The event's id, and its time."""
        return self._write_by_hand(key, "note", name, properties)[1:]
