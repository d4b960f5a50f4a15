"""Types of customers sought beside the server."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from limner.jobs.tasks import TYPES, TypesTask
from limner.learn.persona.finding import find_types
from limner.work.line import Line


def seek_types(task: TypesTask, folder: Path, line: Line) -> Mapping[str, Any]:
    types = find_types(task.answers, task.count, task.former, task.seed, line.tell)
    (folder / TYPES).write_bytes(pickle.dumps(types))
    return {}
