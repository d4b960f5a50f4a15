"""S3 and what speaks its protocol (MinIO, OSS, COS), by Arrow's own client."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pyarrow.fs import S3FileSystem

from limner.errors import Unavailable
from limner.ports.packages import Parcel


class S3:
    def __init__(self, settings: Mapping[str, Any], secret: str | None) -> None:
        self._bucket, self._prefix = settings["bucket"], settings.get("prefix", "").strip("/")
        given: dict[str, Any] = {"connect_timeout": 10, "request_timeout": 60}
        if endpoint := settings.get("endpoint"):
            given |= {"endpoint_override": urlsplit(endpoint).netloc, "scheme": urlsplit(endpoint).scheme}
        if settings.get("access_key"):
            given |= {"access_key": settings["access_key"], "secret_key": secret}
        self._given = given | {"region": settings.get("region") or "us-east-1"}

    def put(self, parcel: Parcel) -> None:
        place = "/".join(part for part in (self._bucket, self._prefix, parcel.name) if part)
        try:
            system = S3FileSystem(**self._given)
            # An object appears when its stream is closed.
            with parcel.path.open("rb") as source, system.open_output_stream(place) as written:
                shutil.copyfileobj(source, written, 8 << 20)
        except OSError as error:
            raise Unavailable(f"s3://{place} cannot be written: {str(error)[:300]}.") from error
