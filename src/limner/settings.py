"""What the environment may set: one class per area, read once at the door and passed down.

A new setting is a field of its area's class, one line of documentation under it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from limner.errors import DataError


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where `limner serve` listens."""

    host: str = "127.0.0.1"
    """LIMNER_HOST. This machine only, unless told otherwise: put a proxy with TLS in front before opening it."""
    port: int = 8300
    """PORT."""

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> ServerSettings:
        """From the environment; an unreadable PORT is a DataError."""
        text = environ.get("PORT") or str(cls().port)
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise DataError(f"PORT is {text!r}, which is not a port.", hint="Give a number from 1 to 65535.")
        return cls(host=environ.get("LIMNER_HOST") or cls().host, port=int(text))
