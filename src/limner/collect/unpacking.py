"""Bodies of requests: unpacked when they are gzip, never to more than a limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from limner.errors import DataError

MOST_BYTES = 32 << 20
"""Of an unpacked body. Real clients send up to 4 MB."""
PIECE = 1 << 20
"""Bytes unpacked before room is asked for the next ones."""
_GZIP = b"\x1f\x8b"

Claim = Callable[[int], None]
"""Asks for room for so many bytes; it raises what it likes when there is none."""


def unclaimed(size: int) -> None:
    """There is room for everything."""


def unpack(body: bytes, most: int = MOST_BYTES, claim: Claim = unclaimed) -> bytes:
    """The body itself, or what is in it when it begins as gzip does, whatever its headers say. DataError when it is
    cut short, damaged, or holds more than ``most`` bytes; memory never grows past that, nor past what ``claim`` gives.
    """
    if not body.startswith(_GZIP):
        return body
    parts: list[bytes] = []
    room = most
    while body.startswith(_GZIP):  # a gzip file may have several members
        packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not packed.eof:
            part = _unpack_some(packed, body, min(room + 1, PIECE))
            room -= len(part)
            if room < 0:
                raise DataError(f"The gzip body unpacks to more than {most:,} bytes.", hint="Send smaller batches.")
            claim(len(part))
            parts.append(part)
            body = packed.unconsumed_tail
            if not (part or body or packed.eof):
                raise DataError("The gzip body is cut short.")
        body = packed.unused_data
    return b"".join(parts)


def _unpack_some(packed: zlib._Decompress, body: bytes, size: int) -> bytes:
    try:
        return packed.decompress(body, size)
    except zlib.error as error:
        raise DataError(f"The gzip body is damaged: {error}.") from error
