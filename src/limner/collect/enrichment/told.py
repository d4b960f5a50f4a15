"""What is told of an event: by its user agent, by its visit (page and campaign), by a phone.

They are given as they stand in the event's JSON. Senders may write anything there: what is of another type than usual
is passed over, and the rest is told of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from limner.collect.enrichment.campaign import LANDING_SIGNS, UTM, read_campaign
from limner.collect.enrichment.phone import LONGEST_PHONE, read_phone, shorten_phone
from limner.collect.enrichment.referrer import read_referrer
from limner.collect.enrichment.url import LONGEST_URL, LONGEST_VALUE, read_host
from limner.collect.enrichment.user_agent import LONGEST_USER_AGENT, read_user_agent

LONGEST_KEPT = 2_000
"""Bytes of a page and campaign that are remembered together; senders may make them of any length."""


class _Page(msgspec.Struct):
    url: str | None = None
    referrer: str | None = None
    search: str | None = None


class _Campaign(msgspec.Struct):
    source: str | None = None
    medium: str | None = None
    name: str | None = None
    content: str | None = None
    term: str | None = None


class _Surroundings(msgspec.Struct, rename="camel"):
    """Of the properties, what something can be told of."""

    user_agent: str | None = None
    page: _Page | None = None
    campaign: _Campaign | None = None


class _Raw(msgspec.Struct, rename="camel"):
    """The same members as they stand in the text."""

    user_agent: msgspec.Raw = msgspec.Raw(b"null")
    page: msgspec.Raw = msgspec.Raw(b"null")
    campaign: msgspec.Raw = msgspec.Raw(b"null")


class _Person(msgspec.Struct):
    phone: str | int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    members: Mapping[str, str]
    text: str
    """The members as they stand in a JSON object, each followed by a comma."""

    @classmethod
    def of(cls, members: Mapping[str, str]) -> Told:
        return cls(members, msgspec.json.encode(members).decode()[1:-1] + "," if members else "")

    def without(self, names: Collection[str]) -> Told:
        return Told.of({name: value for name, value in self.members.items() if name not in names})


NOTHING = Told({}, "")
_SURROUNDINGS = msgspec.json.Decoder(_Surroundings)
_RAW = msgspec.json.Decoder(_Raw)
_PERSON = msgspec.json.Decoder(_Person)
S = TypeVar("S", _Surroundings, _Person)


def tell_agent(user_agent: bytes) -> Told:
    """``user_agent``: JSON that can be decoded, like the page and the campaign of `tell_visit`."""
    return _tell_agent(_surroundings(_object(user_agent=user_agent)))


def tell_visit(page: bytes, campaign: bytes) -> Told:
    tell = _tell_visit_kept if len(page) + len(campaign) <= LONGEST_KEPT else _tell_visit_members
    return tell(page, campaign)


def tell_properties(text: str) -> Told:
    """All of what an event's properties tell, whatever text they are."""
    try:
        raw = _RAW.decode(text)
    except (msgspec.DecodeError, RecursionError):
        found = _surroundings(text)
    else:
        found = _surroundings(_object(bytes(raw.user_agent), bytes(raw.page), bytes(raw.campaign)))
    return Told.of({**_tell_agent(found).members, **_tell_visit(found).members})


def read_phone_of(traits: str | bytes) -> str | None:
    phone = _decode(_PERSON, traits, _loosen_person).phone
    return str(phone)[: LONGEST_PHONE + 1] if phone else None


def tell_phone(phone: str | None, region: str) -> Told:
    if not phone:
        return NOTHING
    return _tell_phone(shorten_phone(phone) if region == "CN" else phone, region)


def _object(user_agent: bytes = b"null", page: bytes = b"null", campaign: bytes = b"null") -> str:
    return (b'{"userAgent":%s,"page":%s,"campaign":%s}' % (user_agent, page, campaign)).decode()


def _tell_visit_members(page: bytes, campaign: bytes) -> Told:
    return _tell_visit(_surroundings(_object(page=page, campaign=campaign)))


_tell_visit_kept = lru_cache(16_384)(_tell_visit_members)


def _surroundings(text: str) -> _Surroundings:
    return _decode(_SURROUNDINGS, text, _loosen_surroundings)


def _decode(decoder: msgspec.json.Decoder[S], text: str | bytes, loosen: Callable[[Any], S]) -> S:
    """What is wanted of a JSON object; when some of it is of another type than usual, the rest of it."""
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        pass
    except (msgspec.DecodeError, RecursionError):
        return loosen(None)
    try:
        return loosen(msgspec.json.decode(text))
    except (msgspec.DecodeError, RecursionError):
        return loosen(None)


def _loosen_surroundings(value: Any) -> _Surroundings:
    agent = _texts(value, ("userAgent",)).get("userAgent")
    page, campaign = (_member(value, name) for name in ("page", "campaign"))
    return _Surroundings(
        agent,
        _Page(**_texts(page, _Page.__struct_fields__)),
        _Campaign(**_texts(campaign, _Campaign.__struct_fields__)),
    )


def _loosen_person(value: Any) -> _Person:
    return _Person(**_texts(value, ("phone",)))


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _texts(value: Any, names: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name in names if isinstance(text := _member(value, name), str)}


def _tell_agent(found: _Surroundings) -> Told:
    return _tell_user_agent(found.user_agent[:LONGEST_USER_AGENT]) if found.user_agent else NOTHING


def _tell_visit(found: _Surroundings) -> Told:
    if found.page is None and found.campaign is None:
        return NOTHING
    return _tell_way(*_narrow(found.page or _Page()), *_shorten(found.campaign))


def _narrow(page: _Page) -> tuple[str, str | None, str]:
    """Query, referrer and host, as few distinct ones as will do: of a page that led to another of its site only the
    site is wanted, of any other the host and the query."""
    url = (page.url or "")[:LONGEST_URL]
    host = _authority(url)
    query = (page.search or url.partition("?")[2])[:LONGEST_URL]
    if query and LANDING_SIGNS.search(query) is None:
        query = ""
    referrer = page.referrer
    if referrer:
        origin = _authority(referrer)
        if origin and origin == host:
            referrer = f"//{origin}"
        elif origin:
            referrer = f"//{origin}?{referrer[:LONGEST_URL].partition('?')[2]}"
        else:
            referrer = referrer[:100]
    return query, referrer, host


def _authority(url: str) -> str:
    """Host with user and port, as it is written; empty when there is none."""
    _, found, rest = url[:LONGEST_URL].partition("://")
    return rest.partition("/")[0].partition("?")[0] if found else ""


def _shorten(campaign: _Campaign | None) -> tuple[str, ...]:
    if campaign is None:
        return ()
    return tuple((getattr(campaign, name) or "")[: 2 * LONGEST_VALUE] for name in UTM.values())


@lru_cache(8_192)
def _tell_user_agent(text: str) -> Told:
    return Told.of(read_user_agent(text))


@lru_cache(4_096)
def _tell_way(query: str, referrer: str | None, host: str, *campaign: str) -> Told:
    found = read_campaign(f"?{query.lstrip('?')}", dict(zip(UTM.values(), campaign)))
    if not host and not referrer and not found:
        return NOTHING
    return Told.of(found | read_referrer(referrer or "", read_host(f"//{host}"), found))


@lru_cache(32_768)
def _tell_phone(text: str, region: str) -> Told:
    return Told.of(read_phone(text, region))
