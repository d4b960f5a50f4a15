"""Lineage and health of tags: what they need, who uses them, how they are."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from limner.api.door import Open, reply, require
from limner.api.paging import USUAL, Cursor, Large, cut_page
from limner.api.ready import ready_answers
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["tags"], dependencies=[Depends(require(Action.READ_TAGS))])


@router.get("/tags:health")
def list_health(request: Request, workspace: Open, limit: Large = USUAL, cursor: Cursor = None) -> Response:
    """`{"health": [...], "next"}` of all tags in use, as it was found last; once a day while the server runs."""

    def list_page() -> dict[str, Any]:
        return cut_page("health", workspace.tags_health(), limit, cursor, lambda each: each.finding.name)

    asked = "health", limit, cursor
    return ready_answers(request).answer(asked, workspace.tags_health_state(), list_page)


@router.get("/tags/{name}/health")
def show_health(workspace: Open, name: str) -> Response:
    """Coverage, distinct values, freshness (seconds), stability (PSI against a week ago), power over goals, twins,
    users, and why it is a `zombie`, if it is."""
    return reply(workspace.tags_health(name)[0])


@router.get("/tags/{name}/lineage")
def show_lineage(workspace: Open, name: str) -> Response:
    """`{"name", "needs": {tags, events, properties}, "used_by": {tags, audiences, destinations, readers}}`."""
    return reply(workspace.tags_lineage(name))
