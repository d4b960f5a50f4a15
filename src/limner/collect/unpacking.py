"""Bodies of requests: unpacked when they are gzip, never to more than a limit."""

from __future__ import annotations

import zlib

from limner.errors import DataError

MOST_BYTES = 32 << 20
"""Of an unpacked body. Real clients send up to 4 MB."""
_GZIP = b"\x1f\x8b"


def unpack(body: bytes, most: int = MOST_BYTES) -> bytes:
    """The body itself, or what is in it when it begins as gzip does, whatever its headers say. DataError when it is
    cut short, damaged, or holds more than ``most`` bytes; memory never grows past that."""
    if not body.startswith(_GZIP):
        return body
    parts: list[bytes] = []
    room = most + 1
    while body.startswith(_GZIP):  # a gzip file may have several members
        packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            part = packed.decompress(body, room)
        except zlib.error as error:
            raise DataError(f"The gzip body is damaged: {error}.") from error
        parts.append(part)
        room -= len(part)
        if room <= 0:
            raise DataError(f"The gzip body unpacks to more than {most:,} bytes.", hint="Send smaller batches.")
        if not packed.eof:
            raise DataError("The gzip body is cut short.")
        body = packed.unused_data
    return b"".join(parts)
