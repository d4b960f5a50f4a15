"""Whom a delivery names, told without reading it as events: while it is not stored, it can only change these people.

More may be named here than its events will carry, never fewer (tests/parity/test_naming.py): a line that leaves any
doubt may be anybody's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from limner.collect.segment import TRAIT_IDENTIFIERS, list_external
from limner.identity.binding import BIND, UNBIND
from limner.identity.normalise import normalise_key
from limner.ports.journal import Delivery, Kind

Identifier = tuple[str, str]
"""Type and value, normalised."""
NAMES = {"userId": "user_id", "anonymousId": "anonymous_id", "previousId": "user_id"}
SURE = ("track", "identify", "page", "screen", "group")
SURELY = ("userId", "anonymousId")
"""What messages of these types carry in any case."""
LARGEST = 10**15
"""Whole numbers below it are spelled alike by everybody."""
normalise = lru_cache(maxsize=1 << 16)(normalise_key)


class Doubt(Exception):
    """It may name anybody."""


class Named(NamedTuple):
    sets: frozenset[frozenset[Identifier]]
    """The identifiers of each line."""
    keys: frozenset[str]
    """The names of all members of all objects of those lines in which they may be written with escapes."""
    aliases: bool
    """May one of them say that two identifiers are the same, see `limner.identity.aliases`?"""


NOBODY = Named(frozenset(), frozenset(), False)


class _Device(msgspec.Struct):
    id: str | None = None


class _Context(msgspec.Struct):
    device: _Device | None = None


class _Usual(msgspec.Struct):
    userId: str | None = None  # noqa: N815
    anonymousId: str | None = None  # noqa: N815
    context: _Context | None = None


_usual = msgspec.json.Decoder(_Usual)
UNUSUAL = (b"\\", b'"traits"', b'"externalIds"', b'"previousId"', BIND.encode(), UNBIND.encode())


MEMBERS: Mapping[bytes, Callable[[_Usual], object]] = {
    b'"userId"': lambda message: message.userId,
    b'"anonymousId"': lambda message: message.anonymousId,
    b'"context"': lambda message: message.context,
    b'"device"': lambda message: message.context and message.context.device,
}
"""What may be written once in a message, and where it is read."""


def read_named(delivery: Delivery) -> Named | None:
    """None = anybody."""
    if delivery.kind is Kind.REFUSED:
        return NOBODY
    if delivery.kind is not Kind.MESSAGES:
        return None
    usual = read_usual(delivery.lines)
    if usual is not None:
        return Named(usual, frozenset(), False)
    keys, sets, aliases = set[str](), set[frozenset[Identifier]](), False
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: fold_members(pairs, keys))
    try:
        for line in delivery.lines:
            message = decoder.decode(line.decode())
            together = frozenset(list_identifiers(message))
            aliases = aliases or may_alias(message, together)
            sets.add(together)
    except (Doubt, ValueError, RecursionError):
        return None
    return Named(frozenset(sets), frozenset(keys), aliases)


def read_usual(lines: Sequence[bytes]) -> frozenset[frozenset[Identifier]] | None:
    """The identifiers of messages that name no more than a user, a browser and a device, quickly; None = some may name
    more."""
    text = b"\n".join(lines)
    if any(map(text.__contains__, UNUSUAL)):
        return None
    try:
        messages = [_usual.decode(line) for line in lines]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    for name, member in MEMBERS.items():
        if text.count(name) != sum(member(message) is not None for message in messages):
            return None  # written twice, or null, or somewhere else as well
    if b'"device"' in text and text.count(b'"id"') != sum(read_device(message) is not None for message in messages):
        return None
    return frozenset(frozenset(list_usual(message)) for message in messages)


def list_usual(message: _Usual) -> Iterator[Identifier]:
    if message.userId and (normal := normalise("user_id", message.userId)) is not None:
        yield "user_id", normal
    if message.anonymousId and (normal := normalise("anonymous_id", message.anonymousId)) is not None:
        yield "anonymous_id", normal
    id = read_device(message)
    if id and (normal := normalise("device_id", id)) is not None:
        yield "device_id", normal


def read_device(message: _Usual) -> str | None:
    device = None if message.context is None else message.context.device
    return None if device is None else device.id


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


def may_alias(message: Mapping[str, Any], together: Collection[Identifier]) -> bool:
    """May the event carry two identifiers of a type, and none of another? ``together``: all that it may carry."""
    counts = Counter(type for type, _ in together)
    if max(counts.values(), default=0) < 2:
        return False
    certain = set()
    if message.get("type") in SURE:
        certain = {NAMES[name] for name in SURELY if normalise(NAMES[name], spell(message.get(name))) is not None}
    return any(count > 1 and certain <= {type} for type, count in counts.items())


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
