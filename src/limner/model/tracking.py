"""events.yaml, the tracking plan: what the workspace calls its events and properties, and what it asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limner.model.contract import Mode, PlannedProperty, PropertyType
from limner.model.parse_contract import read_property, read_word
from limner.model.parse_events import read_names
from limner.model.parse_tag import read_title
from limner.model.place import Place

JSON_TYPES: Mapping[PropertyType | None, str] = {
    PropertyType.STRING: "string",
    PropertyType.NUMBER: "number",
    PropertyType.INTEGER: "number",
    PropertyType.BOOLEAN: "boolean",
}
"""Times come as texts and as numbers; lists and objects are no values."""
Titles = Mapping[str, Mapping[str, str]]
"""Name to titles by language."""


class Unplanned(StrEnum):
    """May an event have properties that the plan does not name?"""

    ALLOWED = "allowed"
    REFUSED = "refused"


class _BreakingMode(StrEnum):
    """A planned event is looked at always."""

    OBSERVE = Mode.OBSERVE
    QUARANTINE = Mode.QUARANTINE
    REJECT = Mode.REJECT


@dataclass(frozen=True, slots=True)
class TrackedEvent:
    name: str
    aliases: tuple[str, ...] = ()
    """Other names under which clients send it; on arrival they become ``name``."""
    title: Mapping[str, str] = field(default_factory=dict)
    """Language to title."""
    properties: tuple[PlannedProperty, ...] = ()
    mode: Mode = Mode.OBSERVE
    """What becomes of one that breaks the plan."""
    unplanned: Unplanned = Unplanned.ALLOWED

    @property
    def constrained(self) -> bool:
        """Is there anything to check?"""
        return self.unplanned is Unplanned.REFUSED or any(planned.constrained for planned in self.properties)


@dataclass(frozen=True, slots=True)
class Tracking:
    events: tuple[TrackedEvent, ...] = ()
    unknown_events: Mode = Mode.ACCEPT
    """What becomes of events that are not among them."""

    def aliases(self) -> dict[str, str]:
        """Alias to the event's name.

        >>> Tracking((TrackedEvent("order_paid", ("Order Completed",)),)).aliases()
        {'Order Completed': 'order_paid'}
        """
        return {alias: event.name for event in self.events for alias in event.aliases}

    def types(self) -> dict[str, str]:
        """Path to the JSON type of its values, of properties whose type is stated and not stated otherwise elsewhere.

        >>> properties = {"sum": {"type": "integer"}, "at": {"type": "time"}}
        >>> parse_tracking({"events": {"pay": {"properties": properties}}}).types()
        {'sum': 'number'}
        """
        stated: dict[str, set[str]] = {}
        for planned in (planned for event in self.events for planned in event.properties):
            if planned.type in JSON_TYPES:
                stated.setdefault(planned.path, set()).add(JSON_TYPES[planned.type])
        return {path: types.pop() for path, types in stated.items() if len(types) == 1}

    def event_titles(self) -> dict[str, Mapping[str, str]]:
        return {event.name: event.title for event in self.events if event.title}

    def property_titles(self) -> dict[str, Mapping[str, str]]:
        """Of all events together; the first event that titles a property wins."""
        titles: dict[str, Mapping[str, str]] = {}
        for event in self.events:
            titles = {**{planned.path: planned.title for planned in event.properties if planned.title}, **titles}
        return titles


def parse_tracking(data: object, where: str = "events.yaml") -> Tracking:
    """``{events: {order_paid: {aliases: [Order Completed], title: ..., mode: reject, properties: {amount: ...}}}}``.

    None (an empty file) is no events. Raises `DefinitionError` with every problem.
    """
    place = Place(where)
    fields = place.mapping({} if data is None else data, "the file") or {}
    place.only(fields, ("events", "unknown_events"), "the file")
    here = place.at("events")
    events = here.mapping(fields.get("events") or {}, "events")
    tracked = [_read_event(name, event, here.at(name)) for name, event in (events or {}).items()]
    _check_aliases(tracked, here)
    unknown = Mode.ACCEPT
    if "unknown_events" in fields:
        unknown = read_word(Mode, fields["unknown_events"], place.at("unknown_events"), "mode") or unknown
    place.raise_problems()
    return Tracking(tuple(tracked), unknown)


def _read_event(name: str, data: object, place: Place) -> TrackedEvent:
    fields = place.mapping({} if data is None else data, "an event") or {}
    place.only(fields, ("aliases", "title", "mode", "unplanned_properties", "properties"), "an event")
    aliases = read_names(fields["aliases"], place.at("aliases")) if fields.get("aliases") else ()
    title = read_title(fields["title"], place.at("title")) if "title" in fields else {}
    here = place.at("properties")
    written = here.mapping(fields.get("properties") or {}, "properties") or {}
    properties = [read_property(path, rule, here.at(path)) for path, rule in written.items()]
    mode = Mode.OBSERVE
    if "mode" in fields:
        mode = Mode(read_word(_BreakingMode, fields["mode"], place.at("mode"), "mode") or mode)
    unplanned = Unplanned.ALLOWED
    if "unplanned_properties" in fields:
        word = fields["unplanned_properties"]
        unplanned = read_word(Unplanned, word, place.at("unplanned_properties"), "choice") or unplanned
    return TrackedEvent(name, aliases, title, tuple(filter(None, properties)), mode, unplanned)


def _check_aliases(events: list[TrackedEvent], place: Place) -> None:
    """An alias leads to one event, and away from its own name."""
    owners = {event.name: event.name for event in events}
    for event in events:
        for alias in event.aliases:
            if alias in owners:
                whose = "an event itself" if owners[alias] == alias else f"an alias of {owners[alias]}"
                place.at(event.name).at("aliases").wrong(f"{alias!r} is {whose} already.")
            owners.setdefault(alias, event.name)
