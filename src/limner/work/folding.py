"""A full fold beside the server: a moment in, tag columns out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from limner.fold.columns import save_columns
from limner.jobs.moment import read_plan, read_seeds, read_view
from limner.jobs.tasks import FoldTask
from limner.pipeline import fold_view
from limner.work.line import Line


def fold_columns(task: FoldTask, folder: Path, line: Line) -> Mapping[str, Any]:
    view, plan = read_view(folder, line.read_keys), read_plan(folder)
    started = time.perf_counter()
    folded = fold_view(view, plan, task.census, task.threads, task.as_of, line.tell, read_seeds(folder))
    seconds = time.perf_counter() - started
    save_columns(task.columns, folded, task.seq, task.versions)
    return {"customers": len(folded.customers), "events": folded.events, "seconds": round(seconds, 4)}
