"""Changes in the words of Segment's protocol, for receivers that speak it already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from limner.model.change import Changed
from limner.model.clock import iso_time
from limner.ports.destinations import Shape
from limner.ports.outbox import Entry

Message = Mapping[str, Any]
SPACE = "limner"
"""Where computations live, to receivers of several."""


def segment_messages(
    picked: Entry, identifiers: Sequence[tuple[str, str]], zone: str, id: str, shape: Shape
) -> list[Message]:
    """One batch: ``identify`` with the changed tags as traits, then ``Audience Exited`` and ``Audience Entered``; as
    `Shape.SEGMENT_IDENTIFY` an ``identify`` for each.

    ``id`` names the batch and is the beginning of its messages' ids.
    """
    common = {**_who(picked.changed.customer, identifiers), "timestamp": iso_time(picked.mark.as_of, zone)}
    context = {
        "library": {"name": "limner"},
        "integrations": {"personas": False},
        "externalIds": [
            {"id": value, "type": type, "collection": "users", "encoding": "none"} for type, value in identifiers
        ],
    }
    if shape is Shape.SEGMENT_IDENTIFY:
        told = _identify_each(picked.changed, next((value for type, value in identifiers if type == "email"), None))
    else:
        told = _track_audiences(picked.changed)
    return [
        {**message, **common, "context": {**context, **more}, "integrations": {"All": True}, "messageId": f"{id}.{n}"}
        for n, (message, more) in enumerate(told)
    ]


def _track_audiences(changed: Changed) -> Iterator[tuple[Message, Message]]:
    """Messages, each with what its context has besides."""
    if changed.tags:
        yield {"type": "identify", "traits": {name: after for name, (_, after) in changed.tags.items()}}, {}
    for name, member in _memberships(changed):
        properties = {"audience_key": name, "audience_name": name, name: member}
        event = f"Audience {'Entered' if member else 'Exited'}"
        yield {"type": "track", "event": event, "properties": properties}, _computed("audience", f"aud_{name}", name)


def _identify_each(changed: Changed, email: str | None) -> Iterator[tuple[Message, Message]]:
    """The same as Segment's own audiences and computed traits tell of them: one trait a message, whose key the context
    names, as receivers look for it there."""
    known = {} if email is None else {"email": email}
    for name, (_, after) in changed.tags.items():
        yield {"type": "identify", "traits": {**known, name: after}}, _computed("computed_trait", f"tra_{name}", name)
    for name, member in _memberships(changed):
        yield {"type": "identify", "traits": {**known, name: member}}, _computed("audience", f"aud_{name}", name)


def _memberships(changed: Changed) -> list[tuple[str, bool]]:
    return [*((name, False) for name in changed.exited), *((name, True) for name in changed.entered)]


def _computed(kind: str, id: str, key: str) -> Message:
    told = {"computation_class": kind, "computation_id": id, "computation_key": key}
    return {"personas": {**told, "namespace": SPACE, "space_id": SPACE}}


def _who(customer: int, identifiers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Its own ids where it has some; else the customer's id as an anonymous one, for it is nobody's login."""
    first = dict(reversed(identifiers))  # of several of a type the strongest
    ids = {"userId": first.get("user_id"), "anonymousId": first.get("anonymous_id")}
    return {name: value for name, value in ids.items() if value is not None} or {"anonymousId": f"c{customer}"}
