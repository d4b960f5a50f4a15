"""Members of JSON objects, found for a whole column at once: outside the GIL, and nothing is decoded.

An *odd* text has to be decoded by whoever wants its members: one that `scan` does not pass as an object, one with an
escape in a name at its top, or with a wanted member twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.collect.enrichment.scan import ODD, NameTable, scan_objects
from limner.collect.enrichment.texts import Spans, Texts


@dataclass(frozen=True, slots=True)
class Names:
    wanted: tuple[str, ...]
    """Members whose values are found."""
    others: tuple[str, ...]
    """Members of which it is only noted that they are there; at most 32."""
    table: NameTable

    @classmethod
    def of(cls, wanted: Sequence[str], others: Sequence[str]) -> Names:
        return cls(tuple(wanted), tuple(others), NameTable.of((*wanted, *others)))

    def noted(self, bits: int) -> set[str]:
        """The other names in ``Members.noted``."""
        return {name for place, name in enumerate(self.others) if bits >> place & 1}


@dataclass(frozen=True, slots=True)
class Members:
    begins: npt.NDArray[np.int32]
    """Where the members of each row's object begin; or EMPTY, or ODD."""
    spans: Spans
    """Of the wanted members; none of odd rows."""
    noted: npt.NDArray[np.uint32]
    """Which of the other names each row has at the top of its object, a bit each."""

    def values(self, texts: Texts, row: int) -> list[bytes]:
        """The JSON of each wanted member; ``null`` where it is absent."""
        return [texts.data[begin:end].tobytes() or b"null" for begin, end in self.spans[:, row].tolist()]

    def odd_rows(self) -> list[int]:
        found: list[int] = np.flatnonzero(self.begins == ODD).tolist()
        return found


def find_members(texts: Texts, names: Names) -> Members:
    begins, ends = texts.offsets[:-1], texts.offsets[1:]
    return Members(*scan_objects(texts.data, begins, ends, texts.valid, names.table, len(names.wanted)))
