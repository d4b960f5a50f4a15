"""A compaction beside the server: shards are written that nothing names until the server takes them over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from limner.jobs.moment import read_view
from limner.jobs.tasks import CompactTask
from limner.timeline.base import BaseWriter, describe
from limner.timeline.compaction import Compaction
from limner.work.line import Line


def compact(task: CompactTask, folder: Path, line: Line) -> Mapping[str, Any]:
    view = read_view(folder, line.read_keys)
    assert view.base is not None, "there is something to compact into"
    writer = BaseWriter(task.timelines, task.generation)
    files = Compaction(view.base, view, 0, writer).run(line.tell)
    return {"files": [describe(file) for file in files]}
