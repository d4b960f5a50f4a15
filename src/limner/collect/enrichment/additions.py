"""Members put into the JSON objects of a column, before those they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limner.collect.enrichment.members import Members, Names
from limner.collect.enrichment.scan import CLOSE_OBJECT, EMPTY, ODD, OPEN_OBJECT
from limner.collect.enrichment.texts import Bytes, Codes, Offsets, Texts
from limner.collect.enrichment.told import Told
from limner.compiled import inner, kernel


class Additions:
    """What is put into each object of a column: of what is told, the members it has not itself."""

    def __init__(self, names: Names, members: Members) -> None:
        self._names = names
        self._members = members
        self._texts = [""]
        self._codes: list[Codes] = []

    def tell(self, groups: Codes, told: Sequence[Told]) -> None:
        """Each row is told the one of its group; nothing, if that is -1."""
        texts = self._encode([one.text for one in told])
        codes = np.append(texts, np.int32(0))[groups]
        codes[self._members.begins == ODD] = 0
        clashing = np.flatnonzero((codes > 0) & (self._members.noted > 0))
        if len(clashing):
            pairs = groups[clashing].astype(np.int64) << 32 | self._members.noted[clashing]
            pairs, places = np.unique(pairs, return_inverse=True)
            left = [told[pair >> 32].without(self._names.noted(pair)) for pair in pairs.tolist()]
            codes[clashing] = self._encode([one.text for one in left])[places]
        self._codes.append(codes)

    def _encode(self, texts: list[str]) -> Codes:
        first = len(self._texts)
        self._texts += texts
        return np.where([text != "" for text in texts], np.arange(first, first + len(texts)), 0).astype(np.int32)

    def put(self, column: pa.StringArray, texts: Texts, odd: Mapping[int, str]) -> pa.StringArray | None:
        """The column with all that was told, ``odd`` rows replaced; None when nothing changes. A null that is told
        anything becomes an object."""
        codes = np.stack(self._codes)
        if codes.any():
            added = Texts.of(pa.array(self._texts, pa.string()))
            begins = self._members.begins
            offsets = place_objects(texts.offsets, texts.valid, begins, added.offsets, codes)
            data = write_objects(texts.data, texts.offsets, begins, added.data, added.offsets, codes, offsets)
            valid = texts.valid | codes.any(axis=0)
            nulls = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
            column = pa.StringArray.from_buffers(len(valid), pa.py_buffer(offsets), pa.py_buffer(data), nulls)
        elif not odd:
            return None
        replaced = np.zeros(len(column), np.bool_)
        replaced[list(odd)] = True
        return pc.replace_with_mask(column, pa.array(replaced), pa.array(odd.values(), pa.string())) if odd else column


@kernel
def place_objects(
    offsets: Offsets, valid: npt.NDArray[np.bool_], begins: npt.NDArray[np.int32], starts: Offsets, codes: Codes
) -> Offsets:
    """Where the written objects begin, and the last one ends."""
    placed = np.zeros(len(valid) + 1, np.int32)
    for row in range(len(valid)):
        length = np.int32(0)
        for code in codes[:, row]:
            length += starts[code + 1] - starts[code]
        if length == 0:
            length = offsets[row + 1] - offsets[row] if valid[row] else np.int32(0)
        else:
            length += 1 + (0 if begins[row] == EMPTY else offsets[row + 1] - begins[row])
        placed[row + 1] = placed[row] + length
    return placed


@kernel
def write_objects(
    data: Bytes,
    offsets: Offsets,
    begins: npt.NDArray[np.int32],
    added: Bytes,
    starts: Offsets,
    codes: Codes,
    placed: Offsets,
) -> Bytes:
    written = np.empty(placed[-1], np.uint8)
    for row in range(len(begins)):
        at, end = placed[row], placed[row + 1]
        source = offsets[row]
        if codes[:, row].any():
            written[at] = OPEN_OBJECT
            at += 1
            for code in codes[:, row]:
                length = starts[code + 1] - starts[code]
                copy_bytes(added[starts[code] : starts[code + 1]], written[at : at + length])
                at += length
            source = begins[row]
            if source == EMPTY:
                written[end - 1] = CLOSE_OBJECT  # in the place of the last comma
                continue
        copy_bytes(data[source : source + end - at], written[at:end])
    return written


@inner
def copy_bytes(source: Bytes, target: Bytes) -> None:
    """Of equal length. A loop, for which the compiler puts a copy of memory; six times as fast as an assignment."""
    for place in range(len(source)):
        target[place] = source[place]
