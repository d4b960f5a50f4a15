"""The port Targets: one of the kinds there are, by its settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from limner.adapters.excel.sheet import write_sheet
from limner.adapters.targets.folder import Folder
from limner.adapters.targets.s3 import S3
from limner.adapters.targets.table import Table
from limner.adapters.targets.webhook import WebhookTarget
from limner.engage.targets import check_url
from limner.errors import DataError, MissingExtra, did_you_mean
from limner.ports.packages import Target

FIELDS = {
    "folder": ({"path"}, set()),
    "s3": ({"bucket"}, {"prefix", "endpoint", "region", "access_key"}),
    "sftp": ({"host", "user", "host_key"}, {"port", "path"}),
    "table": ({"table"}, {"schema"}),
    "webhook": ({"url"}, {"allow_private"}),
}
"""By kind: what its settings must have, and what they may. What is secret is given apart: of s3 the secret key, of sftp
the password or private key, of a table the URL of its database."""
SECRETIVE = ("s3", "sftp", "table")


class AnyTargets:
    def check(self, settings: Mapping[str, Any]) -> None:
        kind = settings.get("kind")
        if kind not in FIELDS:
            raise DataError(f"There is no target {kind!r}.", hint=did_you_mean(str(kind), FIELDS))
        needed, possible = FIELDS[kind]
        given = set(settings) - {"kind"}
        if missing := sorted(needed - given):
            raise DataError(f"A target of the kind {kind} needs {', '.join(missing)}.")
        if strange := sorted(given - needed - possible):
            raise DataError(
                f"A target of the kind {kind} has no {strange[0]}.", hint=did_you_mean(strange[0], needed | possible)
            )
        if kind == "folder" and not Path(settings["path"]).is_absolute():
            raise DataError(f"{settings['path']} is no absolute path.", hint="Begin it with /.")
        if kind == "webhook":
            check_url(settings["url"], bool(settings.get("allow_private")))
        if kind == "s3" and settings.get("endpoint") and urlsplit(settings["endpoint"]).scheme not in ("http", "https"):
            raise DataError(f"{settings['endpoint']!r} is no address.", hint="Write it as https://HOST.")
        if kind == "sftp" and find_spec("asyncssh") is None:
            raise MissingExtra("Bringing packages by SFTP", "sftp")

    def open(self, settings: Mapping[str, Any], secret: str | None) -> Target:
        self.check(settings)
        if settings["kind"] in SECRETIVE and not secret and settings["kind"] != "s3":
            raise DataError(
                f"A target of the kind {settings['kind']} needs its secret.", hint="Save the package with it."
            )
        match settings["kind"]:
            case "folder":
                return Folder(Path(settings["path"]))
            case "s3":
                return S3(settings, secret)
            case "sftp":
                from limner.adapters.targets.sftp import Sftp

                return Sftp(settings, secret or "")
            case "table":
                return Table(settings, secret or "")
        return WebhookTarget(settings["url"], bool(settings.get("allow_private")), secret)

    def write_sheet(self, pieces: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, made_at: int) -> None:
        write_sheet(pieces, schema, path, made_at)
