"""Whom deliveries name, told without reading them as events: while they are not stored, they can only change these
people.

More may be named here than their events will carry, never fewer (tests/parity/test_naming.py): a line that leaves any
doubt may be anybody's. Nearly all lines are read together by `mentions`, the others one by one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from limner.collect.segment import TRAIT_IDENTIFIERS, list_external
from limner.identity.binding import BIND, UNBIND
from limner.identity.mentions import NONE, Identifier, Mentions, join_mentions, read_mentions
from limner.identity.normalise import normalise_key
from limner.ports.journal import Delivery, Kind

NAMES = {"userId": "user_id", "anonymousId": "anonymous_id", "previousId": "user_id"}
SURE = ("track", "identify", "page", "screen", "group")
SURELY = ("userId", "anonymousId")
"""What messages of these types carry in any case."""
LARGEST = 10**15
"""Whole numbers below it are spelled alike by everybody."""
FEW = 6
"""Lines that take no longer one by one."""
TEXTS = re.compile(rb'("(?:[^"\\]|\\.)*+")\s*+(:?)')
"""Of a JSON value: texts, and whether they are names."""
normalise = lru_cache(maxsize=1 << 16)(normalise_key)


class Doubt(Exception):
    """It may name anybody."""


class Named(NamedTuple):
    mentions: Mentions
    keys: frozenset[str]
    """The names of all members of all objects of those lines in which they may be written with escapes."""
    aliases: bool
    """May one of them say that two identifiers are the same, see `limner.identity.aliases`?"""


def read_named(deliveries: Sequence[Delivery]) -> Named | None:
    """None = anybody."""
    if any(delivery.kind not in (Kind.MESSAGES, Kind.REFUSED) for delivery in deliveries):
        return None
    lines = [line for delivery in deliveries if delivery.kind is Kind.MESSAGES for line in delivery.lines]
    together = len(lines) > FEW and any(lines)
    mentions, escaped, others = read_mentions(lines) if together else (NONE, (), range(len(lines)))
    keys, sets, aliases = {name for place in escaped for name in list_escaped(lines[place])}, [], False
    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: fold_members(pairs, keys))
    try:
        for place in others:
            message = decoder.decode(lines[place].decode())
            those = frozenset(list_identifiers(message))
            aliases = aliases or may_alias(message, those)
            sets.append(those)
    except (Doubt, ValueError, RecursionError):
        return None
    return Named(join_mentions(mentions, sets) if sets else mentions, frozenset(keys), aliases)


def list_escaped(line: bytes) -> Iterator[str]:
    """The names of members that are written with escapes, of a line that is JSON."""
    return (json.loads(text) for text, colon in TEXTS.findall(line) if colon and b"\\" in text)


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
