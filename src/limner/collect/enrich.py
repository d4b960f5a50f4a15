"""Events with what can be told of their user agent, page, campaign and phone, as properties and traits of their own.

| from | made |
|---|---|
| ``userAgent`` | browser, browser_version, os_name, os_version, device_type, device_brand, device_model |
| ``page.referrer`` and ``page.url`` | referrer_domain, traffic_source, search_engine, search_keyword, social_network |
| ``campaign``, else the query of ``page.url`` | utm_source ... utm_term, ad_network, ad_click_id |
| ``traits.phone``, else the identifier | traits: phone_region, phone_province, phone_city, phone_carrier |

What was sent is never overwritten. An event's enrichment depends on the event alone, so a retry makes the same. Events
that have none of these are not even parsed, and what a user agent, a visit or a phone tells is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.enrichment.campaign import LANDING_SIGNS, UTM, read_campaign
from limner.collect.enrichment.phone import LONGEST_PHONE, read_phone, shorten_phone
from limner.collect.enrichment.referrer import read_referrer
from limner.collect.enrichment.url import LONGEST_URL, LONGEST_VALUE, read_host
from limner.collect.enrichment.user_agent import LONGEST_USER_AGENT, read_user_agent
from limner.model.event import IDENTIFIER_PREFIX

PROPERTIES = ("browser", "browser_version", "os_name", "os_version", "device_type", "device_brand", "device_model",
              "referrer_domain", "traffic_source", "search_engine", "search_keyword", "social_network",
              *UTM, "ad_network", "ad_click_id")  # fmt: skip
TRAITS = ("phone_region", "phone_province", "phone_city", "phone_carrier")

_PHONE = f"{IDENTIFIER_PREFIX}phone"
LONGEST_KEPT = 2_000
"""Bytes of a user agent, page and campaign that are remembered together; senders may make them of any length."""
_TELLING = ('"userAgent"', '"page"', '"campaign"')
"""In JSON properties that something can be told of."""


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
    """The same members as they stand in the text: many rows have the same ones, and those are read once."""

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


NOTHING = Told({}, "")
_SURROUNDINGS = msgspec.json.Decoder(_Surroundings)
S = TypeVar("S", _Surroundings, _Person)


def enrich(events: pa.Table, region: str = "CN") -> pa.Table:
    """The events with what is told of them, in the same order. ``region``: of phones written without a country."""
    properties = events["properties"].combine_chunks()
    telling = _holding(properties, _TELLING)
    events = _add(events, "properties", properties, telling, PROPERTIES, _tell_properties)
    traits = events["traits"].combine_chunks()
    telling = _holding(traits, ('"phone"',))
    if _PHONE in events.column_names:
        phones = events[_PHONE].cast(pa.string()).combine_chunks()
        telling |= pc.is_valid(phones).to_numpy(zero_copy_only=False)
        known = phones.filter(pa.array(telling)).to_pylist()
    else:
        known = [None] * int(telling.sum())
    return _add(events, "traits", traits, telling, TRAITS, partial(_tell_traits, phones=known, region=region))


def _holding(texts: pa.Array, words: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which texts hold any of the words."""
    found = np.zeros(len(texts), np.bool_)
    for word in words:
        held = pc.fill_null(pc.match_substring(texts, word), False)
        found |= held.to_numpy(zero_copy_only=False)
    return found


def _matching(texts: pa.Array, pattern: str) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.fill_null(pc.match_substring_regex(texts, pattern), False).to_numpy(
        zero_copy_only=False
    )
    return found


def _add(
    events: pa.Table,
    column: str,
    texts: pa.Array,
    telling: npt.NDArray[np.bool_],
    names: tuple[str, ...],
    tell: Callable[[list[str | None]], list[tuple[Told, Told]]],
) -> pa.Table:
    """The table with what is told put into the JSON texts of the telling rows, before what was sent."""
    if not telling.any():
        return events
    mask = pa.array(telling)
    chosen = texts.filter(mask)
    sent = _matching(chosen, f'"({"|".join(names)})"').tolist()
    written = chosen.to_pylist()
    changed = [
        _put(text, _without_sent(one, other, text) if clash else one.text + other.text)
        for text, (one, other), clash in zip(written, tell(written), sent)
    ]
    place = events.column_names.index(column)
    replaced = pc.replace_with_mask(texts, mask, pa.array(changed, pa.string()))
    return events.set_column(place, events.schema.field(column), replaced)


def _put(text: str | None, members: str) -> str | None:
    """Members put in front of those of a JSON object; null is an object without any."""
    if not members:
        return text
    if text is None:
        return f"{{{members[:-1]}}}"
    if text.startswith('{"'):
        return f"{{{members}{text[1:]}"
    rest = text.lstrip()
    if not rest.startswith("{"):
        return text
    rest = rest[1:].lstrip()
    return f"{{{members[:-1]}}}" if rest.startswith("}") else f"{{{members}{rest}"


def _without_sent(one: Told, other: Told, text: str | None) -> str:
    """What is told, without the names that the JSON object has itself."""
    try:
        sent = msgspec.json.decode(text or "{}", type=dict[str, msgspec.Raw]).keys()
    except (msgspec.DecodeError, RecursionError):
        return ""
    members = {**one.members, **other.members}
    return Told.of({name: value for name, value in members.items() if name not in sent}).text


def _tell_properties(texts: list[str | None]) -> list[tuple[Told, Told]]:
    decode = msgspec.json.Decoder(_Raw).decode
    told = []
    for text in texts:
        try:
            raw = decode(text or "{}")
        except (msgspec.DecodeError, RecursionError):
            told.append(_tell_text(text or "{}"))
        else:
            members = (bytes(raw.user_agent), bytes(raw.page), bytes(raw.campaign))
            told.append(_tell_kept(*members) if sum(map(len, members)) <= LONGEST_KEPT else _tell_raw(*members))
    return told


def _tell_raw(user_agent: bytes, page: bytes, campaign: bytes) -> tuple[Told, Told]:
    text = b'{"userAgent":%s,"page":%s,"campaign":%s}' % (user_agent, page, campaign)
    return _tell_text(text.decode())


_tell_kept = lru_cache(16_384)(_tell_raw)


def _tell_text(text: str) -> tuple[Told, Told]:
    return _tell_surroundings(_decode(_SURROUNDINGS, text, _loosen_surroundings))


def _tell_traits(texts: list[str | None], phones: list[str | None], region: str) -> list[tuple[Told, Told]]:
    decoder = msgspec.json.Decoder(_Person)
    told = []
    for text, identifier in zip(texts, phones):
        trait = _decode(decoder, text, _loosen_person).phone if text and '"phone"' in text else None
        phone = str(trait)[: LONGEST_PHONE + 1] if trait else identifier
        known = tell_phone(shorten_phone(phone) if region == "CN" else phone, region) if phone else NOTHING
        told.append((known, NOTHING))
    return told


def _decode(decoder: msgspec.json.Decoder[S], text: str, loosen: Callable[[Any], S]) -> S:
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


def _tell_surroundings(found: _Surroundings) -> tuple[Told, Told]:
    agent = tell_agent(found.user_agent[:LONGEST_USER_AGENT]) if found.user_agent else NOTHING
    if found.page is None and found.campaign is None:
        return agent, NOTHING
    return agent, tell_visit(*_narrow(found.page or _Page()), *_shorten(found.campaign))


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
def tell_agent(text: str) -> Told:
    return Told.of(read_user_agent(text))


@lru_cache(4_096)
def tell_visit(query: str, referrer: str | None, host: str, *campaign: str) -> Told:
    found = read_campaign(f"?{query.lstrip('?')}", dict(zip(UTM.values(), campaign)))
    if not host and not referrer and not found:
        return NOTHING
    return Told.of(found | read_referrer(referrer or "", read_host(f"//{host}"), found))


@lru_cache(32_768)
def tell_phone(text: str, region: str) -> Told:
    return Told.of(read_phone(text, region))
