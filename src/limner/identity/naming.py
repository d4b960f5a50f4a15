"""Whom a delivery names, told without reading it as events: while it is not stored, it can only change these people.

More may be named here than its events will carry, never fewer (tests/parity/test_naming.py): a line that leaves any
doubt may be anybody's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from limner.collect.segment import TRAIT_IDENTIFIERS, list_external
from limner.identity.binding import BIND, UNBIND
from limner.identity.normalise import normalise_key
from limner.ports.journal import Delivery, Kind

Identifier = tuple[str, str]
"""Type and value, normalised."""
NAMES = {"userId": "user_id", "anonymousId": "anonymous_id", "previousId": "user_id"}
LARGEST = 10**15
"""Whole numbers below it are spelled alike by everybody."""
normalise = lru_cache(maxsize=1 << 16)(normalise_key)


class Doubt(Exception):
    """It may name anybody."""


class Named(NamedTuple):
    sets: frozenset[frozenset[Identifier]]
    """The identifiers of each line."""
    keys: frozenset[str]
    """The names of all members of all objects in it."""


NOBODY = Named(frozenset(), frozenset())


def read_named(delivery: Delivery) -> Named | None:
    """None = anybody."""
    if delivery.kind is Kind.REFUSED:
        return NOBODY
    if delivery.kind is not Kind.MESSAGES:
        return None
    keys: set[str] = set()
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: fold_members(pairs, keys))
    try:
        sets = frozenset(frozenset(list_identifiers(decoder.decode(line.decode()))) for line in delivery.lines)
    except (Doubt, ValueError, RecursionError):
        return None
    return Named(sets, frozenset(keys))


def fold_members(pairs: list[tuple[str, Any]], keys: set[str]) -> dict[str, Any]:
    """Which of two members of one name counts is nothing to rely on."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Doubt
    keys.update(members)
    return members


def list_identifiers(message: object) -> Iterator[Identifier]:
    """Those an event made of a message may carry, whatever its type."""
    if not isinstance(message, dict) or message.get("event") in (BIND, UNBIND):
        raise Doubt
    context = read_object(message, "context")
    told = [(kind, message.get(name)) for name, kind in NAMES.items()]
    for traits in (read_object(message, "traits"), read_object(context, "traits")):
        told += [(kind, traits.get(kind)) for kind in TRAIT_IDENTIFIERS]
    told.append(("device_id", read_object(context, "device").get("id")))
    external = chain(list_external(message.get("externalIds")), list_external(context.get("externalIds")))
    for kind, value in chain(told, external):
        normal = normalise(kind, spell(value))
        if normal is not None:
            yield kind, normal


def read_object(members: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = members.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Doubt
    return found


def spell(value: object) -> str:
    """As text; an empty one identifies nobody."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST:
        return str(value)
    raise Doubt
