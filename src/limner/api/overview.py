"""What the console asks besides: the whole at a glance, a search, the audit, the system."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from limner.api.door import Caller, Open, reply, reply_seen, require
from limner.api.ready import ready_answers
from limner.api.said import say_in_page
from limner.govern.reasons import say_why
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["overview"])
Reader = Annotated[Caller, Depends(require(Action.READ_PORTRAITS))]
Auditor = Annotated[Caller, Depends(require(Action.READ_AUDIT))]
Watcher = Annotated[Caller, Depends(require(Action.MANAGE_JOBS))]


@router.get("/overview", dependencies=[Depends(require(Action.COUNT_AUDIENCES))])
def show_overview(request: Request, workspace: Open) -> Response:
    """Customers, events, tags, audiences, jobs, alarms (`{kind, subject, message, said}`), and the last 30 days; some
    seconds old at most."""
    told = workspace.overview()
    return ready_answers(request).answer(  # one document for all who come meanwhile
        "overview", (told,), lambda: say_in_page(told, "alarms", "message")
    )


@router.get("/customers:search")
def search_customers(
    workspace: Open,
    caller: Reader,
    q: Annotated[str, Query(max_length=200, description="An identifier or its beginning, `type:` before it or not.")],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """`{"customers": [{customer_id, identifiers, matched}], "more"}`. Who sees identifiers masked finds by whole ones
    only."""
    whole = not caller.may(Action.SEE_IDENTIFIERS)
    return reply_seen(caller, workspace, workspace.customers_find(q, limit, whole))


@router.get("/audit")
def list_audit(
    workspace: Open,
    _: Auditor,
    subject: Annotated[str | None, Query(description="Only of this tag, key, user ...")] = None,
    who: Annotated[str | None, Query(description="Only by this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> Response:
    """`{"entries": [{id, at, who, action, subject, why, said: {en, zh}}], "next"}`, the newest first. ``said``: why, in
    Chinese too where Limner's own words are told."""
    page = workspace.audit_list(subject, who, limit, cursor)
    for entry in page["entries"]:
        entry["said"] = say_why(entry["action"], entry["why"])
    return reply(page)


@router.get("/system")
def show_system(workspace: Open, _: Watcher) -> Response:
    """How the server stands: version, watermarks, sizes, what is held, the last comparison with the log."""
    return reply(say_in_page(workspace.system_show(), "alarms", "message"))


@router.get("/settings")
def list_settings(workspace: Open, _: Auditor) -> Response:
    """`{"settings": [{name, value, default, written}]}`: those of `limner.toml`, which is where they are changed."""
    return reply({"settings": workspace.settings_list()})
