"""Verbs about long work, and how it is done beside the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from limner.govern.seal import Seal
from limner.jobs.child import Child
from limner.jobs.desk import Desk
from limner.jobs.errand import Errand
from limner.jobs.moment import write_plan, write_seeds, write_view
from limner.model.clock import iso_time, local_midnight
from limner.parts import Parts
from limner.pipeline import Moment, read_seed
from limner.ports.jobs import Job, Kind
from limner.ports.log import Progress
from limner.settings import JobSettings
from limner.timeline.view import View
from limner.workspace.opened import Opened

SMALL = 200_000
"""Rows of the log up to which whoever waits for a trend, a package or personas does it: a process would only have begun
by then."""
Answer = Callable[[Child, Mapping[str, Any]], None]


class Working(Opened):
    """Until the desk is opened everything is done by whoever asks for it, at once."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        settings = JobSettings.of_workspace(parts.folder)
        self.uploads_most = settings.upload_mb << 20
        """Bytes of a file that is sent to be imported."""
        self.desk = Desk(parts.jobs, Seal(parts.folder / "webhooks.key"), parts.folder / "jobs", settings.at_once)

    def jobs_list(self, limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
        """Long work that was asked for, the newest first; ``before``: only what was asked for before that job."""
        return [self._show_job(job) for job in self.desk.list(limit, before)]

    def jobs_show(self, id: int) -> dict[str, Any]:
        """One job, and how far it is."""
        return self._show_job(self.desk.find(id))

    def jobs_cancel(self, id: int) -> dict[str, Any]:
        """Stop a job; what it has brought in stays. Conflict when it has ended."""
        return self._show_job(self.desk.cancel(id))

    def jobs_resume(self, id: int) -> dict[str, Any]:
        """Go on with a job that failed or was cancelled; imports after what they have brought in."""
        return self._show_job(self.desk.resume(id).job)

    def _show_job(self, job: Job) -> dict[str, Any]:
        zone = self.parts.zone
        at = {
            name: None if (instant := getattr(job, name)) is None else iso_time(instant, zone)
            for name in ("asked_at", "started_at", "ended_at")
        }
        progress = {"what": job.doing, "done": job.done, "total": job.total} if job.doing else None
        return {
            "id": job.id,
            "kind": job.kind.value,
            "subject": job.subject,
            "who": job.who,
            "state": job.state.value,
            **at,
            "progress": progress,
            "result": dict(job.report) or None,
            "error": job.error,
        }

    def _is_long(self) -> bool:
        """Is there a desk, and so much in the log that a process beside does it?"""
        return self.desk.is_open and self.parts.log.watermark() > SMALL

    def _beside(
        self, kind: Kind, request: Mapping[str, Any], subject: str, who: str, progress: Progress
    ) -> Mapping[str, Any]:
        """Have a job done, and wait for its result."""
        return self.desk.finish(self.desk.submit(kind, request, subject, who), progress)

    def _leave_moment(self, errand: Errand, moment: Moment, *instants: int) -> Answer:
        """Put a moment, whose base is held already, where the errand's process reads it, to be folded at these
        instants; what answers its questions."""
        write_view(errand.folder, moment.view)
        write_plan(errand.folder, moment.plan, moment.seen)
        asked = {*instants, *(local_midnight(instant, self.parts.zone) for instant in instants)}
        write_seeds(errand.folder, {instant: read_seed(self.parts, moment, None, instant) for instant in asked})
        return answer_keys(moment.view)


def spare_threads(threads: int) -> int:
    """How many a process beside the server may have: half of the processors stay with those who do not wait."""
    return max(1, threads // 2)


def answer_keys(view: View) -> Answer:
    """Answers questions for the keys of events of one instant."""

    def answer(child: Child, message: Mapping[str, Any]) -> None:
        child.send({"answer": view.read_keys(message["keys"])})

    return answer
