"""Values that people and files give: tags entered by hand, singly or by a form; imports; runs of queries."""

from __future__ import annotations

import tempfile
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from limner.api.door import Caller, Open, as_seen_by, reply, require
from limner.api.etag import SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.errors import DataError
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["values"], route_class=WriteOnce)
Enterer = Annotated[Caller, Depends(require(Action.ENTER_VALUES))]
LARGEST = 512 << 20
"""Bytes of an uploaded list."""
FILE = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: str | int | float | bool = Field(description="Of the kind the tag takes.")
    reason: str = Field("", max_length=1000, description="Why; kept with the value.")


class Filled(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(description="`type:value` or a customer id.")
    values: dict[str, str | int | float | bool | None] = Field(description="By field; null leaves it as it is.")
    reason: str = Field("", max_length=1000, description="Why; kept with the values.")


class Refresh(BaseModel):
    model_config = ConfigDict(extra="forbid")
    tags: list[str] = Field(default_factory=list, max_length=100, description="SQL tags; none = all.")
    due: bool = Field(False, description="Only those whose time has come.")


@router.get("/profiles/{key:path}/tags/{name}", responses=SHOWN)
def show_value(
    workspace: Open, caller: Annotated[Caller, Depends(require(Action.READ_PORTRAITS))], key: str, name: str
) -> Response:
    """A portrait of one tag, with the `state` it is in, which is its `ETag` too."""
    workspace.reads.note(caller.who, [name])
    shown = workspace.tag_get(key, name)
    return reply_tagged(as_seen_by(caller, workspace, shown), shown["state"])


@router.put("/profiles/{key:path}/tags/{name}")
def enter_value(
    workspace: Open, caller: Enterer, key: str, name: str, entry: Entry, if_match: IfMatch = None
) -> Response:
    """Enter the value of one tag of a customer, an event with author and reason: `{"customer_id", "values", "event_id",
    "time"}`."""
    given: dict[str, Any] = {"author": caller.who, "expected": read_match(if_match)}
    return reply(workspace.tag_set(key, name, entry.value, entry.reason, **given))


@router.delete("/profiles/{key:path}/tags/{name}")
def take_value_away(
    workspace: Open,
    caller: Enterer,
    key: str,
    name: str,
    reason: Annotated[str, Query(max_length=1000)] = "",
    if_match: IfMatch = None,
) -> Response:
    """Take the value that was entered away again; its history stays."""
    return reply(workspace.tag_unset(key, name, reason, author=caller.who, expected=read_match(if_match)))


@router.get("/forms", dependencies=[Depends(require(Action.READ_TAGS))])
def list_forms(workspace: Open) -> Response:
    """`{"forms": [{name, title, fields, required}]}`, as `forms.yaml` has them."""
    return reply({"forms": workspace.forms_list()})


@router.post("/forms/{name}:fill")
def fill_form(workspace: Open, caller: Enterer, name: str, filled: Filled) -> Response:
    """Enter several values at once, in one event; answers as a single value does."""
    return reply(workspace.form_fill(name, filled.key, filled.values, filled.reason, author=caller.who))


@router.post("/tags/{name}:import", openapi_extra=FILE)
async def import_values(
    request: Request,
    workspace: Open,
    caller: Enterer,
    name: str,
    key: Annotated[str, Query(description="Whom a row is of: type:column, such as phone:mobile.")],
    filename: Annotated[str, Query(description="Its ending says what the body is: .csv, .xlsx, .parquet, .jsonl.")],
    value: Annotated[str | None, Query(description="The column of the values; none for a list of members.")] = None,
    expires: Annotated[str | None, Query(description="A length of time (90d) or an instant.")] = None,
    reason: Annotated[str, Query(max_length=1000)] = "",
) -> Response:
    """Give an imported tag the values of the file in the body: `{"run", "tag", "at", "rows", "unknown", "empty",
    "rejected", "rejects", "expires_at"}`."""
    ending = "".join(PurePath(filename).suffixes[-2:])
    with tempfile.NamedTemporaryFile(prefix="limner-list-", suffix=ending) as file:
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > LARGEST:
                raise DataError(f"The file is over {LARGEST >> 20} MB.", hint="Import it with `limner tags import`.")
            file.write(part)
        file.flush()
        given: dict[str, Any] = {"expires": expires, "reason": reason, "author": caller.who, "source": filename}
        return reply(await run_in_threadpool(workspace.tags_import, name, file.name, key, value, **given))


@router.get("/tags/{name}/runs", dependencies=[Depends(require(Action.READ_TAGS))])
def list_runs(workspace: Open, name: str) -> Response:
    """`{"runs": [{run, tag, at, rows, source, author, reason, expires_at}]}`, the last first."""
    return reply({"runs": workspace.tags_runs(name)})


@router.post("/tags:refresh")
def refresh_tags(
    workspace: Open, caller: Annotated[Caller, Depends(require(Action.CHANGE_TAGS))], asked: Refresh
) -> Response:
    """Run the queries of SQL tags now: `{"runs": [...]}`."""
    return reply({"runs": workspace.tags_refresh(asked.tags, asked.due, author=caller.who)})
