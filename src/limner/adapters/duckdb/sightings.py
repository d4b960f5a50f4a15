"""All observations as arrays that grow with the log: a refresh reads what it gained, not five million identifiers."""

from __future__ import annotations

from threading import Lock

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.adapters.duckdb.codes import one_chunk
from limner.adapters.duckdb.counts import Counts
from limner.adapters.duckdb.file import LogFile, read_table
from limner.adapters.duckdb.recent import recent_of
from limner.growing import Growing
from limner.ports.observations import Observed


class Sightings:
    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._generation = self._file.generation
        self._types: list[str] = []
        self._node_types, self._nodes, self._offsets = Growing(np.int16), Growing(np.int32), Growing(np.int64, 0)
        self._live, self._erased = Growing(np.bool_), Growing(np.bool_)
        self._told: Observed | None = None
        """What was answered last, while nothing was added."""

    def observed(self) -> Observed:
        with self._lock:
            if self._generation != self._file.generation:
                self._forget()
            there = self._file.counts()
            if (there.fragments, there.identifiers) != (len(self._live.values), len(self._node_types.values)):
                self._told = None
                if not self._take_recent(there):
                    # In this order, or an append between the two could give sets whose identifiers were not read.
                    self._read_fragments(self._file.cursor())
                    self._read_nodes(self._file.cursor())
            if self._told is None:
                self._told = self._observed()
            return self._told

    def _observed(self) -> Observed:
        erased = self._erased.values
        return Observed(
            types=tuple(self._types),
            node_types=self._node_types.values,
            offsets=self._offsets.values,
            nodes=self._nodes.values,
            live=self._live.values,
            erased=erased if erased.any() else None,
        )

    def _take_recent(self, there: Counts) -> bool:
        """What so many need, if it was appended just now: then the file need not be asked."""
        fragments, nodes = len(self._live.values), len(self._node_types.values)
        sets = recent_of(self._file, "fragment", "fragment").read(fragments - 1, there.fragments - 1, ["nodes"])
        types = recent_of(self._file, "identifier", "node").read(nodes - 1, there.identifiers - 1, ["type"])
        if (sets is None and there.fragments > fragments) or (types is None and there.identifiers > nodes):
            return False
        if sets is not None:
            self._add_fragments(sets, np.zeros(sets.num_rows, np.bool_))
        if types is not None:
            self._add_nodes(types)
        return True

    def _read_fragments(self, cursor: duckdb.DuckDBPyConnection) -> None:
        query = "SELECT nodes, erased FROM fragment WHERE fragment >= ? ORDER BY fragment"
        found = read_table(cursor, query, [len(self._live.values)])
        self._add_fragments(found, np.asarray(found.column("erased").to_numpy(), np.bool_))

    def _add_fragments(self, rows: pa.Table, erased: npt.NDArray[np.bool_]) -> None:
        lists = one_chunk(rows.column("nodes"))
        lengths = lists.value_lengths().to_numpy()
        self._offsets.extend(self._offsets.values[-1] + np.cumsum(lengths, dtype=np.int64))
        self._nodes.extend(lists.flatten().to_numpy())
        self._erased.extend(erased)
        self._live.extend(~erased)

    def _read_nodes(self, cursor: duckdb.DuckDBPyConnection) -> None:
        query = "SELECT type FROM identifier WHERE node >= ? ORDER BY node"
        self._add_nodes(read_table(cursor, query, [len(self._node_types.values)]))

    def _add_nodes(self, rows: pa.Table) -> None:
        encoded: pa.DictionaryArray = one_chunk(rows.column("type")).dictionary_encode()
        kinds = encoded.dictionary.to_pylist()
        self._types += [kind for kind in kinds if kind not in self._types]
        codes = np.array([self._types.index(kind) for kind in kinds], np.int16)
        self._node_types.extend(codes[encoded.indices.to_numpy()])
