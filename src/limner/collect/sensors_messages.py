"""Items of 神策's protocol as messages in Segment's form, and as versions of items.

- track, track_signup, track_id_bind → track; its event keeps its name (``$pageview``, ``$SignUp``, ``$BindID``).
- track_id_unbind → track ``$UnbindID``; what was unbound is no identifier of it but its property ``unbind``.
- profile_set → identify; profile_set_once, _increment, _append, _unset, _delete → identify with ``event`` = that name.
- item_set, item_delete → a version of the item; a deleted one has no attributes.

Names stay as they were sent, with their ``$``, but for the presets in `PRESETS`, which go where every client's are.
Nothing that differs between two sendings of one item is in its line: lines without a messageId are known by their hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec

from limner.collect.segment import LONGEST_ID
from limner.collect.sensors import Fault
from limner.collect.sensors_identities import Identity, find_identities, find_unbound
from limner.collect.sensors_items import Item, read_item, read_time, write_time
from limner.errors import DataError, did_you_mean
from limner.ports.journal import Kind

TRACKS: Mapping[str, str | None] = {
    "track": None,
    "track_signup": "$SignUp",
    "track_id_bind": "$BindID",
    "track_id_unbind": "$UnbindID",
}
"""Types of events, and the name those have that need none."""
PROFILES = ("profile_set", "profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete")
ITEMS = ("item_set", "item_delete")

PRESETS: Mapping[str, tuple[str, str | None]] = {
    "$ip": ("ip", None),
    "$user_agent": ("userAgent", None),
    "$url": ("page", "url"),
    "$url_path": ("page", "path"),
    "$referrer": ("page", "referrer"),
    "$title": ("page", "title"),
    "$utm_source": ("campaign", "source"),
    "$utm_medium": ("campaign", "medium"),
    "$utm_campaign": ("campaign", "name"),
    "$utm_content": ("campaign", "content"),
    "$utm_term": ("campaign", "term"),
    "$os": ("os", "name"),
    "$os_version": ("os", "version"),
    "$model": ("device", "model"),
    "$manufacturer": ("device", "manufacturer"),
    "$device_id": ("device", "id"),
    "$app_version": ("app", "version"),
    "$app_name": ("app", "name"),
    "$app_id": ("app", "namespace"),
}
"""Properties of events that are part of a message's context, and where."""
UNSAID = frozenset({"$is_login_id", "$project", "$token"})
"""Words to the server, no properties; the token is a write key besides."""
FAILURES = ("未取到值", "取值异常", "url的domain解析失败", "url解析失败", "hostname解析异常")
"""So begin the texts clients send when they could not tell: such a value is missing."""
_LONGEST_MESSAGE_ID = 255
_MEMBERS = {"user_id": "userId", "anonymous_id": "anonymousId"}

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Line:
    """What goes into the journal."""

    kind: Kind
    """`Kind.MESSAGES` or `Kind.ITEMS`."""
    text: bytes
    sent_at: int | None
    """Microseconds UTC by the client's clock: beside the line, for it is another one at every try."""


def translate(text: bytes) -> Line | Fault:
    """An item's JSON as a line, or why it cannot be one."""
    try:
        item = read_item(text)
        if item.type in TRACKS:
            kind, content = Kind.MESSAGES, _write_track(item)
        elif item.type in PROFILES:
            kind, content = Kind.MESSAGES, _write_identify(item)
        elif item.type in ITEMS:
            kind, content = Kind.ITEMS, _write_version(item)
        else:
            raise DataError(
                f"unknown type {item.type[:80]!r}.", hint=did_you_mean(item.type[:80], (*TRACKS, *PROFILES, *ITEMS))
            )
    except DataError as error:
        return Fault(str(error), text)
    return Line(kind, _encode(content), _read_sent_at(item.flush_time))


def _write_track(item: Item) -> dict[str, Any]:
    name = item.event if item.event and item.event.strip() else TRACKS[item.type]
    if name is None:
        raise DataError("a track without its event name")
    properties, context = _sort_properties(item.properties or {})
    if item.type == "track_id_unbind":
        identities, unbound = find_unbound(item)
        properties["unbind"] = [{"type": type, "value": value} for type, value in unbound]
    else:
        identities = find_identities(item)
    message = _write_head("track", item, identities, context)
    message["event"], message["properties"] = name, properties
    return message


def _write_identify(item: Item) -> dict[str, Any]:
    message = _write_head("identify", item, find_identities(item), {})
    if item.type != "profile_set":
        message["event"] = item.type
    message["traits"] = _read_traits(item)
    return message


def _read_traits(item: Item) -> dict[str, Any]:
    if item.type == "profile_delete":
        return {}
    traits = _without_missing(item.properties or {})
    if item.type == "profile_unset":
        return dict.fromkeys(traits, 1)
    if item.type == "profile_append":
        return {name: value if isinstance(value, list) else [value] for name, value in traits.items()}
    return traits


def _write_version(item: Item) -> dict[str, Any]:
    """A version of an item: ``{"id", "attributes", "valid_from"}``."""
    name = "" if item.item_id is None else str(item.item_id)
    if not name.strip():
        raise DataError("an item without its item_id")
    if len(name.encode()) > LONGEST_ID:
        raise DataError(f"item_id is longer than {LONGEST_ID} bytes")
    attributes: dict[str, Any] = {}
    if item.type == "item_set":
        attributes = {"item_type": item.item_type} if item.item_type else {}
        attributes |= item.properties or {}
    return {"id": name, "attributes": _encode(attributes).decode(), "valid_from": read_time(item.time)}


def _write_head(type: str, item: Item, identities: Iterable[Identity], context: dict[str, Any]) -> dict[str, Any]:
    """What all messages have."""
    message: dict[str, Any] = {"type": type, "timestamp": write_time(read_time(item.time))}
    if item.track_id is not None:
        message["messageId"] = _write_message_id(item)
    external = []
    for kind, value in identities:
        member = _MEMBERS.get(kind)
        if member is None or member in message:
            external.append({"id": value, "type": kind})
        else:
            message[member] = value
    if external:
        context["externalIds"] = external
    if item.lib:
        context["library"] = {"name": item.lib.get("$lib"), "version": item.lib.get("$lib_version")}
    if context:
        message["context"] = context
    return message


def _write_message_id(item: Item) -> str:
    """``_track_id`` alone is five random digits: only with the id and the time is it one event's."""
    text = f"{item.track_id}-{item.distinct_id}-{item.time}"
    whole = text.encode()
    return text if len(whole) <= _LONGEST_MESSAGE_ID else blake2b(whole, digest_size=16).hexdigest()


def _sort_properties(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The properties proper, and the context the presets among them make."""
    properties = _without_missing(given)
    context: dict[str, Any] = {}
    for name, (part, member) in PRESETS.items():
        if name not in properties or part in given:  # a property of the context's own name would hide it
            continue
        value = properties.pop(name)
        if value is None or value == "":
            continue
        if member is None:
            context[part] = value
        else:
            context.setdefault(part, {})[member] = value
    return properties, context


def _without_missing(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without the presets that could not be told, and without `UNSAID`."""
    kept = dict(given)
    for name, value in given.items():
        failed = isinstance(value, str) and not value.isascii() and value.startswith(FAILURES)
        if (failed and name.startswith("$")) or name in UNSAID:
            del kept[name]
    return kept


def _read_sent_at(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return read_time(value)
    except DataError:
        return None
