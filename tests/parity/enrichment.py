"""A twin of the enrichment, slow and obvious: one event at a time, decoded as a whole, nothing remembered.

It shares with the real one what a user agent, a referrer, a campaign or a phone tells, which have tests of their own;
not how those are found in an event's JSON, nor how what they tell is put beside what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from math import isinf
from typing import Any

from limner.collect.enrich import PROPERTIES, TRAITS
from limner.collect.enrichment.campaign import UTM, read_campaign
from limner.collect.enrichment.phone import read_phone
from limner.collect.enrichment.referrer import read_referrer
from limner.collect.enrichment.url import read_host
from limner.collect.enrichment.user_agent import read_user_agent

PAGE = ("url", "referrer", "search")


def enrich_properties(text: str | None) -> str | None:
    wanted = ("userAgent", "page", "campaign")
    sent = decode(text) if text and any(f'"{name}"' in text for name in wanted) else None
    if sent is None or not readable({name: sent.get(name) for name in wanted}):
        return text
    agent, page, campaign = (sent.get(name) for name in wanted)
    told = dict(read_user_agent(agent)) if isinstance(agent, str) and agent else {}
    return put(text, told | tell_visit(texts(page, PAGE), texts(campaign, UTM.values())), PROPERTIES)


def enrich_traits(text: str | None, identifier: str | None) -> str | None:
    sent = decode(text) if text and '"phone"' in text else None
    phones = [value for name, value in json.loads(text, object_pairs_hook=list) if name == "phone"] if sent else []
    usual = all(isinstance(phone, str | int | None) and not isinstance(phone, bool) for phone in phones)
    sent_phone = phones[-1] if phones and (usual or isinstance(phones[-1], str)) else None
    phone = str(sent_phone)[:61] if sent_phone else identifier
    return put(text, dict(read_phone(phone)) if phone else {}, TRAITS)


def tell_visit(page: Mapping[str, str], campaign: Mapping[str, str]) -> dict[str, str]:
    url, referrer = page.get("url", ""), page.get("referrer", "")
    found = read_campaign("?" + (page.get("search") or url.partition("?")[2]).lstrip("?"), campaign)
    host = read_host(url) if "://" in url else ""
    return found | read_referrer(referrer, host, found) if host or referrer or found else {}


def decode(text: str) -> dict[str, Any] | None:
    """A JSON object, by the letter of RFC 8259, its texts Unicode's; else None."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        value = json.loads(text, parse_constant=refuse)
        json.dumps(value, ensure_ascii=False).encode()  # refuses half a pair of surrogates
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def readable(members: Mapping[str, Any]) -> bool:
    """Of members that are all of their usual types, only what is wanted is read; else they are read as a whole, and no
    number is too large."""
    agent, page, campaign = members.values()
    usual = isinstance(agent, str | None) and all(
        value is None or (isinstance(value, dict) and all(isinstance(value.get(name), str | None) for name in names))
        for value, names in ((page, PAGE), (campaign, UTM.values()))
    )
    return usual or not any_infinite(members)


def any_infinite(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(any_infinite, value.values()))
    return any(map(any_infinite, value)) if isinstance(value, list) else isinstance(value, float) and isinf(value)


def texts(value: Any, names: Sequence[str]) -> dict[str, str]:
    return {name: value[name] for name in names if isinstance(value, dict) and isinstance(value.get(name), str)}


def put(text: str | None, told: dict[str, str], names: Sequence[str]) -> str | None:
    """What is told stands before what was sent, and never instead of it."""
    if any(f'"{name}"' in (text or "") for name in names):
        sent = decode(text)
        told = {name: value for name, value in told.items() if sent is not None and name not in sent}
    if text is None and told:
        text = "{}"
    found = re.match(r"\s*\{\s*", text or "")
    if not told or text is None or found is None:
        return text
    members = json.dumps(told, ensure_ascii=False, separators=(",", ":"))[1:-1]
    rest = text[found.end() :]
    return f"{{{members}}}" if rest.startswith("}") else f"{{{members},{rest}"
