"""A model beside the server: fitted, evaluated or asked for predictions, over the past as the server left it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from limner.jobs.moment import read_study
from limner.jobs.tasks import LearnTask
from limner.learn.steps import carry_out
from limner.work.line import Line


def learn(task: LearnTask, folder: Path, line: Line) -> Mapping[str, Any]:
    study = read_study(folder, line.read_keys, line.tell)
    return carry_out(task.action, task.declaration, study, task.shelved, task.out)
