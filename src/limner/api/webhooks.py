"""Webhooks: questionnaires, shops and other systems that post signed rows, and the administrators who let them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, reply, require
from limner.api.etag import MADE, SHOWN, IfMatch, read_match, reply_tagged
from limner.api.gate import Gate, answer, read_body
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, cut_page
from limner.collect.webhook import cut_rows
from limner.errors import DataError
from limner.govern.expecting import NEW
from limner.govern.keys import Source
from limner.govern.roles import Action
from limner.govern.webhooks import WebhookRing
from limner.model.clock import now
from limner.ports.journal import Delivery, Kind

router = APIRouter(route_class=WriteOnce)
ROWS = {"requestBody": {"content": {"application/json": {"schema": {"type": ["array", "object"]}}}}}
Administrator = Annotated[Caller, Depends(require(Action.MANAGE_KEYS))]


class NewMapping(BaseModel):
    model_config = ConfigDict(extra="forbid")
    mapping: str = Field(description="The mapping file's text (YAML).")
    rows: str | None = Field(None, description="Dotted path to the list of rows; else the body is the list or the row.")


class NewWebhook(NewMapping):
    source: str = Field(description="The source its events get; the last part of its path.")


class Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    now: bool = Field(False, description="End the old secret at once instead of in 24 hours.")


@router.post("/v1/webhooks/{source}", tags=["collect"], openapi_extra=ROWS)
async def take_webhook(request: Request, source: str) -> Response:
    """Rows signed by the Standard Webhooks specification. 200 when all are durable; the same delivery again is the same
    events."""
    gate: Gate = request.app.state.gate
    ring: WebhookRing = request.app.state.workspace.webhooks
    webhook = ring.find(source)
    sender = Source(webhook.source, f"webhook {webhook.source}", None)
    with gate.strangers.share() as share:  # whose body it is, its signature tells
        body = await read_body(request, share)
        signed = ring.check(webhook, request.headers, body)
        try:
            lines = cut_rows(body, webhook.rows)
        except DataError as error:
            await gate.refuse(sender, error.message, body)
            ring.confirm(webhook, signed)
            raise
        delivery = Delivery(Kind.ROWS, webhook.source, now(), lines, mapping=webhook.mapping, delivery_id=signed.id)
        await gate.keep(sender, [delivery])
    ring.confirm(webhook, signed)
    return answer({"success": True, "rows": len(lines)})


@router.get("/api/v1/webhooks", tags=["webhooks"])
def list_webhooks(workspace: Open, _: Administrator, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"webhooks": [...], "next"}` in the order they were made, disabled ones too; never a secret."""
    shown = workspace.webhooks_list()
    return reply(cut_page("webhooks", shown, limit, cursor, lambda each: each.webhook.source))


@router.get("/api/v1/webhooks/{source}", tags=["webhooks"], responses=SHOWN)
def show_webhook(workspace: Open, _: Administrator, source: str) -> Response:
    """One webhook, never its secret."""
    shown = workspace.webhooks.show(source)
    return reply_tagged(shown, shown.state)


@router.post("/api/v1/webhooks", status_code=201, tags=["webhooks"], responses=MADE)
def create_webhook(workspace: Open, caller: Administrator, asked: NewWebhook) -> Response:
    """A new webhook. `secret` is in this answer and nowhere else."""
    made = workspace.webhooks_create(asked.source, asked.mapping, asked.rows, author=caller.who)
    return reply_tagged(made, made.state, 201, secret=True)


@router.post("/api/v1/webhooks/{source}:map", tags=["webhooks"], responses=SHOWN)
def map_webhook(
    workspace: Open, caller: Administrator, source: str, asked: NewMapping, if_match: IfMatch = None
) -> Response:
    """Another mapping, which needs `If-Match`; the secret stays."""
    expected = read_match(if_match, NEW)
    mapped = workspace.webhooks_map(source, asked.mapping, asked.rows, author=caller.who, expected=expected)
    return reply_tagged(mapped, mapped.state)


@router.post("/api/v1/webhooks/{source}:rotate", tags=["webhooks"], responses=SHOWN)
def rotate_webhook(
    workspace: Open, caller: Administrator, source: str, asked: Rotation | None = None, if_match: IfMatch = None
) -> Response:
    """A new secret; the old one works until `old_secret_until`."""
    at_once = asked is not None and asked.now
    made = workspace.webhooks_rotate(source, at_once=at_once, author=caller.who, expected=read_match(if_match))
    return reply_tagged(made, made.state, secret=True)


@router.post("/api/v1/webhooks/{source}:disable", tags=["webhooks"], responses=SHOWN)
def disable_webhook(workspace: Open, caller: Administrator, source: str, if_match: IfMatch = None) -> Response:
    """End the webhook. Once more changes nothing."""
    ended = workspace.webhooks_disable(source, author=caller.who, expected=read_match(if_match))
    return reply_tagged(ended, ended.state)
