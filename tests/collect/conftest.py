from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from limner.adapters.duckdb.rows import DuckDBRows
from limner.adapters.tables import AnyTables
from limner.collect.chunk import Chunk
from limner.collect.mapping import parse_mapping
from limner.collect.read import read_events

NOW = 1_795_000_000_000_000
"""2026-11-18 UTC."""


@pytest.fixture(scope="session")
def rows() -> DuckDBRows:
    return DuckDBRows(2)


@pytest.fixture
def read(rows: DuckDBRows, tmp_path: Path) -> Callable[..., Chunk]:
    """Read a file to its end as one chunk; the mapping as YAML, or None for Segment messages."""

    def run(file: Path | str, mapping: str | None = None, **options: Any) -> Chunk:
        given = {"tables": AnyTables(), "zone": "Asia/Shanghai", "at": NOW, **options}
        chosen = None if mapping is None else parse_mapping(mapping, "map.yaml", tmp_path)
        chunks = list(read_events(str(file), chosen, rows, **given))
        return join_chunks(chunks)

    return run


@pytest.fixture
def messages(tmp_path: Path, read: Callable[..., Chunk]) -> Callable[..., Chunk]:
    """Read these messages (objects, or lines as they are)."""

    def run(*lines: object, **options: Any) -> Chunk:
        file = tmp_path / "messages.jsonl"
        file.write_text(
            "\n".join(x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines), encoding="utf-8"
        )
        return read(file, **options)

    return run


def join_chunks(chunks: list[Chunk]) -> Chunk:
    import numpy as np

    items = [chunk.items for chunk in chunks if chunk.items is not None]
    return Chunk(
        pa.concat_tables([chunk.events for chunk in chunks], promote_options="default"),
        np.concatenate([chunk.lines for chunk in chunks]),
        [reject for chunk in chunks for reject in chunk.rejects],
        pa.concat_tables(items) if items else None,
        sum(chunk.rows_read for chunk in chunks),
        sum(chunk.skipped for chunk in chunks),
        properties=chunks[0].properties,
    )
