"""Who 神策's items are about, in Limner's types of identifiers.

A login id is a ``user_id``; the ids of browsers and mini programs (``$identity_cookie_id``, ``$identity_mp_id``) are
``anonymous_id``s like ``$identity_anonymous_id``, those of phones ``device_id``s. Identities with a name of their own
keep it, without ``$identity_``. ``NAME+VALUE`` as a distinct or login id is that identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from limner.collect.segment import LONGEST_ID
from limner.collect.sensors_items import Item
from limner.errors import DataError

PREFIX = "$identity_"
Identity = tuple[str, str]
"""Type and value."""
TYPES: Mapping[str, str] = {
    "login_id": "user_id",
    "anonymous_id": "anonymous_id",
    "cookie_id": "anonymous_id",
    "mp_id": "anonymous_id",
    "mobile": "phone",
    "email": "email",
    "android_id": "device_id",
    "android_uuid": "device_id",
    "harmony_uuid": "device_id",
    "idfv": "device_id",
    "ios_uuid": "device_id",
}
"""Names after ``$identity_``, and our types."""
_ENDS = ("openid", "unionid")
"""``mp_APPID_openid`` and the like are these types: their values differ between apps anyway."""
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_EXACT = 1 << 53
"""Beyond this, a number with a point no longer says which id was meant."""


def find_identities(item: Item) -> list[Identity]:
    """All the item carries, without doubles: the first of a type is the one to go by. DataError: an odd one."""
    listed = item.identities or {}
    found = [_read_id("user_id", "login_id", item.login_id, listed)]
    found.append(_read_id("anonymous_id", "anonymous_id", item.anonymous_id, listed))
    found += _read_listed(listed)
    distinct = item.distinct_id
    if is_login(item) or item.type == "track_signup":
        found.append(_read_id("user_id", "distinct_id", distinct, listed))
    elif distinct is not None and not any(identity and identity[1] == distinct for identity in found):
        # A client that gives an anonymous id beside another distinct id has logged in.
        kind = "anonymous_id" if item.anonymous_id is None else "user_id"
        found.append(_read_id(kind, "distinct_id", distinct, listed))
    if item.type == "track_signup":
        found.append(_read_id("anonymous_id", "original_id", item.original_id, listed))
    return [identity for identity in dict.fromkeys(found) if identity]


def find_unbound(item: Item) -> tuple[list[Identity], list[Identity]]:
    """Of an unbinding: who it is about, and what is no longer theirs.

    Only a login id says who: distinct and anonymous ids are whatever the client holds by then.
    """
    listed = item.identities or {}
    unbound = list(dict.fromkeys(_read_listed(listed)))
    logins = [_read_id("user_id", "login_id", item.login_id, listed)]
    if is_login(item):
        logins.append(_read_id("user_id", "distinct_id", item.distinct_id, listed))
    if not unbound:
        raise DataError("an unbinding without identities")
    others = [identity for identity in unbound if identity[0] != "user_id"]
    if others:  # a login id among them is whom they are taken from
        logins += [identity for identity in unbound if identity[0] == "user_id"]
        unbound = others
    return [identity for identity in dict.fromkeys(logins) if identity and identity not in unbound], unbound


def is_login(item: Item) -> bool:
    """Whether the distinct id is said to be a login id."""
    return item.properties is not None and item.properties.get("$is_login_id") in (True, "true")


def _read_listed(identities: Mapping[str, Any]) -> Iterator[Identity]:
    for name, values in identities.items():
        for value in values if isinstance(values, list) else (values,):
            text = _read_value(name, value)
            if text is not None:
                yield type_of(name), text


def _read_value(name: str, value: Any) -> str | None:
    """An id as text; None when there is none. DataError when it cannot be one."""
    if isinstance(value, str):
        text = value
    elif value is None:
        return None
    elif isinstance(value, bool | dict | list) or (isinstance(value, float) and not _is_whole(value)):
        raise DataError(f"{name[:80]} is neither text nor a whole number")
    else:
        text = str(int(value))
    if len(text) * 4 > LONGEST_ID and len(text.encode()) > LONGEST_ID:
        raise DataError(f"{name[:80]} is longer than {LONGEST_ID} bytes")
    return text if text.strip() else None


@lru_cache(4096)
def type_of(name: str) -> str:
    """Our type for the name of an identity. DataError when it makes none.

    >>> type_of("$identity_mobile"), type_of("$identity_mp_wx1a_openid"), type_of("$identity_Card-No"), type_of("vip")
    ('phone', 'openid', 'card_no', 'vip')
    """
    bare = name.removeprefix(PREFIX)
    if bare != name:
        known = TYPES.get(bare) or next((end for end in _ENDS if bare.endswith(end)), None)
        if known:
            return known
    clean = re.sub(r"[^a-z0-9_]+", "_", bare.lower()).strip("_") if bare.isascii() else ""
    if not _TYPE.fullmatch(clean):
        raise DataError(f"{name[:80]!r} is no name of an identity: letters, digits and _ are, up to 32")
    return clean


def _read_id(type: str, name: str, value: object, listed: Mapping[str, Any]) -> Identity | None:
    """One id that is of this type, unless it says another: ``$identity_mobile+13800000000``."""
    text = _read_value(name, value)
    if text is None:
        return None
    if "+" in text:
        own, _, rest = text.partition("+")
        if rest.strip() and (own.startswith(PREFIX) or own in listed):
            return type_of(own), rest
    return type, text


def _is_whole(number: float) -> bool:
    return number.is_integer() and abs(number) < _EXACT
