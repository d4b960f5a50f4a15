"""Messages in Segment's form (identify, track, page, screen, group, alias) as events.

- Name: a track's ``event``; the others are named by their type.
- Identifiers: userId → ``user_id``, anonymousId → ``anonymous_id``, an alias's previousId → a second ``user_id``
  in the browser's stead, unless it is that browser's; context.device.id → ``device_id``, externalIds by their type, and
  an identify's traits named in `TRAIT_IDENTIFIERS`.
- Properties: ``properties``; of the context the members in `CONTEXT_KEPT`, unless a property has that name already;
  for page and screen ``name`` and ``category`` besides; for group ``group_id`` and the group's traits as ``group``.
- Traits: an identify's ``traits``, or ``context.traits`` when it has none.
- Time: ``timestamp``, else ``originalTimestamp``, else ``sentAt``. Received: ``receivedAt``, else the time itself.
- Event id: ``messageId``; without one, a hash of the line with its occurrence number among equal lines.

A message that came over the network has an envelope. Then it was received when the envelope says; its time is moved by
what the sender's clock was off at ``sentAt``, when that is more than a delivery takes; one without any time happened
when it was received; and two equal lines without an id are one event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.chunk import Chunk
from limner.collect.event_ids import Occurrences, identify_rows
from limner.collect.faults import NOT_JSON, explain, suspect, with_deep, with_infinite
from limner.collect.instants import check_range, read_text
from limner.collect.lines import Lines
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.ports.rejects import Reject
from limner.ports.rows import Rows, literal, quote

TYPES = ("track", "identify", "page", "screen", "group", "alias")
TRAIT_IDENTIFIERS = ("phone", "email", "unionid", "openid", "customer_no", "device_id")
CONTEXT_KEPT = ("page", "campaign", "device", "os", "app", "locale", "ip", "userAgent")
MOST_EXTERNAL = 20
"""externalIds of one message; more are left out."""
LONGEST_ID = 512
"""Bytes of an event id or an identifier."""
PROFILE_EVENTS = ("profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete")
"""An identify message with one of these as its ``event`` is that event: it says something else about traits."""
LONGEST_DELIVERY = 5_000_000
"""Microseconds from a client's sending to our receiving; a larger difference is its clock's."""
GATEWAY = "gateway:"
"""Begins the ``file`` of rejects that came over the network; the source's name follows."""

_TEXTS = ("type", "event", "messageId", "userId", "anonymousId", "previousId", "groupId", "timestamp",
          "originalTimestamp", "sentAt", "receivedAt")  # fmt: skip
IDS = ("messageId", "userId", "anonymousId", "previousId", "groupId")
_JSONS = ("properties", "traits", "externalIds", "name", "category")
_SHAPE = dict.fromkeys(_TEXTS, "VARCHAR") | dict.fromkeys(_JSONS, "JSON")
_CONTEXT = dict.fromkeys(("traits", "externalIds", *CONTEXT_KEPT), "JSON")
_IDENTIFIER_TYPE = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of each of some lines besides the line itself."""

    source: pa.Array
    received_at: pa.Array
    """int64 µs UTC, like ``sent_at``."""
    sent_at: pa.Array
    """By the sender's clock; null where it did not say, then the message's own ``sentAt`` counts."""
    ip: pa.Array
    """The customer's address and browser, where they are not in the message."""
    user_agent: pa.Array


@dataclass(frozen=True, slots=True)
class MessageReader:
    """Reads lines of one file, one message each. It counts equal lines, so it is used from the first line on."""

    rows: Rows
    file: str
    source: str
    zone: str
    """IANA zone of times written without an offset."""
    now: int
    """µs UTC; see `instants.check_range`."""
    occurrences: Occurrences = field(default_factory=Occurrences)

    def read(self, lines: Lines, envelope: Envelope | None = None) -> Chunk:
        parameters = {"source": self.source, "zone": self.zone, "now": self.now}
        table = self.rows.select(_with_envelope(lines.text, envelope), *_STAGES, parameters=parameters)
        faults = with_infinite(table["fault"].combine_chunks(), table["suspect"], lines.text)
        faults = with_deep(faults, lines.text)
        good = pc.is_null(faults)
        rejects = [
            Reject(self._file_of(int(i), envelope), int(lines.numbers[i]), explain(faults[i].as_py(), line), line)
            for i in np.flatnonzero(~good.to_numpy(zero_copy_only=False))
            if (line := lines.text[i].as_py().rstrip("\r\n"))
        ]
        table = table.filter(good) if rejects else table
        if envelope is None:
            event_ids = identify_rows(table["event_id"], table["digest"], self.occurrences)
        else:
            event_ids = pc.coalesce(table["event_id"], table["digest"])
        events = table.select(EVENT_BATCH.names).set_column(0, "event_id", event_ids).cast(EVENT_BATCH)
        for name, values in _identifiers(table):
            events = events.append_column(name, values)
        kept = np.flatnonzero(good.to_numpy(zero_copy_only=False))

        def refuse(row: int, reason: str) -> Reject:
            place = int(kept[row])
            text = lines.text[place].as_py().rstrip("\r\n")
            return Reject(self._file_of(place, envelope), int(lines.numbers[place]), reason, text)

        read = len(lines.text) + len(lines.rejects)
        return Chunk(events, lines.numbers[kept], lines.rejects + rejects, None, read, refuse=refuse)

    def _file_of(self, row: int, envelope: Envelope | None) -> str:
        return self.file if envelope is None else f"{GATEWAY}{envelope.source[row].as_py()}"


def _with_envelope(text: pa.StringArray, envelope: Envelope | None) -> pa.Table:
    columns = {name: pa.nulls(len(text), kind) for name, kind in _ENVELOPE.items()}
    if envelope is not None:
        columns = {name: getattr(envelope, name) for name in _ENVELOPE}
    return pa.table({"line": text} | {f"envelope {name}": column for name, column in columns.items()})


_ENVELOPE = {"source": pa.string(), "received_at": pa.int64(), "sent_at": pa.int64(), "ip": pa.string(),
             "user_agent": pa.string()}  # fmt: skip
_ENVELOPE_COLUMNS = {f"envelope {name}": quote(f"envelope {name}") for name in _ENVELOPE}


def _extract() -> dict[str, str]:
    """Everything wanted of the line, in one pass over it; null when it is not JSON. A JSON null is none."""
    shape = json.dumps(_SHAPE | {"context": _CONTEXT})
    return {"line": "line", "message": f"TRY(json_transform(line, '{shape}'))", **_ENVELOPE_COLUMNS}


def _read() -> dict[str, str]:
    """One column each, blank text is none; and what is to be added to the properties."""
    texts = {
        name: f"CASE WHEN message.{name} >= '!' OR trim(message.{name}) <> '' THEN message.{name} END"
        for name in _TEXTS
    }
    times = [texts[name] for name in ("timestamp", "originalTimestamp", "sentAt")]
    traits = "coalesce(nullif(message.traits, '{}'), nullif(message.context.traits, '{}'))"
    return texts | {
        **_ENVELOPE_COLUMNS,
        "line": "line",
        "broken": "message IS NULL",
        "source": 'coalesce("envelope source", $source)',
        "time text": f"coalesce({', '.join(times)})",
        "device": "CASE WHEN message.context.device IS NOT NULL THEN message.context.device->>'id' END",
        "json properties": "message.properties",
        "json traits": "message.traits",
        "traits": f"CASE WHEN message.type = 'identify' THEN CAST({traits} AS VARCHAR) END",
        "external": "CAST(coalesce(message.externalIds, message.context.externalIds) AS VARCHAR)",
        "added": _added(),
    }


def _added() -> str:
    """SQL: members to add to the properties, as ``"name":json,...``; empty when there are none."""
    given = {"ip": "envelope ip", "userAgent": "envelope user_agent"}
    members = [
        _member(
            key,
            f"coalesce(message.context.{quote(key)}, to_json({quote(given[key])}))"
            if key in given
            else f"message.context.{quote(key)}",
        )
        for key in CONTEXT_KEPT
    ]
    members += [
        _member(key, f"message.{key}", "message.type IN ('page', 'screen') AND ") for key in ("name", "category")
    ]
    group = (("group_id", 'to_json(message."groupId")'), ("group", "message.traits"))
    members += [f"CASE WHEN message.type = 'group' THEN '{quote(name)}:' || {value} END" for name, value in group]
    return f"concat_ws(',', {', '.join(members)})"


def _member(name: str, value: str, condition: str = "") -> str:
    """SQL: ``"name":value``, unless the properties have that name. They are searched only when its letters occur."""
    absent = (
        f"CASE WHEN contains(message.properties, '{quote(name)}') "
        f"THEN json_extract(message.properties, '$.{name}') IS NULL ELSE true END"
    )
    return f"CASE WHEN {condition}{value} IS NOT NULL AND {absent} THEN '{quote(name)}:' || {value} END"


def _finish() -> dict[str, str]:
    """The event's columns, and those still needed to judge it."""
    traits = json.dumps(dict.fromkeys(TRAIT_IDENTIFIERS, "VARCHAR"))
    kept = ("line", "broken", "source", "type", "event", "userId", "anonymousId", "previousId", "groupId", "device",
            "time text", "json properties", "json traits", "traits", "external")  # fmt: skip
    return {name: quote(name) for name in kept} | {
        "event_id": quote("messageId"),
        "digest": """CASE WHEN "messageId" IS NULL THEN md5(rtrim(line, chr(13) || chr(10) || ' ')) END""",
        "name": f"CASE WHEN type = 'track' OR type = 'identify' AND event IN ({_texts(PROFILE_EVENTS)}) "
        "THEN event ELSE type END",
        "time": f'CASE WHEN "time text" IS NOT NULL THEN {read_text(quote("time text"))} END',
        "received_at": 'CASE WHEN "envelope received_at" IS NOT NULL THEN make_timestamptz("envelope received_at") '
        f'WHEN "receivedAt" IS NOT NULL THEN {read_text(quote("receivedAt"))} END',
        "sent_at": 'CASE WHEN "envelope received_at" IS NULL THEN NULL WHEN "envelope sent_at" IS NOT NULL '
        'THEN make_timestamptz("envelope sent_at") '
        f'WHEN "sentAt" IS NOT NULL THEN {read_text(quote("sentAt"))} END',
        "enveloped": '"envelope received_at" IS NOT NULL',
        "known": f"CASE WHEN traits IS NOT NULL THEN json_transform(traits, '{traits}') END",
        "properties": """CASE WHEN added = '' THEN CAST("json properties" AS VARCHAR)
            WHEN coalesce("json properties", '{}') = '{}' THEN '{' || added || '}'
            ELSE '{' || added || ',' || ltrim("json properties", '{') END""",
    }


def _correct() -> dict[str, str]:
    """The same columns, the time by our clock."""
    columns = {name: quote(name) for name in _finish()}
    columns["time"] = (
        'CASE WHEN enveloped AND "time text" IS NULL THEN received_at '
        f"WHEN abs(epoch_us(received_at) - epoch_us(sent_at)) > {LONGEST_DELIVERY} "
        "THEN time + (received_at - sent_at) ELSE time END"
    )
    return columns


def _judge() -> dict[str, str]:
    """What is wrong with the message (null = nothing), and the columns that leave the engine."""
    columns = {name: name for name in EVENT_BATCH.names}
    columns["received_at"] = "least(coalesce(received_at, time), make_timestamptz($now))"
    columns |= {"digest": "digest", "external": "external"}
    columns["id.user_id"] = quote("userId")
    # Two user ids seen with one browser would make it shared; an alias speaks of them, not of where it was said.
    columns["id.anonymous_id"] = """CASE WHEN type = 'alias' AND "previousId" NOT IN ("userId", "anonymousId")
        THEN NULL ELSE "anonymousId" END"""
    columns["id.user_id#2"] = """CASE WHEN type = 'alias' AND "previousId" IS DISTINCT FROM "anonymousId"
        THEN "previousId" END"""
    for name in TRAIT_IDENTIFIERS:
        columns[f"id.{name}"] = f"CASE WHEN trim(known.{name}) <> '' THEN known.{name} END"
    columns["id.device_id"] = f"coalesce(device, {columns['id.device_id']})"
    columns["fault"] = _fault()
    columns["suspect"] = f"{suspect('properties')} OR {suspect('traits')}"
    return columns


def _fault() -> str:
    """SQL: the first reason to reject the message."""
    known = _texts(TYPES)
    checks = [
        ("broken", literal(NOT_JSON)),
        ("type IS NULL", "'the message has no type'"),
        (f"type NOT IN ({known})", f"'unknown type ' || to_json(type) || '; known: {', '.join(TYPES)}'"),
        ("type = 'track' AND event IS NULL", "'a track message without its event name'"),
        *(
            (f"CAST({quote(f'json {part}')} AS VARCHAR)[1] <> '{{'", f"'{part} is not an object'")
            for part in ("properties", "traits")
        ),
    ]
    for key in IDS:
        text = "event_id" if key == "messageId" else quote(key)
        nested = f"CASE WHEN {text}[1] IN ('{{', '[') THEN json_type(line, '$.{key}') IN ('OBJECT', 'ARRAY') END"
        checks.append((nested, f"'{key} is neither text nor a number'"))
        checks.append((f"strlen({text}) > {LONGEST_ID}", f"'{key} is longer than {LONGEST_ID} bytes'"))
    checks.append(('"time text" IS NULL AND NOT enveloped', "'no timestamp, originalTimestamp or sentAt'"))
    told = '"time text" IS NOT NULL'
    checks += [(f"{told} AND {wrong}", why) for wrong, why in check_range("time", quote("time text"), "timestamp")]
    return "CASE " + " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in checks) + " END"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_STAGES = (_extract(), _read(), _finish(), _correct(), _judge())


def _identifiers(table: pa.Table) -> list[tuple[str, pa.ChunkedArray | pa.Array]]:
    """``id.*`` columns that hold anything. A second value of a type goes to ``id.TYPE#2``, or the next one free."""
    names = [name for name in table.column_names if name.startswith(IDENTIFIER_PREFIX)]
    columns: dict[str, Any] = {name: table[name] for name in names if table[name].null_count < table.num_rows}
    further: dict[str, dict[int, str]] = {}
    for row, kind, value in _external(table["external"]):
        for number in count(1):
            name = f"{IDENTIFIER_PREFIX}{kind}" + (f"#{number}" if number > 1 else "")
            held = columns[name][row].as_py() if name in columns else None
            held = held if held is not None else further.setdefault(name, {}).get(row)
            if held is None:
                further[name][row] = value
            if held is None or held == value:
                break
    for name, values in further.items():
        if values:
            places = pa.array([values.get(row) for row in range(table.num_rows)], pa.string())
            columns[name] = places if name not in columns else pc.coalesce(columns[name], places)
    return list(columns.items())


def _external(column: pa.ChunkedArray) -> Iterator[tuple[int, str, str]]:
    """externalIds (``[{"id": ..., "type": ...}]``): row, type, value. Odd ones are left out."""
    for i in np.flatnonzero(pc.is_valid(column).to_numpy()):
        for kind, value in list_external(json.loads(column[i].as_py())):
            yield int(i), kind, value


def list_external(entries: object) -> Iterator[tuple[str, str]]:
    """Type and value of each identifier in a message's externalIds."""
    for entry in entries[:MOST_EXTERNAL] if isinstance(entries, list) else []:
        kind = str(entry.get("type", "")).lower().replace(".", "_") if isinstance(entry, dict) else ""
        value = entry.get("id") if isinstance(entry, dict) else None
        if _IDENTIFIER_TYPE.fullmatch(kind) and isinstance(value, str | int) and str(value).strip():
            yield kind, str(value)
