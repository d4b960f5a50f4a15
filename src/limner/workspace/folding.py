"""Verbs that fold everybody."""

from __future__ import annotations

import time
from typing import Any

from limner.fold.columns import adopt_columns
from limner.fold.plan import build_plan
from limner.jobs.errand import Errand
from limner.jobs.moment import hold_base
from limner.jobs.tasks import FoldTask
from limner.model.clock import iso_time
from limner.parts import Parts
from limner.pipeline import CENSUS, FoldReport, prepare, refold, versions_of
from limner.ports.jobs import Kind
from limner.ports.log import Progress
from limner.workspace.following import Following
from limner.workspace.opened import Instant, silent
from limner.workspace.working import spare_threads


class Folding(Following):
    """Folds."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.FOLD, self._fold_beside)

    def fold(self, as_of: Instant = None, progress: Progress = silent, author: str = "") -> FoldReport:
        """Fold everybody at ``as_of`` (now) and keep the columns."""
        if self.desk.is_open:
            instant = iso_time(self._instant(as_of), self.parts.zone)
            return FoldReport(**self._beside(Kind.FOLD, {"as_of": as_of}, f"as of {instant}", author, progress))
        with self._settled():
            self._stored = None
            return refold(self.parts, self._one_id, self.tags(), self._instant(as_of), progress)[1]

    def _fold_beside(self, errand: Errand) -> dict[str, Any]:
        started, tags, folder = time.perf_counter(), self.tags(), errand.folder
        with self._same_file:
            with self._settled():
                instant = self._instant(errand.request["as_of"])
                moment = prepare(self.parts, self._one_id, tags, silent)
                versions = versions_of(self.parts, tags)
                hold_base(folder, moment.view)
            answer = self._leave_moment(errand, moment, instant)
            ready = time.perf_counter()
            census, threads = self.parts.folder / CENSUS, spare_threads(self.parts.threads)
            task = FoldTask(instant, census, threads, moment.seq, versions, folder / "columns")
            result = errand.run(task, answer)
            with self._lock:
                adopt_columns(self.parts.folder / "columns", task.columns)
                self._stored = None
        return FoldReport(
            customers=result["customers"],
            events=result["events"],
            tags=len(tags),
            seconds=result["seconds"],
            as_of=iso_time(instant, self.parts.zone),
            timeline_seconds=round(ready - started, 4),
        ).as_dict()

    def explain_fold(self, language: str = "en") -> str:
        """The steps `fold` runs, from the very plan it runs."""
        return build_plan(self.tags(), self.parts.log.vocabulary(), self.parts.seen).explain(language)
