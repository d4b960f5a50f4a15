"""events.yaml: what the workspace calls its events and properties. The full tracking plan comes on top of this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from limner.model.parse_events import read_names
from limner.model.parse_tag import read_title
from limner.model.parse_value import read_path
from limner.model.place import Place

Titles = Mapping[str, Mapping[str, str]]
"""Name to titles by language."""


@dataclass(frozen=True, slots=True)
class TrackedEvent:
    name: str
    aliases: tuple[str, ...] = ()
    """Other names under which clients send it; on arrival they become ``name``."""
    title: Mapping[str, str] = field(default_factory=dict)
    """Language to title."""
    properties: Titles = field(default_factory=dict)
    """Titles of its properties."""


@dataclass(frozen=True, slots=True)
class Tracking:
    events: tuple[TrackedEvent, ...] = ()

    def aliases(self) -> dict[str, str]:
        """Alias to the event's name.

        >>> Tracking((TrackedEvent("order_paid", ("Order Completed",)),)).aliases()
        {'Order Completed': 'order_paid'}
        """
        return {alias: event.name for event in self.events for alias in event.aliases}

    def event_titles(self) -> dict[str, Mapping[str, str]]:
        return {event.name: event.title for event in self.events if event.title}

    def property_titles(self) -> dict[str, Mapping[str, str]]:
        """Of all events together; the first event that titles a property wins."""
        titles: dict[str, Mapping[str, str]] = {}
        for event in self.events:
            titles = {**event.properties, **titles}
        return titles


def parse_tracking(data: object, where: str = "events.yaml") -> Tracking:
    """``{events: {order_paid: {aliases: [Order Completed], title: ..., properties: {amount: {zh: 金额}}}}}``.

    None (an empty file) is no events. Raises `DefinitionError` with every problem.
    """
    place = Place(where)
    fields = place.mapping({} if data is None else data, "the file")
    if fields is not None:
        place.only(fields, ("events",), "the file")
    here = place.at("events")
    events = here.mapping((fields or {}).get("events") or {}, "events")
    tracked = [_read_event(name, event, here.at(name)) for name, event in (events or {}).items()]
    _check_aliases(tracked, here)
    place.raise_problems()
    return Tracking(tuple(tracked))


def _read_event(name: str, data: object, place: Place) -> TrackedEvent:
    fields = place.mapping({} if data is None else data, "an event") or {}
    place.only(fields, ("aliases", "title", "properties"), "an event")
    aliases = read_names(fields["aliases"], place.at("aliases")) if fields.get("aliases") else ()
    title = read_title(fields["title"], place.at("title")) if "title" in fields else {}
    properties = place.at("properties").mapping(fields.get("properties") or {}, "properties") or {}
    titles = {}
    for path, words in properties.items():
        here = place.at("properties").at(path)
        if read_path(path, here) is not None and words is not None:
            titles[path] = read_title(words, here)
    return TrackedEvent(name, aliases, title, titles)


def _check_aliases(events: list[TrackedEvent], place: Place) -> None:
    """An alias leads to one event, and away from its own name."""
    owners = {event.name: event.name for event in events}
    for event in events:
        for alias in event.aliases:
            if alias in owners:
                whose = "an event itself" if owners[alias] == alias else f"an alias of {owners[alias]}"
                place.at(event.name).at("aliases").wrong(f"{alias!r} is {whose} already.")
            owners.setdefault(alias, event.name)
