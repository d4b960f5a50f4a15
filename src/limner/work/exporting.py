"""An export beside the server: everybody is folded, and those who meet the condition are written to a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from limner.audiences.crowd import Crowd
from limner.fold.concat import concat
from limner.fold.export import Roster
from limner.fold.formats import stream, write_file
from limner.fold.standing import Chosen
from limner.jobs.moment import read_names, read_plan, read_seeds, read_view
from limner.jobs.tasks import ExportTask
from limner.model.column import Folded
from limner.pipeline import fold_view
from limner.work.line import Line


def export_file(task: ExportTask, folder: Path, line: Line) -> Mapping[str, Any]:
    view, plan = read_view(folder, line.read_keys), read_plan(folder)
    zone = plan.vocabulary.zone
    folded = fold_view(view, plan, task.census, task.threads, task.as_of, line.tell, read_seeds(folder))
    hidden = {name: folded.columns[name] for name in task.hidden}
    if task.held is not None:
        folded = put_in_place(folded, task.held)
    rows = np.arange(len(folded.customers))
    if task.condition is not None:
        rows = np.flatnonzero(Crowd(folded, zone, hidden).find(task.condition))
    roster = Roster(folded, task.names, read_names(folder), zone, rows)
    pieces = roster.cuts(task.format.rows)

    def told() -> Iterator[pa.RecordBatch]:
        for done, piece in enumerate(pieces, 1):
            yield piece
            line.tell("export", min(done * task.format.rows, len(roster)), len(roster))

    write_file(stream(told(), roster.schema, task.format, zone), task.out)
    return {"customers": len(roster)}


def put_in_place(folded: Folded, held: Folded) -> Folded:
    """The same fold with other rows for these customers; of their columns only."""
    shown = replace(folded, columns=Chosen(folded.columns, list(held.columns)))
    others = np.flatnonzero(~np.isin(folded.customers, held.customers))
    return concat([shown.take(others), held])
