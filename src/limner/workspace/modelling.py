"""Verbs about models: fitted on the past, looked at, published as dated columns of the tags that name them."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from limner.errors import LimnerError
from limner.jobs.errand import Errand
from limner.jobs.moment import hold_base, write_plan, write_study, write_view
from limner.jobs.tasks import LearnTask
from limner.learn.declaration import Declaration
from limner.learn.kinds import KINDS
from limner.learn.steps import carry_out
from limner.model.clock import now
from limner.parts import Parts
from limner.pipeline import CENSUS
from limner.ports.jobs import SCHEDULE, Job, Kind
from limner.ports.log import Progress
from limner.workspace.keeping import Keeping, Lesson
from limner.workspace.opened import Instant, silent
from limner.workspace.recurring import Cooldown, is_over
from limner.workspace.studying import Studying
from limner.workspace.working import answer_keys, spare_threads

AGAIN = 3600.0
"""Seconds before what failed by schedule is tried again."""
SAID = {"fit": "fitted", "publish": "published"}

log = logging.getLogger(__name__)


class Modelling(Studying, Keeping):
    """Models."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.MODEL, self._learn_beside)
        self._failed_models = Cooldown(AGAIN)
        """Of model and action."""

    def models_fit(
        self, name: str, as_of: Instant = None, author: str = "", progress: Progress = silent
    ) -> dict[str, Any]:
        """Fit a new version on what was known at past instants, and evaluate it on later ones; its card.

        DataError when there is too little to learn from; what was published stays.
        """
        return self._do_with_model({"action": "fit", "name": name, "as_of": as_of, "version": None}, author, progress)

    def models_evaluate(
        self,
        name: str,
        version: int | None = None,
        as_of: Instant = None,
        author: str = "",
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Look at a version (the newest) again, on the latest time whose outcome is known; its card."""
        return self._do_with_model(
            {"action": "evaluate", "name": name, "as_of": as_of, "version": version}, author, progress
        )

    def models_publish(
        self,
        name: str,
        version: int | None = None,
        as_of: Instant = None,
        author: str = "",
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Have a version (the newest) say of everybody what it thinks, and write the tags that show it.

        Conflict when it is not good enough, or no tag shows it: with what is missing. What was published stays.
        """
        self._find_declared(name)
        chosen = self._find_version(name, version)
        self._check_publishable(chosen)
        request = {"action": "predict", "name": name, "as_of": as_of, "version": chosen.version}
        return self._do_with_model(request, author, progress)

    def models_submit(
        self, action: str, name: str, version: int | None = None, as_of: Instant = None, author: str = ""
    ) -> dict[str, Any]:
        """Have it fitted, evaluated or published (``predict``) as a job, without waiting: the job. What is known to be
        wrong is said at once."""
        declared = self._find_declared(name)
        if action == "fit":
            KINDS[declared.kind].asks(declared, self._known())
        else:
            chosen = self._find_version(name, version)
            version = chosen.version
            if action == "predict":
                self._check_publishable(chosen)
        self._instant(as_of)
        request = {"action": action, "name": name, "as_of": as_of, "version": version}
        return self._show_job(self._submit_model(request, author))

    def _do_with_model(self, request: Mapping[str, Any], author: str, progress: Progress) -> dict[str, Any]:
        self._find_declared(request["name"])
        self._instant(request["as_of"])
        if self.desk.is_open:
            subject = f"{request['action']} {request['name']}"
            return dict(self._beside(Kind.MODEL, request, subject, author, progress))
        with tempfile.TemporaryDirectory(prefix=".model-", dir=self.parts.folder) as scratch:
            with self._settled():
                declared, asks, shelved = self._wanted(request)
                study = self._study(declared, asks, request["action"], request["as_of"], progress)
            began = time.perf_counter()
            result = carry_out(request["action"], declared, study, shelved, Path(scratch))
            return self._conclude(Lesson(request, declared, study, result, Path(scratch), author, began))

    def _submit_model(self, request: Mapping[str, Any], author: str) -> Job:
        return self.desk.submit(Kind.MODEL, request, f"{request['action']} {request['name']}", author).job

    def _learn_beside(self, errand: Errand) -> dict[str, Any]:
        request, folder = errand.request, errand.folder
        with self._same_file:
            with self._settled():
                declared, asks, shelved = self._wanted(request)
                study = self._study(declared, asks, request["action"], request["as_of"], errand.tell)
                hold_base(folder, study.view)
            write_view(folder, study.view)
            write_plan(folder, study.plan, {path: study.plan.types(path) for path in study.plan.kinds})
            write_study(folder, replace(study, threads=spare_threads(self.parts.threads)))
            began = time.perf_counter()
            out = folder / "out"
            out.mkdir()
            task = LearnTask(request["action"], declared, shelved, self.parts.folder / CENSUS, out)
            result = errand.run(task, answer_keys(study.view))
        return self._conclude(Lesson(request, declared, study, result, out, errand.job.who, began))

    def models_round(self) -> list[dict[str, Any]]:
        """Fit and publish what is due by its schedule, each whatever became of the others; what failed is tried again
        after a while."""
        done = []
        for name, declared in self._declared().models.items():  # what is wrong with others `models check` tells
            for action in self._models_due(declared):
                if self._failed_models.waits((name, action)):
                    continue
                try:
                    do = self.models_fit if action == "fit" else self.models_publish
                    done.append(do(name, author=SCHEDULE))
                    self._failed_models.forget((name, action))
                except LimnerError as error:
                    self._failed_models.note_failure((name, action))
                    log.warning("The model %s was not %s by its schedule: %s", name, SAID[action], error)
        return done

    def _models_due(self, declared: Declaration) -> list[str]:
        """Of fit and publish, in this order. A version that is not good enough is not tried again and again."""
        if not declared.schedule:
            return []
        versions, instant, due = self.parts.models.versions(declared.name), now(), []
        fitted = max((one.fitted_at for one in versions), default=None)
        if is_over(declared.schedule.get("fit"), fitted, instant):
            due.append("fit")
        published = max((one.published_at or 0 for one in versions), default=0) or None
        fit_for_it = bool(due) or (bool(versions) and bool(versions[-1].card["passed"]))
        if fit_for_it and is_over(declared.schedule.get("publish"), published, instant):
            due.append("publish")
        return due
