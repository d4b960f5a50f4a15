"""64 bits of texts, the same for ever: keys in the log are made of them.

Modules of this folder with kernels import nothing that knows DuckDB: numba keeps their names alive to the very end of
the process, and DuckDB complains of every name that outlives it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.compiled import kernel

Keys = npt.NDArray[np.uint64]

_WORD = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xC2B2AE3D27D4EB4F)


def hash_texts(texts: pa.StringArray, seeds: Keys) -> Keys:
    """64 bits of each text, none of them null, and of the seed that goes with it."""
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1] if len(texts) else _NOTHING
    return hash_bytes(np.frombuffer(data or b"", np.uint8), starts, seeds)


_NOTHING = np.zeros(1, np.int32)


@kernel
def hash_bytes(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32], seeds: Keys) -> Keys:
    """Words of eight bytes, least first, are mixed in one by one, the last filled up with zeros; first, the length."""
    hashes = np.empty(len(offsets) - 1, np.uint64)
    for row in range(len(hashes)):
        at, end = np.int64(offsets[row]), np.int64(offsets[row + 1])
        mixed = seeds[row] ^ (np.uint64(end - at) * _STEP)
        while at < end:
            word = np.uint64(0)
            if at + 8 <= end:
                for place in range(8):
                    word |= np.uint64(data[at + place]) << np.uint64(8 * place)
            else:
                for place in range(end - at):
                    word |= np.uint64(data[at + place]) << np.uint64(8 * place)
            mixed = (mixed ^ (word * _WORD)) * _STEP
            mixed ^= mixed >> np.uint64(29)
            at += 8
        mixed *= _WORD
        hashes[row] = mixed ^ (mixed >> np.uint64(32))
    return hashes
