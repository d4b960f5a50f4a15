"""Requests of 神策's (SensorsData's) protocol, taken apart into items: one JSON object each, as it was sent.

The form ``data=`` (one) or ``data_list=`` (many) comes as the query of a GET or as the body of a POST, whatever its
Content-Type; its values are base64 of JSON or of gzip of JSON. JSON as the body itself is read as well.

Nothing here raises: these clients lose events, and one even its sending thread, when they are answered an error. What
cannot be read comes out as a `Fault` with its raw text, so that it can be kept, shown and sent again.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import msgspec
import numpy as np

from limner.collect.batches import MOST_LENIENT, cut_values
from limner.collect.unpacking import MOST_BYTES, Claim, unclaimed, unpack
from limner.errors import DataError

MOST_ITEMS = 10_000
"""In one request; real clients send up to 200."""
_MOST_COMMAS = 1_000_000
"""In one list: bounds what a list of nothing but numbers would make of memory before its items are counted."""

_MOST_MEMBERS = 64


@dataclass(frozen=True, slots=True)
class Fault:
    """What was refused, and why."""

    reason: str
    raw: bytes
    """The item's JSON; of a request that could not be read, the form's value as it came."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a request is for, as its address says."""

    token: str | None
    """The write key."""
    project: str | None


def read_target(query: bytes | str) -> Target:
    """``project=default&token=TOKEN``; of members given twice the first counts."""
    found: dict[str, str] = {}
    for name, value in _read_form(query):
        if name in (b"token", b"project") and value:
            found.setdefault(name.decode(), _unquote(value.replace(b"+", b" ")).decode("utf-8", "replace"))
    return Target(found.get("token"), found.get("project"))


def read_request(
    query: bytes | str, body: bytes, most: int = MOST_BYTES, claim: Claim = unclaimed
) -> list[bytes | Fault]:
    """The request's items in order. ``most``: bytes that anything packed may unpack to; ``claim``: as of `unpack`.

    Neither data nor a body is no fault but no items: so look the probes of load balancers.

    >>> read_request("data=eyJ0eXBlIjoidHJhY2sifQ%3D%3D", b"")
    [b'{"type":"track"}']
    """
    try:
        body = unpack(body, most, claim)
    except DataError as error:
        return [Fault(str(error), body)]
    if body.lstrip()[:1] in (b"{", b"["):
        return _cut_items(body)
    items: list[bytes | Fault] = []
    for form in (query, body.strip()):
        members = _read_form(form)
        crc = next((_unquote(value) for name, value in members if name == b"ext"), b"")
        values = [value for name, value in members if name in (b"data", b"data_list")]
        for value in values:
            items += _read_value(_unquote(value).replace(b" ", b"+"), crc, most, claim)
    if not items and body.strip():
        return [Fault("the body is neither JSON nor a form with data or data_list", body)]
    return items


def hash_text(text: bytes) -> int:
    """Java's hash of a text of ASCII, which the clients call its crc: the sum of ``byte * 31 ** places after it``,
    as an int32.

    >>> hash_text(b"hello"), hash_text(b"polygenelubricants")
    (99162322, -2147483648)
    """
    total = 0
    for begin in range(0, len(text), len(_POWERS)):
        part = np.frombuffer(text, np.uint8, min(len(_POWERS), len(text) - begin), begin).astype(np.uint32)
        powers = _POWERS[len(_POWERS) - len(part) :]
        total = (total * pow(31, len(part), 1 << 32) + int(part @ powers)) & 0xFFFFFFFF
    return total - (1 << 32) if total >= 1 << 31 else total


_POWERS = np.array([pow(31, place, 1 << 32) for place in range(4096)], np.uint32)[::-1].copy()
_STANDARD = bytes.maketrans(b"-_", b"+/")
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def _read_form(form: bytes | str) -> list[tuple[bytes, bytes]]:
    """Names and values, the values still url-encoded. Behind `_MOST_MEMBERS` nothing is looked for."""
    text = form.encode("utf-8", "replace") if isinstance(form, str) else form
    members = (member.partition(b"=") for member in text.split(b"&", _MOST_MEMBERS))
    return [(name, value) for name, _, value in members]


def _unquote(value: bytes) -> bytes:
    """A plus stays one: clients that leave it bare mean base64's, not a space."""
    return unquote_to_bytes(value) if b"%" in value else value


def _read_value(value: bytes, ext: bytes, most: int, claim: Claim) -> list[bytes | Fault]:
    try:
        _check_crc(value, ext)
        return _cut_items(unpack(_decode(value), most, claim))
    except DataError as error:
        return [Fault(str(error), value)]


def _check_crc(value: bytes, ext: bytes) -> None:
    if ext.startswith(b"crc=") and ext[4:].strip() != b"%d" % hash_text(value):
        raise DataError("The crc does not fit the data: it was damaged on its way.")


def _decode(value: bytes) -> bytes:
    """Base64, also with the URL-safe signs, without its padding, or with line ends."""
    bare = value.translate(_STANDARD, b"\r\n\t").rstrip(b"=")
    try:
        return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4), strict_mode=True)
    except binascii.Error as error:
        raise DataError(f"The data is no base64: {error}.") from error


def _cut_items(text: bytes) -> list[bytes | Fault]:
    """The objects of a JSON array, or the one object this is. What each holds is judged later, by itself."""
    text = text.strip().removeprefix(b"\xef\xbb\xbf")
    if not text.startswith(b"["):
        return [text if text.startswith(b"{") else Fault("not a JSON object", text)]
    if text.count(b",") > _MOST_COMMAS:
        return [Fault("the list is too long", text)]
    try:
        items = list(_cut_list(text))
    except ValueError as error:
        return [Fault(f"the list is no JSON: {error}", text)]
    if len(items) > MOST_ITEMS:
        return [Fault(f"the list holds more than {MOST_ITEMS:,} items", text)]
    return [item if item.startswith(b"{") else Fault("not a JSON object", item) for item in items]


def _cut_list(text: bytes) -> Iterator[bytes]:
    try:
        return map(bytes, _LIST.decode(text))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # one of them is no JSON: the others may be
        if len(text) > MOST_LENIENT:
            raise ValueError("and it is too large to look for what is whole in it") from error
        cut = cut_values(text.decode("utf-8", "surrogateescape"))
        return (item.encode("utf-8", "surrogateescape") for item in cut)
