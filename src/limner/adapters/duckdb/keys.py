"""An event's key: 64 bits of its source and id. They find candidates for duplicates; the ids themselves decide.

Keys stand in the log, so they depend on the bytes alone, and on no version of any library. A key of DuckDB's own
(md5) costs ten times as much.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from limner.adapters.duckdb.codes import one_chunk
from limner.adapters.duckdb.hashing import Keys, hash_texts


def key_rows(source: pa.ChunkedArray, event_id: pa.ChunkedArray) -> Keys:
    """The key of each row."""
    sources = pc.dictionary_encode(one_chunk(source))
    ids = one_chunk(event_id)
    seeds = hash_texts(sources.dictionary, np.zeros(len(sources.dictionary), np.uint64))
    return hash_texts(ids, seeds[sources.indices.to_numpy()])


def key_of(source: str, event_id: str) -> int:
    return int(key_rows(pa.chunked_array([[source]]), pa.chunked_array([[event_id]]))[0])
