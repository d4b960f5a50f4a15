"""Changes in the words of Segment's protocol, for receivers that speak it already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from limner.model.clock import iso_time
from limner.ports.outbox import Entry


def segment_messages(
    picked: Entry, identifiers: Sequence[tuple[str, str]], zone: str, id: str
) -> list[Mapping[str, Any]]:
    """``identify`` with the changed tags as traits, then ``Audience Exited`` and ``Audience Entered``, in one batch.

    ``id`` names the batch and is the beginning of its messages' ids.
    """
    common = {
        **_who(picked.changed.customer, identifiers),
        "timestamp": iso_time(picked.mark.as_of, zone),
        "context": {
            "library": {"name": "limner"},
            "externalIds": [
                {"id": value, "type": type, "collection": "users", "encoding": "none"} for type, value in identifiers
            ],
        },
    }
    return [{**message, **common, "messageId": f"{id}.{n}"} for n, message in enumerate(_messages(picked))]


def _messages(picked: Entry) -> Iterator[Mapping[str, Any]]:
    changed = picked.changed
    if changed.tags:
        yield {"type": "identify", "traits": {name: after for name, (_, after) in changed.tags.items()}}
    for word, names, member in (("Exited", changed.exited, False), ("Entered", changed.entered, True)):
        for name in names:
            properties = {"audience_key": name, "audience_name": name, name: member}
            yield {"type": "track", "event": f"Audience {word}", "properties": properties}


def _who(customer: int, identifiers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Its own ids where it has some; else the customer's id as an anonymous one, for it is nobody's login."""
    first = dict(reversed(identifiers))  # of several of a type the strongest
    ids = {"userId": first.get("user_id"), "anonymousId": first.get("anonymous_id")}
    return {name: value for name, value in ids.items() if value is not None} or {"anonymousId": f"c{customer}"}
