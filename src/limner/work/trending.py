"""A trend beside the server: everybody folded at one instant after the other, those who meet the condition measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from limner.audiences.crowd import Crowd
from limner.audiences.trend import measure_point
from limner.fold.standing import Chosen
from limner.jobs.moment import read_plan, read_seeds, read_view
from limner.jobs.tasks import TrendTask
from limner.pipeline import fold_view
from limner.work.line import Line


def measure_trend(task: TrendTask, folder: Path, line: Line) -> Mapping[str, Any]:
    view, plan, seeds = read_view(folder, line.read_keys), read_plan(folder), read_seeds(folder)
    zone, everybody = plan.vocabulary.zone, len(view.customers)
    points = []
    for place, instant in enumerate(task.instants):

        def tell(what: str, done: int, total: int, place: int = place) -> None:
            line.tell("trend", place * everybody + done, len(task.instants) * everybody)

        folded = fold_view(view, plan, task.census, task.threads, instant, tell, seeds)
        hidden = {name: folded.columns[name] for name in task.hidden}
        shown = [name for name in folded.columns if name not in hidden]
        crowd = Crowd(replace(folded, columns=Chosen(folded.columns, shown)), zone, hidden)
        inside = crowd.find(task.condition)
        points.append(asdict(measure_point(crowd.folded, inside, task.tags, zone, task.smallest_cell)))
    return {"points": points}
