"""A piece of an import: what the log takes of some rows, as one process may leave it in a file for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pyarrow as pa

from limner.collect.clean import Cleaned
from limner.collect.contract import Breach
from limner.ports.rejects import Reject

ROWS = 5_000
"""Events of a piece that is left in a file: they are stored in one go, and whatever else comes in waits for them."""
BESIDES = b"limner"
"""The key of what is said besides the events, in the file's metadata."""
ITEMS = ".items"


@dataclass(frozen=True, slots=True)
class Piece:
    events: pa.Table
    """`limner.model.event.EVENT_BATCH` and ``id.*`` columns, identifiers normalised."""
    rejects: list[Reject]
    items: pa.Table | None
    """`limner.collect.chunk.ITEM_BATCH`."""
    rows_read: int
    skipped: int
    violating: int
    violations: Counter[Breach]

    @classmethod
    def of(cls, cleaned: Cleaned, events: pa.Table) -> Piece:
        """A whole chunk. ``events``: its own, normalised."""
        chunk, checked = cleaned.chunk, cleaned.checked
        return cls(
            events,
            chunk.rejects,
            chunk.items,
            chunk.rows_read,
            chunk.skipped,
            checked.violating,
            checked.violations,
        )

    def cut(self, count: int) -> Iterator[Piece]:
        """The same in so many parts; all but the events goes with the first."""
        rest = replace(self, rejects=[], items=None, rows_read=0, skipped=0, violating=0, violations=Counter())
        for number in range(count):
            events = self.events.slice(number * ROWS, ROWS)
            yield replace(rest if number else self, events=events)


def count_pieces(events: int) -> int:
    """How many parts a chunk that was read with so many events is cut into."""
    return max(1, -(-events // ROWS))


class _Besides(msgspec.Struct):
    rejects: list[Reject]
    rows_read: int
    skipped: int
    violating: int
    violations: list[tuple[Breach, int]]


def write_piece(path: Path, piece: Piece) -> None:
    """It appears whole or not at all. Not synced: what a crash takes away is read again."""
    besides = _Besides(piece.rejects, piece.rows_read, piece.skipped, piece.violating, list(piece.violations.items()))
    if piece.items is not None:
        _write(path.with_suffix(ITEMS), piece.items)
    _write(path, piece.events.replace_schema_metadata({BESIDES: msgspec.json.encode(besides)}))


def read_piece(path: Path) -> Piece:
    """What `write_piece` wrote."""
    events, items = _read(path), path.with_suffix(ITEMS)
    besides = msgspec.json.decode((events.schema.metadata or {})[BESIDES], type=_Besides)
    return Piece(
        events.replace_schema_metadata(None),
        besides.rejects,
        _read(items) if items.exists() else None,
        besides.rows_read,
        besides.skipped,
        besides.violating,
        Counter(dict(besides.violations)),
    )


def remove_piece(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(ITEMS).unlink(missing_ok=True)


def _write(path: Path, table: pa.Table) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with pa.OSFile(str(fresh), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    fresh.replace(path)


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as file:
        return pa.ipc.open_file(file).read_all()
