"""What a destination is told: entries of the outbox as letters in its shape, and the headers they travel with."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from limner.engage.segment import segment_messages
from limner.govern.signature import sign
from limner.model.clock import iso_time
from limner.ports.deliveries import Letter
from limner.ports.destinations import Destination
from limner.ports.outbox import Entry

USER_AGENT = "limner"
Identifiers = Sequence[tuple[str, str]]
"""Type and value, strongest first."""


def pick(entry: Entry, destination: Destination) -> Entry | None:
    """What of the entry the destination asked for; None = nothing."""
    changed = entry.changed
    tags = _chosen(changed.tags, destination.tags)
    entered, exited = (_chosen(names, destination.audiences) for names in (changed.entered, changed.exited))
    if not (tags or entered or exited):
        return None
    picked = type(changed)(changed.customer, {name: changed.tags[name] for name in tags}, entered, exited)
    return Entry(entry.position, entry.mark, picked)


def _chosen(names: Collection[str], wanted: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in wanted)


def write_letters(picked: Entry, destination: Destination, identifiers: Identifiers, zone: str) -> list[Letter]:
    """The letters that tell a destination of what `pick` left."""
    shape = destination.shape
    if shape.is_segments:
        batch = segment_messages(picked, identifiers, zone, letter_id(destination.name, picked.position, 0), shape)
        documents: list[dict[str, Any]] = [{"batch": batch}]
    else:
        documents = list(_standard_messages(picked, identifiers, zone))
    return [
        Letter(picked.position, part, picked.changed.customer, msgspec.json.encode(document))
        for part, document in enumerate(documents)
    ]


def count_letters(picked: Entry, destination: Destination) -> int:
    """How many letters `write_letters` makes of it."""
    if destination.shape.is_segments:
        return 1
    changed = picked.changed
    return bool(changed.tags) + len(changed.exited) + len(changed.entered)


def _standard_messages(picked: Entry, identifiers: Identifiers, zone: str) -> Iterator[dict[str, Any]]:
    """All changed tags in one message, and one for each audience."""
    changed, as_of = picked.changed, iso_time(picked.mark.as_of, zone)
    customer = {
        "customer_id": f"c{changed.customer}",
        "identifiers": [{"type": type, "value": value} for type, value in identifiers],
    }
    tags = {name: {"before": before, "after": after} for name, (before, after) in changed.tags.items()}
    if tags:
        yield {"type": "tag.changed", "timestamp": as_of, "data": {**customer, "tags": tags, "as_of": as_of}}
    for kind, names in (("exited", changed.exited), ("entered", changed.entered)):
        for name in names:
            data = {**customer, "audience": name, "as_of": as_of}
            yield {"type": f"audience.{kind}", "timestamp": as_of, "data": data}


def letter_id(destination: str, position: int, part: int) -> str:
    """The same whenever, and however often, this is told to this destination.

    >>> letter_id("crm", 1207, 0)
    'crm.1207.0'
    """
    return f"{destination}.{position}.{part}"


def address_of(destination: Destination) -> str:
    """Where its letters go."""
    return destination.url.rstrip("/") + "/v1/batch" if destination.shape.is_segments else destination.url


def headers_of(id: str, body: bytes, destination: Destination, secret: str, second: int) -> dict[str, str]:
    """Of a try at this Unix time. The signature covers id, time and body."""
    common = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
    if destination.shape.is_segments:
        login = base64.b64encode(f"{secret}:".encode()).decode()
        return {**common, "Authorization": f"Basic {login}"}
    return {**common, **sign(secret, id, second, body)}
