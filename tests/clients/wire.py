"""Which events a request carried, read independently of Limner: by the client's protocol as it was captured."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import parse_qsl

Event = tuple[str, int | None]
"""Name as Limner has it, and the number the program gave it."""
_PROFILES = {"profile_set": "identify", "item_set": "item"}


def read_events(head: bytes, body: bytes) -> list[Event]:
    path = head.split(b" ", 2)[1].decode()
    if path.startswith("/v1/"):
        document = json.loads(_unpack(body))
        return [_segment(message) for message in document.get("batch", [document])]
    form = dict(parse_qsl(body.decode() or path.partition("?")[2]))
    found = json.loads(_unpack(base64.b64decode(form.get("data_list") or form["data"])))
    return [_sensors(item) for item in (found if isinstance(found, list) else [found])]


def _segment(message: dict[str, Any]) -> Event:
    name = message["event"] if message["type"] == "track" else message["type"]
    return name, (message.get("properties") or {}).get("n")


def _sensors(item: dict[str, Any]) -> Event:
    name = item.get("event") or _PROFILES.get(item["type"], item["type"])
    return name, (item.get("properties") or {}).get("n")


def _unpack(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
