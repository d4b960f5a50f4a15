"""Where it listens, and where the world reaches it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from limner.errors import DataError
from limner.settings.file import SETTINGS_FILE, read_file


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """Where the world reaches the server, proxies before it and all."""

    scheme: str
    """http or https."""
    place: str
    """Host, port and path, without a slash at the end: ``limner.example.com``, ``example.com:8443/limner``."""

    @classmethod
    def parse(cls, text: str, where: str) -> PublicUrl:
        """DataError unless it is an address of HTTP. ``where`` it was written."""
        try:
            parts = urlsplit(text)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is none, a bracket that is not closed
            usable = False
        if not usable or parts.username or parts.query or parts.fragment or not text.isprintable() or " " in text:
            raise DataError(
                f"{where} is {text!r}, which is no address a browser can use.",
                hint="Give one such as https://limner.example.com",
            )
        return cls(parts.scheme, f"{parts.netloc}{parts.path.rstrip('/')}")

    @classmethod
    def of_workspace(cls, folder: Path) -> PublicUrl | None:
        """``public_url`` of the workspace's ``limner.toml``, if it is there."""
        path = folder / SETTINGS_FILE
        try:
            text = read_file(folder).get("public_url")
        except (FileNotFoundError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            return None  # whoever opens the workspace says what is wrong with it
        return None if text is None else cls.parse(str(text), f"public_url in {path}")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where `limner serve` listens."""

    host: str = "127.0.0.1"
    """LIMNER_HOST. This machine only, unless told otherwise: put a proxy with TLS in front before opening it."""
    port: int = 8300
    """PORT."""
    public_url: PublicUrl | None = None
    """None: ``public_url`` of the workspace's ``limner.toml``; else what each request says it was sent to."""

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
