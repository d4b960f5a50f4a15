"""Jobs: long work beside the server, and imports of files that are sent. For operators; the command line does more."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from limner.api.door import Caller, Open, reply, require
from limner.api.once import WriteOnce
from limner.api.paging import Cursor, Limit, close_page, read_numbers
from limner.api.problem import Forbidden
from limner.api.said import say_beside, say_in_page
from limner.govern.roles import Action
from limner.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["jobs"], route_class=WriteOnce)
Operator = Annotated[Caller, Depends(require(Action.MANAGE_JOBS))]
Asker = Annotated[Caller, Depends(require(Action.COUNT_AUDIENCES))]
"""All who may ask for anything that is a job."""
Number = Annotated[int, Path(ge=1, lt=1 << 31)]
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def find_own(workspace: Workspace, caller: Caller, id: int) -> dict[str, Any]:
    """The job, if the caller asked for it or may see all."""
    job = workspace.jobs_show(id)
    if job["who"] != caller.who and not caller.may(Action.MANAGE_JOBS):
        raise Forbidden(f"Job {id} was asked for by somebody else: it needs {Action.MANAGE_JOBS.value}.")
    return job


@router.get("/jobs")
def list_jobs(workspace: Open, _: Operator, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """`{"jobs": [...], "next"}`, the newest first, with how far they are. ``said``: the `error` of one by language."""
    (before,) = read_numbers(cursor) or (None,)
    page = close_page("jobs", workspace.jobs_list(limit + 1, before), limit, lambda job: str(job["id"]))
    return reply(say_in_page(page, "jobs", "error"))


@router.get("/jobs/{id}")
def show_job(workspace: Open, caller: Asker, id: Number) -> Response:
    """One job: `state` is waiting, running, done, failed or cancelled; `said` its `error` by language. Whoever asked
    for it may see it too."""
    return reply(say_beside(find_own(workspace, caller, id), "error"))


@router.post("/jobs/{id}:cancel")
def cancel_job(workspace: Open, caller: Asker, id: Number) -> Response:
    """Stop it; what it has brought in stays. Whoever asked for it may, too."""
    find_own(workspace, caller, id)
    return reply(workspace.jobs_cancel(id))


@router.post("/jobs/{id}:resume")
def resume_job(workspace: Open, _: Operator, id: Number) -> Response:
    """Go on with one that failed or was cancelled; an import after what it has brought in."""
    return reply(workspace.jobs_resume(id))


@router.post("/imports", status_code=202, openapi_extra=BODY)
async def import_file(
    request: Request,
    workspace: Open,
    caller: Operator,
    name: Annotated[str, Query(description="The file's name; its ending says what it is.")],
    mapping: Annotated[str | None, Query(description="The mapping, as YAML; Segment messages need none.")] = None,
) -> Response:
    """Read the file that is the body into the log. The answer is the job that does it, once the file is here."""
    upload = await run_in_threadpool(workspace.begin_upload, name, mapping)
    try:
        async for block in request.stream():
            await run_in_threadpool(upload.write, block)
        job = await run_in_threadpool(upload.finish, caller.who)
    finally:
        upload.close()
    return reply(job, 202)
