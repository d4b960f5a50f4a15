"""神策's protocol: one address for all, whatever the client sends by GET, form, beacon or JSON.

These clients lose events, and one its sending thread, when they are answered an error: whatever is wrong with an event,
the answer is 200, and the event is among the rejects. Only /debug tells what is wrong.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from itertools import groupby

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import APIKeyQuery

from limner.api.gate import Gate, Unreadable, answer, aside, basic_user, read_body, refusals
from limner.api.problem import problem
from limner.api.room import Share
from limner.collect.sensors import Fault, read_request, read_target
from limner.collect.sensors_messages import Line, translate
from limner.collect.unpacking import MOST_BYTES, Claim
from limner.govern.keys import Source
from limner.model.clock import now
from limner.ports.journal import Delivery

_token = APIKeyQuery(name="token", auto_error=False, description="A write key.")
router = APIRouter(tags=["collect"], dependencies=[Depends(_token)])

DONE = {"code": 0, "message": "ok"}
_DATA = {"type": "string", "description": "Base64 of JSON, or of gzip of JSON."}
_FORM = {"type": "object", "properties": {"data": _DATA, "data_list": _DATA, "gzip": {"enum": ["0", "1"]}}}
BODY = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}}
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A transparent GIF of one pixel."""


@router.get("/sa", include_in_schema=False)
@router.post("/sa", openapi_extra=BODY)
async def take_items(request: Request) -> Response:
    """Events, profiles and items: `data=` or `data_list=`, the write key as `token`. 200 when all are durable."""
    await _take(request)
    return answer(DONE)


@router.get("/sa.gif", include_in_schema=False)
@router.post("/sa.gif", include_in_schema=False)
async def take_pixel(request: Request) -> Response:
    """The same for pages that send by loading an image."""
    await _take(request)
    return Response(PIXEL, media_type="image/gif", headers={"Cache-Control": "no-store"})


@router.post("/debug", openapi_extra=BODY)
async def take_debugged(request: Request) -> Response:
    """The same, and what is wrong with each event in the answer. With the header `Dry-Run: true` nothing is kept."""
    gate: Gate = request.app.state.gate
    source = _admit(request)
    with gate.share(source) as share:
        lines, faults = await _read(request, share)
        if request.headers.get("dry-run", "").lower() != "true":
            await gate.keep(source, list(_deliveries(request, source, lines, faults)))
    if not faults:
        return answer(DONE)
    problems = [{"reason": fault.reason, "event": fault.raw.decode("utf-8", "backslashreplace")} for fault in faults]
    message = f"{len(faults)} of {len(lines) + len(faults)} cannot become events: {faults[0].reason}"
    return problem({"code": "data", "message": message, "problems": problems}, 400)


async def _take(request: Request) -> None:
    gate: Gate = request.app.state.gate
    source = _admit(request)
    with gate.share(source) as share:
        lines, faults = await _read(request, share)
        await gate.keep(source, list(_deliveries(request, source, lines, faults)))


def _admit(request: Request) -> Source:
    gate: Gate = request.app.state.gate
    return gate.admit(read_target(request.scope["query_string"]).token or basic_user(request))


async def _read(request: Request, share: Share) -> tuple[list[Line], list[Fault]]:
    try:
        body = await read_body(request, share)
    except Unreadable as error:
        # An error would stop more than this: one client keeps the batch and sends it again before all later ones, for
        # ever, another sends nothing any more. So it is answered as any fault is, and seen among the rejects.
        return [], [Fault(error.message, error.body)]
    found = await aside(_translate, body, request.scope["query_string"], share.claim)
    return [item for item in found if isinstance(item, Line)], [item for item in found if isinstance(item, Fault)]


def _translate(body: bytes, query: bytes, claim: Claim) -> list[Line | Fault]:
    found = read_request(query, body, MOST_BYTES, claim)
    return [item if isinstance(item, Fault) else translate(item) for item in found]


def _deliveries(request: Request, source: Source, lines: Sequence[Line], faults: Sequence[Fault]) -> Iterator[Delivery]:
    received_at, gate = now(), request.app.state.gate
    ip = request.client.host if request.client else None
    user_agent = request.headers.get("user-agent")
    if user_agent is None or not user_agent.startswith("Mozilla/"):  # no browser: it may be a server of theirs
        ip = user_agent = None
    for (kind, told), group in groupby(lines, key=lambda line: (line.kind, line.sent_at)):
        texts = tuple(line.text for line in group)
        sent_at = gate.read_sent(request, source.name, received_at, told)
        yield Delivery(kind, source.name, received_at, texts, sent_at, ip, user_agent)
    if faults:
        yield refusals(source, [(fault.reason, fault.raw) for fault in faults])
