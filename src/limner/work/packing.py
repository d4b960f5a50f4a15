"""A package's file beside the server: its customers folded at the snapshot's instant, and written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from limner.adapters.targets.kinds import AnyTargets
from limner.audiences.parcel import Numbers, shape_pieces, write_parcel
from limner.fold.fold import fold_present
from limner.jobs.moment import read_names, read_plan, read_seeds, read_view
from limner.jobs.tasks import PackTask
from limner.model.column import Folded
from limner.pipeline import weigh_view
from limner.work.line import Line


def pack(task: PackTask, folder: Path, line: Line) -> Mapping[str, Any]:
    view, plan = read_view(folder, line.read_keys), read_plan(folder)
    zone, total, done = plan.vocabulary.zone, len(task.customers), 0
    population = weigh_view(view, plan, task.census, task.threads, task.as_of, None, read_seeds(folder))

    def fold_them(customers: Numbers) -> Folded:
        nonlocal done
        line.tell("package", done, total)
        done += len(customers)
        return fold_present(plan, view.slice_of(customers), task.as_of, None, population)

    named, tags = read_names(folder), {tag.name: tag for tag in plan.tags}
    pieces = shape_pieces(task.package, task.customers, fold_them, named, tags, zone, task.changes)
    rows = write_parcel(task.package, pieces, task.out, AnyTargets(), zone, task.as_of)
    line.tell("package", total, total)
    return {"rows": rows}
