"""Packages: audiences as files, fetched or brought. Only who may see identifiers takes them away as they are."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from limner.api.door import JOB, Caller, Open, Wait, reply, require
from limner.api.etag import SHOWN, IfMatch, read_match, reply_tagged
from limner.api.once import WriteOnce
from limner.api.paging import USUAL, Cursor, Limit, close_page, cut_page, read_numbers
from limner.api.problem import Forbidden
from limner.api.said import say_in_page
from limner.govern.expecting import NEW
from limner.govern.masking import telling_tags
from limner.govern.roles import Action

router = APIRouter(prefix="/api/v1", tags=["packages"], route_class=WriteOnce)
Exporter = Annotated[Caller, Depends(require(Action.EXPORT))]
Administrator = Annotated[Caller, Depends(require(Action.MANAGE_KEYS))]


class NewPackage(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Letters and digits of ASCII, _ and -; the beginning of its files' names.")
    audience: str
    columns: list[str] = Field([], max_length=1000, description="Tags.")
    identifiers: dict[str, Literal["plain", "masked", "sha256", "md5"]] = Field({}, description="By type.")
    phone: Literal["national", "digits", "e164"] = Field("national", description="As numbers are written, or hashed.")
    format: Literal["csv", "xlsx", "parquet", "ndjson"] = "csv"
    encoding: Literal["utf-8", "utf-8-bom", "gb18030"] = "utf-8-bom"
    header: Literal["name", "zh", "en"] = Field("name", description="Tags' names, or their titles.")
    labels: dict[str, dict[str, str]] = Field({}, description="By tag: what is written in the place of a value.")
    mode: Literal["full", "incremental"] = "full"
    schedule: str | None = Field(None, description="When it is brought, as cron says it.")
    target: dict[str, Any] | None = Field(
        None, description="`kind` (folder, s3, sftp, table, webhook) and its settings."
    )
    secret: str | None = Field(None, description="Of the target; never shown again.")


class Retry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: int = Field(ge=1, le=1 << 53)


@router.get("/packages")
def list_packages(workspace: Open, _: Exporter, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """`{"packages": [...], "next"}`, each with its `last` delivery; never a secret."""
    return reply(cut_page("packages", workspace.package_list(), limit, cursor, lambda each: str(each["name"])))


@router.get("/packages/{name}", responses=SHOWN)
def show_package(workspace: Open, _: Exporter, name: str) -> Response:
    """One package, never its secret. `ETag` is its state."""
    shown = workspace.package_show(name)
    return reply_tagged(shown, shown["state"])


@router.post("/packages", responses=SHOWN)
def save_package(workspace: Open, caller: Administrator, asked: NewPackage, if_match: IfMatch = None) -> Response:
    """Make a package, or change all of the one with its name, which needs its `state` as `If-Match`."""
    definition, expected = asked.model_dump(exclude={"secret"}), read_match(if_match, NEW)
    saved = workspace.package_save(definition, asked.secret, author=caller.who, expected=expected)
    return reply_tagged(saved, saved["state"])


@router.delete("/packages/{name}")
def drop_package(workspace: Open, caller: Administrator, name: str, if_match: IfMatch = None) -> Response:
    """Forget it and its deliveries."""
    return reply(workspace.package_drop(name, author=caller.who, expected=read_match(if_match)))


@router.post("/packages/{name}:send", responses=JOB)
def send_package(workspace: Open, caller: Exporter, name: str, wait: Wait = True) -> Response:
    """Take a snapshot and bring it to its target, now; what became of it."""
    check_right(workspace, caller, name)
    if not wait:
        return reply(workspace.package_submit(name, author=caller.who), 202)
    return reply(workspace.package_send(name, author=caller.who))


@router.get("/packages/{name}/file")
def fetch_package(
    workspace: Open, caller: Exporter, name: str, snapshot: Annotated[int | None, Query(ge=1, le=1 << 31)] = None
) -> Response:
    """The file itself: of a snapshot, or of those who are in the audience now."""
    package = check_right(workspace, caller, name)
    with tempfile.NamedTemporaryFile(prefix="limner-package-", delete=False) as file:
        path = Path(file.name)
    try:
        workspace.package_write(name, path, snapshot, author=caller.who)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    filename = f"{name}.{package['format']}"
    headers = {"Cache-Control": "no-store"}
    return FileResponse(path, headers=headers, filename=filename, background=BackgroundTask(path.unlink))


@router.get("/packages:deliveries")
def list_deliveries(
    workspace: Open, _: Exporter, package: str | None = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """`{"deliveries": [{id, package, snapshot, since, status, tries, rows, file, sha256, reason, said, ...}], "next"}`,
    the newest first. ``said``: the reason by language."""
    (before,) = read_numbers(cursor) or (None,)
    found = workspace.package_deliveries(package, limit + 1, before)
    page = close_page("deliveries", found, limit, lambda each: str(each["id"]))
    return reply(say_in_page(page, "deliveries", "reason"))


@router.post("/packages:retry")
def retry_delivery(workspace: Open, caller: Administrator, asked: Retry) -> Response:
    """Bring one once more, the same content under the same name."""
    return reply(workspace.package_retry(asked.id, author=caller.who))


def check_right(workspace: Any, caller: Caller, name: str) -> dict[str, Any]:
    """The package, if the caller may take it away. Forbidden where it shows identifiers as they are, or tags that may
    repeat them."""
    package: dict[str, Any] = workspace.package_show(name)
    if caller.may(Action.SEE_IDENTIFIERS):
        return package
    needed = f"it needs {Action.SEE_IDENTIFIERS.value}."
    if "plain" in (package.get("identifiers") or {}).values():
        raise Forbidden(f"The package {name} shows identifiers as they are: {needed}")
    if shown := telling_tags(workspace.tags()) & {*package["columns"]}:
        raise Forbidden(f"The package {name} shows {', '.join(sorted(shown))}, where identifiers may stand: {needed}")
    return package
