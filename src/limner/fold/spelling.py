"""A dictionary's words as bytes, for kernels that must say which of two words is smaller."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Spelling:
    """UTF-8 bytes of all words, one after the other; word i is ``letters[ends[i]:ends[i + 1]]``."""

    letters: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int64]


def spell(words: tuple[str, ...]) -> Spelling:
    """Byte order of UTF-8 is the order of code points, which is Python's order of texts."""
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.fromiter(chain((0,), accumulate(map(len, encoded))), np.int64, len(words) + 1)
    # One byte more, so that the array of an empty dictionary has an address of its own.
    return Spelling(np.frombuffer(b"".join(encoded) + b"\0", np.uint8), ends)
