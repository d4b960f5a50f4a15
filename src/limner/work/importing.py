"""An import beside the server: files are read, cleaned and cut into numbered pieces, which the server stores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from limner.adapters.duckdb.rows import DuckDBRows
from limner.adapters.tables import AnyTables
from limner.collect.clean import clean
from limner.collect.contract import Contract
from limner.collect.piece import Piece, count_pieces, write_piece
from limner.collect.read import read_events
from limner.identity.normalise import normalise_batch
from limner.jobs.tasks import ImportTask, piece_path
from limner.work.line import Line

AHEAD = 2
"""Pieces that may wait to be stored: so much, and no more, lies on the disk twice."""


def import_files(task: ImportTask, folder: Path, line: Line) -> Mapping[str, Any]:
    """Say the number of every piece once it is there. Those up to ``task.after`` are counted and not made: reading
    the same files again gives the same pieces."""
    contract, rows, tables = Contract(task.tracking), DuckDBRows(threads=1), AnyTables()
    number = taken = task.after
    passed = 0
    for name in task.files:
        for chunk in read_events(name, task.mapping, rows, tables=tables, zone=task.zone, progress=line.tell):
            count = count_pieces(chunk.events.num_rows)
            passed += count
            if passed <= task.after:
                continue
            cleaned = clean(chunk, contract)
            pieces = Piece.of(cleaned, normalise_batch(cleaned.chunk.events)).cut(count)
            for each, piece in enumerate(pieces, passed - count + 1):
                if each <= task.after:
                    continue
                while number - taken >= AHEAD:
                    taken = line.hear()["taken"]
                number = each
                write_piece(piece_path(folder, number), piece)
                line.say({"piece": number})
    while taken < number:
        taken = line.hear()["taken"]
    return {}
