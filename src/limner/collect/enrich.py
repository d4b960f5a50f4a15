"""Events with what can be told of their user agent, page, campaign and phone, as properties and traits of their own.

| from | made |
|---|---|
| ``userAgent`` | browser, browser_version, os_name, os_version, device_type, device_brand, device_model |
| ``page.referrer`` and ``page.url`` | referrer_domain, traffic_source, search_engine, search_keyword, social_network |
| ``campaign``, else the query of ``page.url`` | utm_source ... utm_term, ad_network, ad_click_id |
| ``traits.phone``, else the identifier | traits: phone_region, phone_province, phone_city, phone_carrier |

What was sent is never overwritten. An event's enrichment depends on the event alone, so a retry makes the same.

Compiled kernels find those members in the texts of a whole column, and put in what is told; in between, Python sees
each distinct user agent, visit and phone once. Odd texts (see `members`) are done one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.enrichment.additions import Additions
from limner.collect.enrichment.campaign import UTM
from limner.collect.enrichment.groups import group_rows
from limner.collect.enrichment.members import Names, find_members
from limner.collect.enrichment.texts import Texts
from limner.collect.enrichment.told import Told, read_phone_of, tell_agent, tell_phone, tell_properties, tell_visit
from limner.model.event import IDENTIFIER_PREFIX

PROPERTIES = ("browser", "browser_version", "os_name", "os_version", "device_type", "device_brand", "device_model",
              "referrer_domain", "traffic_source", "search_engine", "search_keyword", "social_network",
              *UTM, "ad_network", "ad_click_id")  # fmt: skip
TRAITS = ("phone_region", "phone_province", "phone_city", "phone_carrier")

_PHONE = f"{IDENTIFIER_PREFIX}phone"
_OF_PROPERTIES = Names.of(("userAgent", "page", "campaign"), PROPERTIES)
_OF_TRAITS = Names.of(("phone",), TRAITS)


def enrich(events: pa.Table, region: str = "CN", names: AbstractSet[str] | None = None) -> pa.Table:
    """The events with what is told of them, in the same order. ``region``: of phones written without a country.

    ``names``: those their properties have at most, if that is known: where nothing is told of any, none is looked for.
    """
    if not events.num_rows:
        return events
    telling = names is None or not names.isdisjoint(_OF_PROPERTIES.wanted)
    return _enrich_traits(_enrich_properties(events) if telling else events, region)


def _enrich_properties(events: pa.Table) -> pa.Table:
    column = events["properties"].combine_chunks()
    texts = Texts.of(column)
    members = find_members(texts, _OF_PROPERTIES)
    agents, agent_rows = group_rows(texts.data, members.spans[:1])
    visits, visit_rows = group_rows(texts.data, members.spans[1:])
    additions = Additions(_OF_PROPERTIES, members)
    additions.tell(agents, [tell_agent(*members.values(texts, row)[:1]) for row in agent_rows])
    additions.tell(visits, [tell_visit(*members.values(texts, row)[1:]) for row in visit_rows])
    odd = {}
    for row in members.odd_rows():
        text = column[row].as_py()
        if any(f'"{name}"' in text for name in _OF_PROPERTIES.wanted):
            odd[row] = _enrich_odd(text, tell_properties(text), PROPERTIES)
    return _replace(events, "properties", additions.put(column, texts, odd))


def _enrich_traits(events: pa.Table, region: str) -> pa.Table:
    column = events["traits"].combine_chunks()
    texts = Texts.of(column)
    members = find_members(texts, _OF_TRAITS)
    groups, rows = group_rows(texts.data, members.spans)
    phones = [read_phone_of(b'{"phone":%s}' % members.values(texts, row)[0]) for row in rows]
    identifiers = None
    if _PHONE in events.column_names:
        identifiers = events[_PHONE].cast(pa.string()).combine_chunks()
        encoded = identifiers.dictionary_encode()
        unsaid = np.append([phone is None for phone in phones], True)[groups]
        codes = pc.fill_null(encoded.indices, -1 - len(phones)).to_numpy(zero_copy_only=False)
        groups = np.where(unsaid, codes + len(phones), groups)
        phones += encoded.dictionary.to_pylist()
    additions = Additions(_OF_TRAITS, members)
    additions.tell(groups, [tell_phone(phone, region) for phone in phones])
    odd = {}
    for row in members.odd_rows():
        text = column[row].as_py()
        phone = read_phone_of(text) if '"phone"' in text else None
        known = identifiers[row].as_py() if identifiers is not None else None
        odd[row] = _enrich_odd(text, tell_phone(phone or known, region), TRAITS)
    return _replace(events, "traits", additions.put(column, texts, odd))


def _replace(events: pa.Table, name: str, texts: pa.StringArray | None) -> pa.Table:
    if texts is None:
        return events
    place = events.column_names.index(name)
    return events.set_column(place, events.schema.field(place), texts)


def _enrich_odd(text: str, told: Told, names: Sequence[str]) -> str:
    """An odd text by itself."""
    if re.search(f'"({"|".join(names)})"', text):
        try:
            told = told.without(msgspec.json.decode(text, type=dict[str, msgspec.Raw]).keys())
        except (msgspec.DecodeError, RecursionError):
            return text
    rest = text.lstrip()
    if not told.text or not rest.startswith("{"):
        return text
    rest = rest[1:].lstrip()
    return f"{{{told.text[:-1]}}}" if rest.startswith("}") else f"{{{told.text}{rest}"
