"""All identifiers in memory, found by what they are and by their node; made when the first one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
import pyarrow as pa

from limner.adapters.duckdb.codes import one_chunk
from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.fingerprints import Prints, print_texts, sip_hash
from limner.adapters.duckdb.numbers import Numbers
from limner.adapters.duckdb.spelling import Spelling, Texts
from limner.growing import Growing


class Directory:
    """Nodes are never taken back while the file is the same one, so only new ones are read."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._generation, self._commits = self._file.generation, -1
        self._numbers = Numbers()
        self._kinds: list[str] = []
        self._keys: dict[str, Prints] = {}
        """Under which the values of a kind are hashed."""
        self._codes, self._letters, self._ends = Growing(np.int16), Growing(np.uint8), Growing(np.int64, 0)
        self._spelling = Spelling()

    def find(self, kind: str, value: str) -> int | None:
        """The node of an identifier; None = never seen."""
        letters = value.encode("utf-8", "surrogatepass")
        ends = np.array([0, len(letters)], np.int32)
        with self._lock:
            if kind not in self._keys:
                self._keys[kind] = print_texts(pa.array([kind], pa.string()))
            prints = sip_hash(np.frombuffer(letters, np.uint8), ends, 1, self._keys[kind])
            self._look()
            node = int(self._numbers.find(prints)[0])
        return None if node < 0 else node

    def names(self, nodes: Sequence[int]) -> list[tuple[str, str]]:
        """(type, value) of nodes."""
        with self._lock:
            self._look()
            codes, letters, ends = self._codes.values, self._letters.values, self._ends.values
        return [(self._kinds[codes[node]], letters[ends[node] : ends[node + 1]].tobytes().decode()) for node in nodes]

    def beginning(self, starts: list[str], type: str | None, limit: int) -> list[int]:
        """Nodes of identifiers that begin so, in the order of their letters."""
        with self._lock:
            self._look()
            texts, kinds, spelling = self._texts(), list(self._kinds), self._spelling
        codes = [code for code, kind in enumerate(kinds) if type in (None, kind)]
        found: set[tuple[bytes, int]] = set()
        for start in starts:
            found.update(spelling.beginning(texts, start.encode("utf-8", "surrogatepass"), codes, limit))
        return [node for _, node in sorted(found)[:limit]]

    def _texts(self) -> Texts:
        return Texts(self._codes.values, self._letters.values, self._ends.values)

    def _look(self) -> None:
        if self._generation != self._file.generation:
            self._forget()
        commits = self._file.commits
        if commits == self._commits:
            return
        first = len(self._codes.values)
        if self._file.counts().identifiers == first:
            self._commits = commits
            return
        query = "SELECT type, value FROM identifier WHERE node >= ? ORDER BY node"
        found = read_table(self._file.cursor(), query, [first])
        self._commits = commits
        if not found.num_rows:
            return
        kinds, values = one_chunk(found.column("type")), one_chunk(found.column("value"))
        self._numbers.add(print_texts(values, kinds), np.arange(first, first + len(values), dtype=np.int32))
        encoded = kinds.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        self._kinds += [word for word in words if word not in self._kinds]
        codes = np.array([self._kinds.index(word) for word in words], np.int16)
        self._codes.extend(codes[encoded.indices.to_numpy()])
        texts = values.cast(pa.large_string())
        ends = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
        letters = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
        self._ends.extend(self._ends.values[-1] + ends[1:] - ends[0])
        self._letters.extend(letters[ends[0] : ends[-1]])
