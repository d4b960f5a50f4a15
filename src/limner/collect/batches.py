"""Bodies of Segment's protocol, cut into lines: one message each, as it was sent.

Only the frame is read here; what a message means, `segment` tells. A batch that is no strict JSON (NaN, for one) is cut
all the same where its messages end, so that the good ones come in and the odd one is refused for itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from limner.errors import DataError
from limner.model.clock import read_instant

BROWSER_TYPES = {"p": "page", "t": "track", "i": "identify", "g": "group", "a": "alias", "s": "screen"}
"""Short names of the types in the paths browsers post to."""


MOST_LENIENT = 4 << 20
"""Characters of a broken body that is still cut; cutting takes about a second for as many."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The messages of one request."""

    lines: tuple[bytes, ...]
    sent_at: int | None
    """Microseconds UTC, by the client's clock."""
    write_key: str | None


class _Frame(msgspec.Struct):
    batch: list[msgspec.Raw] | None = None
    sentAt: Any = None  # noqa: N815
    writeKey: Any = None  # noqa: N815
    type: Any = None


_frames = msgspec.json.Decoder(_Frame)


def cut_batch(body: bytes) -> Batch:
    """The messages of ``{"batch": [...], "sentAt": ..., "writeKey": ...}``. DataError when that cannot be read."""
    frame = _read_frame(body)
    if frame.batch is None:
        raise DataError("The body has no batch.", hint='Send {"batch": [message, ...]}.')
    return Batch(tuple(map(_one_line, frame.batch)), _read_time(frame.sentAt), _read_text(frame.writeKey))


def cut_message(body: bytes, type: str) -> Batch:
    """The one message the body is, of the type its path says when it has none itself."""
    frame = _read_frame(body)
    line = _one_line(body.strip())
    if frame.type is None:
        rest = line[1:].lstrip()
        line = b'{"type":"%s"%s%s' % (type.encode(), b"" if rest.startswith(b"}") else b",", rest)
    return Batch((line,), _read_time(frame.sentAt), _read_text(frame.writeKey))


def _read_frame(body: bytes) -> _Frame:
    try:
        return _frames.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _read_leniently(body, error)


def _read_leniently(body: bytes, fault: Exception) -> _Frame:
    """By brackets and quotes alone: values are cut out as they stand, however odd or deep they are."""
    text = body.decode("utf-8", "surrogateescape").strip()
    try:
        if not text.startswith("{") or len(text) > MOST_LENIENT:
            raise ValueError("no object, or too large to look for what is whole in it")
        members = dict(map(_cut_member, cut_values(text)))
        batch = members.get("batch")
        raw = None
        if batch is not None and batch.startswith("["):
            raw = [msgspec.Raw(value.encode("utf-8", "surrogateescape")) for value in cut_values(batch)]
    except (ValueError, RecursionError):
        said = f"no JSON object: {fault}" if text else "empty"
        raise DataError(f"The body is {said.removesuffix('.')}.") from fault
    return _Frame(raw, **{name: _read_member(members.get(name)) for name in ("sentAt", "writeKey", "type")})


def _read_member(text: str | None) -> Any:
    """None also when it is no JSON, or too deep: the batch beside it may be whole."""
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]|[^"\[\]{},]+', re.DOTALL)


def cut_values(text: str) -> list[str]:
    """The texts between the commas of the array or object that ``text`` is. ValueError when its brackets do not match.

    >>> cut_values('[{"a": [1, 2]}, NaN]'), cut_values('{"a": {}, "b": 1}')
    (['{"a": [1, 2]}', 'NaN'], ['"a": {}', '"b": 1'])
    """
    values: list[str] = []
    open_brackets: list[str] = []
    begin = end = 0
    while end < len(text):
        token = _TOKEN.match(text, end)
        if token is None:
            raise ValueError("a quote is not closed")
        first, end = text[end], token.end()
        if first in "[{":
            open_brackets.append("]" if first == "[" else "}")
            begin = end if len(open_brackets) == 1 else begin
        elif first in "]}" and (not open_brackets or open_brackets.pop() != first):
            raise ValueError("brackets do not match")
        if (first == "," and len(open_brackets) == 1) or (first in "]}" and not open_brackets):
            values.append(text[begin : end - 1].strip())
            begin = end
            if not open_brackets:
                break
    if open_brackets or text[end:].strip():
        raise ValueError("the text goes on or ends too early")
    return [] if values == [""] else values


def _cut_member(text: str) -> tuple[str, str]:
    """``"name": value`` as the name and the value's text."""
    name, end = json.JSONDecoder().raw_decode(text)
    rest = text[end:].lstrip()
    if not isinstance(name, str) or not rest.startswith(":"):
        raise ValueError("no member")
    return name, rest[1:].strip()


def _one_line(raw: bytes | msgspec.Raw) -> bytes:
    """Without line ends, which JSON has only between its tokens."""
    return bytes(raw).replace(b"\r", b" ").replace(b"\n", b" ")


def _read_time(value: Any) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        return read_instant(value, "UTC")
    except DataError:
        return None


def _read_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
