"""A column of texts as compiled kernels see it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int32]
Spans = npt.NDArray[np.int32]
"""Members × rows × 2: where in the column's bytes a member's value begins and ends. Both 0: the row has none."""
Codes = npt.NDArray[np.int32]


class Texts(NamedTuple):
    data: Bytes
    offsets: Offsets
    valid: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, texts: pa.StringArray) -> Texts:
        _, offsets, data = texts.buffers()
        starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
        return cls(np.frombuffer(data or b"", np.uint8), starts, pc.is_valid(texts).to_numpy(zero_copy_only=False))
