"""Commands about long work: list, show, cancel, resume."""

from __future__ import annotations

from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, as_yaml, grid, lines, session_of
from limner.cli.door import ask

Id = Annotated[int, Argument(metavar="ID", help="The job's number, as `jobs list` shows it.")]


def register(app: Typer) -> None:
    jobs = Typer(help="Long work beside the server: imports, folds, exports, compactions.")
    jobs.command("list")(list_)
    jobs.command("show")(show)
    jobs.command("cancel")(cancel)
    jobs.command("resume")(resume)
    app.add_typer(jobs, name="jobs")


def list_(
    context: Context, limit: Annotated[int, Option("--limit", min=1, max=1000, help="How many at most.")] = 20
) -> Answer:
    """List jobs, the newest first, and how far they are."""
    session = session_of(context)
    jobs = ask(session, "jobs_list", limit=limit)
    if not jobs:
        return Answer({"jobs": jobs}, lines(session.say("There is no job.")))
    heads = [session.say(head) for head in ("id", "kind", "subject", "who", "asked", "state")]
    rows = [
        (*(job[name] for name in ("id", "kind", "subject", "who")), minute(job["asked_at"]), _state(session, job))
        for job in jobs
    ]
    return Answer({"jobs": jobs}, grid(heads, rows))


def minute(time: str) -> str:
    return time[:16].replace("T", " ")


def _state(session: Session, job: dict[str, Any]) -> str:
    """How it stands; of one that runs, how far it is."""
    state, progress = session.say(job["state"]), job["progress"]
    if job["state"] == "running" and progress is not None:
        far = f" {progress['done'] / progress['total']:.0%}" if progress["total"] else ""
        return f"{state}: {progress['what']}{far}"
    return f"{state}: {job['error']}" if job["error"] else state


def show(context: Context, id: Id) -> Answer:
    """Show one job: who asked for what, how far it is, what came of it."""
    session = session_of(context)
    job = ask(session, "jobs_show", id=id)
    return Answer(job, lines(as_yaml({name: value for name, value in job.items() if value not in (None, "")})))


def cancel(context: Context, id: Id) -> Answer:
    """Stop a job. What it has brought in stays."""
    session = session_of(context)
    job = ask(session, "jobs_cancel", id=id)
    return Answer(job, lines(session.say("Job {id} is cancelled; `limner jobs resume {id}` goes on with it.", id=id)))


def resume(context: Context, id: Id) -> Answer:
    """Go on with a job that failed or was cancelled; an import after what it has brought in."""
    session = session_of(context)
    job = ask(session, "jobs_resume", id=id)
    return Answer(job, lines(session.say("Job {id} goes on; `limner jobs show {id}` says how far it is.", id=id)))
