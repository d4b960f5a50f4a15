"""How a delivery lies in a file: length, checksum, then MessagePack. A frame is whole or it is not there."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from limner.ports.journal import Delivery

HEAD = struct.Struct("<II")
"""Bytes of the payload, and its CRC-32."""
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Delivery)


def write_frame(delivery: Delivery) -> bytes:
    payload = _encoder.encode(delivery)
    return HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def read_frames(file: BinaryIO, start: int, until: int) -> Iterator[tuple[Delivery, int]]:
    """Deliveries from this place of the file on, with the place after each; it ends at the first that is not whole."""
    file.seek(start)
    place = start
    while place + HEAD.size <= until:
        size, checksum = HEAD.unpack(file.read(HEAD.size))
        place += HEAD.size + size
        if place > until:
            return
        payload = file.read(size)
        if zlib.crc32(payload) != checksum:
            return
        yield _decoder.decode(payload), place
