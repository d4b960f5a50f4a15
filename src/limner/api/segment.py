"""Segment's protocol, which RudderStack's clients speak too: single messages, batches, the browser's short forms."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security.http import HTTPBase
from pydantic import BaseModel, Field

from limner.api.gate import Gate, Unreadable, answer, aside, basic_user, read_body
from limner.api.room import Share
from limner.collect.batches import BROWSER_TYPES, Batch, cut_batch, cut_message
from limner.collect.refusal import tell_refused
from limner.collect.unpacking import Claim, unpack
from limner.errors import DataError
from limner.model.clock import now
from limner.ports.journal import Delivery, Kind
from limner.settings import PublicUrl

_write_key = HTTPBase(scheme="basic", auto_error=False, description="A write key as the user name.")
router = APIRouter(prefix="/v1", tags=["collect"])

TYPES = ("identify", "track", "page", "screen", "group", "alias")
DONE = {"success": True}
_MESSAGE = {
    "type": "object",
    "properties": {
        "type": {"enum": TYPES},
        **{name: {"type": "string"} for name in ("messageId", "userId", "anonymousId", "event", "timestamp")},
        **{name: {"type": "object"} for name in ("properties", "traits", "context")},
    },
}
_BATCH = {
    "type": "object",
    "required": ["batch"],
    "properties": {"batch": {"type": "array", "items": _MESSAGE}, "sentAt": {"type": "string"}},
}


class Accepted(BaseModel):
    success: bool
    rejected: list[dict[str, Any]] = Field([], description="`{index, reason}` of what the tracking plan rejects.")


def _described(body: dict[str, Any]) -> dict[str, Any]:
    """What OpenAPI says of a way in."""
    return {
        "dependencies": [Depends(_write_key)],
        "responses": {200: {"model": Accepted}},
        "openapi_extra": {"requestBody": {"content": {"application/json": {"schema": body}}}},
    }


@router.post("/batch", **_described(_BATCH))
@router.post("/import", include_in_schema=False)
async def take_batch(request: Request) -> Response:
    """Messages of a server: `{"batch": [...], "sentAt", "writeKey"}`, gzip or not. 200 when all are durable."""
    return await _take(request, None, browser=False)


@router.post("/b", include_in_schema=False)
async def take_browser_batch(request: Request) -> Response:
    return await _take(request, None, browser=True)


def _add_single(path: str, type: str, browser: bool) -> None:
    async def take(request: Request) -> Response:
        return await _take(request, type, browser=browser)

    summary = None if browser else f"One {type} message."
    router.add_api_route(
        f"/{path}",
        take,
        methods=["POST"],
        include_in_schema=not browser,
        summary=summary,
        name=f"take_{path}",
        **_described(_MESSAGE),
    )


for _type in TYPES:
    _add_single(_type, _type, browser=False)
for _path, _type in BROWSER_TYPES.items():
    _add_single(_path, _type, browser=True)


@router.get("/projects/{write_key}/settings")
async def tell_settings(request: Request, write_key: str) -> Response:
    """What analytics.js asks for before it sends anything; it learns from it to send here."""
    gate: Gate = request.app.state.gate
    gate.admit(write_key)
    public: PublicUrl = request.app.state.public_url or PublicUrl(request.url.scheme, request.url.netloc)
    segment: dict[str, object] = {
        "apiKey": write_key,
        "apiHost": f"{public.place}/v1",
        "protocol": public.scheme,
        "unbundledIntegrations": [],
        "addBundledMetadata": True,
        "maybeBundledConfigIds": {},
        "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
    }
    planned = {"__default": {"enabled": True, "integrations": {}}}
    document = {
        "integrations": {"Segment.io": segment},
        "plan": {"track": planned, "identify": planned, "group": planned},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
    return answer(document)


async def _take(request: Request, type: str | None, browser: bool) -> Response:
    """``browser``: the request comes from the customer's own machine, so its address and browser are the customer's."""
    gate: Gate = request.app.state.gate
    secret = basic_user(request)
    source = None if secret is None else gate.admit(secret)  # before any work is done for a stranger
    with gate.share(source) as share:
        try:
            batch = await _read(request, type, share)
        except Unreadable as error:
            await gate.refuse(source or gate.recognise(None, share.size), error.message, error.body)
            raise
        source = source or gate.recognise(batch.write_key, share.size)
        await gate.keep(source, [_delivery(request, source.name, batch, browser)])
    refused = tell_refused(batch.lines, gate.contract)
    return answer({**DONE, "rejected": refused} if refused else DONE)


async def _read(request: Request, type: str | None, share: Share) -> Batch:
    body = await read_body(request, share)
    try:
        return await aside(_cut, body, type, share.claim)
    except DataError as error:
        raise Unreadable(error.message, body, hint=error.hint) from error


def _cut(body: bytes, type: str | None, claim: Claim) -> Batch:
    plain = unpack(body, claim=claim)
    return cut_batch(plain) if type is None else cut_message(plain, type)


def _delivery(request: Request, source: str, batch: Batch, browser: bool) -> Delivery:
    ip = user_agent = None
    if browser:
        ip = request.client.host if request.client else None
        user_agent = request.headers.get("user-agent")
    received_at, gate = now(), request.app.state.gate
    sent_at = gate.read_sent(request, source, received_at, batch.sent_at)
    return Delivery(Kind.MESSAGES, source, received_at, batch.lines, sent_at, ip, user_agent)
