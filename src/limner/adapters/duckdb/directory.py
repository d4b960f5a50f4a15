"""All identifiers in memory, found by what they are and by their node; made when the first one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from threading import Lock

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.adapters.duckdb.closing import tells_of_closing
from limner.adapters.duckdb.codes import one_chunk
from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.fingerprints import Prints, print_texts, sip_hash
from limner.adapters.duckdb.numbers import Numbers
from limner.adapters.duckdb.recent import recent_of
from limner.adapters.duckdb.spelling import Spelling, Texts
from limner.growing import Growing

Nodes = npt.NDArray[np.int32]
NO_KEYS: Prints = np.empty((0, 2), np.uint64)


@tells_of_closing
class Directory:
    """Nodes are never taken back while the file is the same one, so only new ones are read."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._lock = Lock()
        """Held for microseconds: whoever reads portraits waits for it."""
        self._looking = Lock()
        """Held while new ones are read, and taken before the other."""
        self._forget()

    def _forget(self) -> None:
        generation, self._commits = self._file.generation, -1
        self._numbers = Numbers()
        self._kinds: list[str] = []
        self._keys: dict[str, Prints] = {}
        """Under which the values of a kind are hashed."""
        self._codes, self._letters, self._ends = Growing(np.int16), Growing(np.uint8), Growing(np.int64, 0)
        self._spelling = Spelling()
        self._generation = generation

    def find(self, named: Sequence[tuple[str, str]], until: int | None = None) -> Nodes:
        """The nodes of these (type, value); -1 = never seen, or not among the first ``until``."""
        if until is not None:
            self._reach(until)
        nodes = self._find_here(named)
        if until is not None:
            nodes[nodes >= until] = -1
        elif np.any(nodes < 0):  # those that are here stay, so the file is asked only for others
            self._look()
            nodes = self._find_here(named)
        return nodes

    def _find_here(self, named: Sequence[tuple[str, str]]) -> Nodes:
        if self._generation != self._file.generation:
            self._look()
        if len(named) == 1:  # as most ask: without lists of one
            return np.array([self._find_one(*named[0])], np.int32)
        letters = [value.encode("utf-8", "surrogatepass") for _, value in named]
        ends = np.array([*accumulate(map(len, letters), initial=0)], np.int32)
        kinds = {kind: place for place, kind in enumerate({kind for kind, _ in named})}
        keys = np.concatenate([NO_KEYS, *map(self._key, kinds)])
        each = keys if len(kinds) == 1 else keys[np.array([kinds[kind] for kind, _ in named], np.intp)]
        prints = sip_hash(np.frombuffer(b"".join(letters), np.uint8), ends, 1, each)
        with self._lock:
            return self._numbers.find(prints)

    def _find_one(self, kind: str, value: str) -> int:
        letters, key = value.encode("utf-8", "surrogatepass"), self._key(kind).item
        with self._lock:
            return self._numbers.find_text(letters, key(0), key(1))

    def _key(self, kind: str) -> Prints:
        if kind not in self._keys:
            self._keys[kind] = print_texts(pa.array([kind], pa.string()))
        return self._keys[kind]

    def names(self, nodes: Sequence[int]) -> list[tuple[str, str]]:
        """(type, value) of nodes."""
        self._reach(max(nodes, default=-1) + 1)
        with self._lock:
            codes, letters, ends = self._codes.values, self._letters.values, self._ends.values
        spans = [(codes.item(node), ends.item(node), ends.item(node + 1)) for node in nodes]
        return [(self._kinds[code], letters[begin:end].tobytes().decode()) for code, begin, end in spans]

    def beginning(self, starts: list[str], type: str | None, limit: int) -> list[int]:
        """Nodes of identifiers that begin so, in the order of their letters."""
        self._look()
        with self._lock:
            texts, kinds, spelling = self._texts(), list(self._kinds), self._spelling
        codes = [code for code, kind in enumerate(kinds) if type in (None, kind)]
        found: set[tuple[bytes, int]] = set()
        for start in starts:
            found.update(spelling.beginning(texts, start.encode("utf-8", "surrogatepass"), codes, limit))
        return [node for _, node in sorted(found)[:limit]]

    def _texts(self) -> Texts:
        return Texts(self._codes.values, self._letters.values, self._ends.values)

    def _reach(self, until: int) -> None:
        """Have the first ``until``; the file is asked only where not all of them are here."""
        if self._generation != self._file.generation or len(self._ends.values) <= until:
            self._look()

    def _look(self) -> None:
        """Take in all that the file has by now."""
        with self._looking:
            if self._generation != self._file.generation:
                with self._lock:
                    self._forget()
            commits = self._file.commits
            if commits == self._commits:
                return
            first, until = len(self._codes.values), self._file.counts().identifiers
            if until > first:
                recent = recent_of(self._file, "identifier", "node").read(first - 1, until - 1, ["type", "value"])
                self._add(self._read(first) if recent is None else recent, first)
            self._commits = commits

    def _read(self, first: int) -> pa.Table:
        query = "SELECT type, value FROM identifier WHERE node >= ? ORDER BY node"
        return read_table(self._file.cursor(), query, [first])

    def _add(self, found: pa.Table, first: int) -> None:
        """Those from the node ``first`` on. What tells that they are here is written last."""
        kinds, values = one_chunk(found.column("type")), one_chunk(found.column("value"))
        prints = print_texts(values, kinds)
        encoded = kinds.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        texts = values.cast(pa.large_string())
        ends = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
        letters = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
        with self._lock:
            self._numbers.add(prints, np.arange(first, first + len(values), dtype=np.int32))
            self._kinds += [word for word in words if word not in self._kinds]
            codes = np.array([self._kinds.index(word) for word in words], np.int16)
            self._codes.extend(codes[encoded.indices.to_numpy()])
            self._letters.extend(letters[ends[0] : ends[-1]])
            self._ends.extend(self._ends.values[-1] + ends[1:] - ends[0])
