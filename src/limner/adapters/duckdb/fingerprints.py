"""Fingerprints: 128 bits that stand for a text or a set of numbers, under a key drawn anew by each process.

Two things have the same one by chance only (SipHash-2-4), and whoever sends us identifiers cannot bring that about,
as they could with a hash whose key they know: one person's identifiers would become another's. They are kept in memory
alone.
"""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.compiled import kernel

Prints = npt.NDArray[np.uint64]
"""n × 2. A key has the same shape: one for all rows, or one a row."""

KEY: Prints = np.frombuffer(secrets.token_bytes(16), np.uint64).reshape(1, 2)


def print_texts(texts: pa.Array, kinds: pa.Array | None = None) -> Prints:
    """Of each text, none of them null; the same text of another kind has another one."""
    if kinds is None:
        return print_pieces(texts.cast(pa.string()), KEY)
    kinds = pc.dictionary_encode(kinds)
    keys = print_pieces(kinds.dictionary.cast(pa.string()), KEY)
    return print_pieces(texts.cast(pa.string()), keys[kinds.indices.to_numpy()])


def print_lists(lists: pa.ListArray) -> Prints:
    """Of each list of int32."""
    return print_pieces(lists, KEY)


def print_pieces(pieces: pa.StringArray | pa.ListArray, keys: Prints) -> Prints:
    if not len(pieces):
        return np.empty((0, 2), np.uint64)
    offsets = np.frombuffer(pieces.buffers()[1], np.int32)[pieces.offset : pieces.offset + len(pieces) + 1]
    if isinstance(pieces, pa.ListArray):
        data, width = np.ascontiguousarray(pieces.values.to_numpy(), np.int32).view(np.uint8), 4
    else:
        data, width = np.frombuffer(pieces.buffers()[2] or b"", np.uint8), 1
    return sip_hash(data, offsets, width, keys)


@kernel
def sip_hash(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32], width: int, keys: Prints) -> Prints:
    """SipHash-2-4 with 128 bits of the bytes data[width * offsets[i] : width * offsets[i + 1]]."""
    prints = np.empty((len(offsets) - 1, 2), np.uint64)
    for row in range(len(prints)):
        key = row if len(keys) > 1 else 0
        start, end = int(offsets[row]) * width, int(offsets[row + 1]) * width
        prints[row, 0], prints[row, 1] = hash_piece(data, start, end, keys[key, 0], keys[key, 1])
    return prints


@kernel
def hash_piece(
    data: npt.NDArray[np.uint8] | bytes, start: int, end: int, first: np.uint64, second: np.uint64
) -> tuple[np.uint64, np.uint64]:
    a, b = first ^ np.uint64(0x736F6D6570736575), second ^ np.uint64(0x646F72616E646F83)  # with the mark of 128 bits
    c, d = first ^ np.uint64(0x6C7967656E657261), second ^ np.uint64(0x7465646279746573)
    for at in range(start, end + 1, 8):
        word = np.uint64(0)
        for place in range(min(end - at, 8)):
            word |= np.uint64(data[at + place]) << np.uint64(8 * place)
        if end - at < 8:
            word |= np.uint64((end - start) & 0xFF) << np.uint64(56)
        d ^= word
        for _ in range(2):
            a, b, c, d = mix(a, b, c, d)
        a ^= word
    c ^= np.uint64(0xEE)
    for _ in range(4):
        a, b, c, d = mix(a, b, c, d)
    half = a ^ b ^ c ^ d
    b ^= np.uint64(0xDD)
    for _ in range(4):
        a, b, c, d = mix(a, b, c, d)
    return half, a ^ b ^ c ^ d


@kernel
def mix(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """One round."""
    a += b
    b = turn(b, 13) ^ a
    a = turn(a, 32)
    c += d
    d = turn(d, 16) ^ c
    a += d
    d = turn(d, 21) ^ a
    c += b
    b = turn(b, 17) ^ c
    c = turn(c, 32)
    return a, b, c, d


@kernel
def turn(word: np.uint64, bits: int) -> np.uint64:
    return (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))
