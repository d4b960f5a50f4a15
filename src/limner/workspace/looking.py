"""Verbs about what the data has shown: for those who build tags."""

from __future__ import annotations

from typing import Any

from limner.errors import NotFound, did_you_mean
from limner.govern.masking import is_personal, mask_text, mask_value
from limner.model.clock import iso_time, now
from limner.model.labels import labels_of
from limner.ports.events import SeenEvent, SeenProperty
from limner.workspace.opened import Opened


class Looking(Opened):
    """Events and their properties."""

    def events_seen(self) -> list[dict[str, Any]]:
        """All events, the most frequent first: name, title, aliases, count, first and last time, how many people,
        the last seven days and the seven before."""
        labels, aliases = labels_of(self.parts.tracking), self.parts.tracking.aliases()
        self.intake.settle()
        return [self._show_event(event, aliases, labels) for event in self.parts.events.events(now())]

    def _show_event(self, event: SeenEvent, aliases: Any, labels: Any) -> dict[str, Any]:
        zone = self.parts.zone
        return {
            "name": event.name,
            "title": {language: labels.event(event.name, language) for language in ("zh", "en")},
            "aliases": sorted(alias for alias, name in aliases.items() if name == event.name),
            "count": event.count,
            "first_seen": iso_time(event.first, zone),
            "last_seen": iso_time(event.last, zone),
            "people": event.people,
            "last_7_days": event.last_week,
            "previous_7_days": event.week_before,
        }

    def event_properties(self, name: str) -> list[dict[str, Any]]:
        """What the latest events of that name carry: paths, types, examples (masked where they are personal)."""
        self.intake.settle()
        found = self.parts.events.properties(name)
        if not found and name not in (known := self.parts.seen.events()):
            raise NotFound(f"No event {name!r} has been seen.", hint=did_you_mean(name, known))
        promoted = {path for path, _ in self.parts.log.vocabulary().columns}
        return [show_property(each, each.path in promoted) for each in found]


def show_property(seen: SeenProperty, promoted: bool) -> dict[str, Any]:
    return {
        "path": seen.path,
        "types": dict(seen.types),
        "share": round(min(seen.values / seen.sampled, 1.0), 4),
        "distinct": seen.distinct,
        "examples": [{"value": mask_example(seen.path, value), "count": count} for value, count in seen.examples],
        "sampled": seen.sampled,
        "promoted": promoted,
    }


def mask_example(path: str, value: Any) -> Any:
    if is_personal(path):
        return mask_value(path.rpartition(".")[2], str(value))
    return mask_text(value) if isinstance(value, str) else value
