"""Sources of traits: how far each is believed, as it is configured and as agreement taught."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from limner.api.door import Open, reply, require
from limner.api.paging import USUAL, Cursor, Limit, cut_page
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["sources"], dependencies=[Depends(require(Action.READ_TAGS))])


@router.get("/sources")
def list_sources(workspace: Open, as_of: str | None = None, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"sources": [{"source", "configured", "reliability", "claims", "agreement"}], "next"}`: `claims` are of
    customers of whom another source spoke too, `agreement` is the share of those others who say the same."""
    return reply(cut_page("sources", workspace.sources_list(as_of), limit, cursor, lambda each: str(each["source"])))


@router.get("/sources/{name}")
def show_source(workspace: Open, name: str, as_of: str | None = None) -> Response:
    """One of them with `learned_at` and `traits`: `{tag, trait, half_life, configured, learned, reliability, claims,
    agreement}` of each trait whose value is chosen by trust."""
    return reply(workspace.sources_show(name, as_of))
