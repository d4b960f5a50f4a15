"""Everybody, or those who meet a rule, as a file that is made while it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from limner.api.door import Caller, Open, require
from limner.fold.formats import Format
from limner.govern.roles import Action
from limner.model.clock import iso_time

router = APIRouter(prefix="/api/v1", tags=["profiles"])
Exporter = Annotated[Caller, Depends(require(Action.EXPORT))]
"""Gets identifiers masked unless its role says otherwise."""
BODY = {"schema": {"type": "string", "format": "binary"}}
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {format.media_type: BODY for format in Format},
        "headers": {
            "X-Limner-As-Of": {"description": "The instant of all of it.", "schema": {"type": "string"}},
            "X-Limner-Seq": {"description": "The last row of the log that is in it.", "schema": {"type": "integer"}},
        },
    }
}


class Wanted(BaseModel):
    """Which customers, and what of them."""

    model_config = ConfigDict(extra="forbid")
    rule: dict[str, Any] | None = Field(None, description="Those who meet the condition; all unless given.")
    tags: list[str] | None = Field(None, description="All unless given.")
    as_of: str | None = None
    identifiers: bool = Field(True, description="A column per type of identifier.")
    format: Format = Format.PARQUET


@router.post("/profiles:export", response_class=StreamingResponse, responses=ANSWER)
def export_profiles(workspace: Open, caller: Exporter, asked: Wanted) -> StreamingResponse:
    """A row per customer: `customer_id`, identifiers, tags. What is wrong is said before the first byte; an answer that
    breaks off afterwards is not whole."""
    masked = not caller.may(Action.SEE_IDENTIFIERS)
    export = workspace.open_export(asked.rule, asked.tags, asked.as_of, asked.identifiers, masked)
    headers = {
        "Content-Disposition": f'attachment; filename="{name_file(export.as_of, asked.format)}"',
        "X-Limner-As-Of": iso_time(export.as_of, export.zone),
        "X-Limner-Seq": str(export.seq),
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
    }
    # The bytes of a piece are made when the client has taken those before; nothing is made for one who has left.
    return StreamingResponse(export.blocks(asked.format), media_type=asked.format.media_type, headers=headers)


def name_file(as_of: int, format: Format) -> str:
    """
    >>> name_file(0, Format.CSV)
    'customers-19700101T000000Z.csv'
    """
    return f"customers-{datetime.fromtimestamp(as_of // 1_000_000, UTC):%Y%m%dT%H%M%SZ}.{format}"
