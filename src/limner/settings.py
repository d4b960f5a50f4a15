"""What the environment and ``limner.toml`` may set: one class per area, read once at the door and passed down.

A new setting is a field of its area's class, one line of documentation under it, and nothing else.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from limner.errors import DataError


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
        path = folder / "limner.toml"
        try:
            text = tomllib.loads(path.read_text(encoding="utf-8")).get("public_url")
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


@dataclass(frozen=True, slots=True)
class ParitySettings:
    """How often a served workspace is compared with its log."""

    every: float = 60
    """``parity_every`` of ``limner.toml``: minutes; 0 = never."""

    @classmethod
    def of_workspace(cls, folder: Path) -> ParitySettings:
        """DataError unless it is a number of minutes."""
        path = folder / "limner.toml"
        every = tomllib.loads(path.read_text(encoding="utf-8")).get("parity_every", cls().every)
        if isinstance(every, bool) or not isinstance(every, int | float) or not 0 <= every < 1e6:
            raise DataError(
                f"parity_every in {path} is {every!r}, which is no number of minutes.",
                hint="Give one, such as 60; 0 = never.",
            )
        return cls(every)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What a served workspace's log may hold in memory."""

    cache: str = "64MB"
    """``log_cache`` of ``limner.toml``: of the log's file, while nobody works on the whole of it."""

    @classmethod
    def of_workspace(cls, folder: Path) -> LogSettings:
        """DataError unless it is an amount of memory, 32MB to 3GB."""
        path = folder / "limner.toml"
        cache = tomllib.loads(path.read_text(encoding="utf-8")).get("log_cache", cls().cache)
        written = re.fullmatch(r"(\d{1,4})(MB|GB)", cache) if isinstance(cache, str) else None
        if written is None or not 32 <= int(written[1]) * MEGABYTES[written[2]] <= 3000:
            raise DataError(
                f"log_cache in {path} is {cache!r}, which is no amount of memory from 32MB to 3GB.",
                hint=f'Give one, such as "{cls().cache}".',
            )
        return cls(cache)


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """What the health of tags is held against."""

    goals: tuple[str, ...] = ()
    """``goals`` of ``limner.toml``: tags that others should tell something about, such as whether somebody bought."""
    unused: int = 30
    """``unused_days`` of ``limner.toml``: a tag nobody uses for so long is a zombie."""

    @classmethod
    def of_workspace(cls, folder: Path) -> HealthSettings:
        """DataError unless goals are names and the days are 1 to 90."""
        path = folder / "limner.toml"
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        goals, unused = written.get("goals", []), written.get("unused_days", cls().unused)
        if not isinstance(goals, list) or not all(isinstance(goal, str) for goal in goals):
            raise DataError(f"goals in {path} is {goals!r}, which is no list of tags.", hint='Give one: ["bought"].')
        if type(unused) is not int or not 1 <= unused <= 90:
            raise DataError(
                f"unused_days in {path} is {unused!r}, which is no number of days.", hint="Give one from 1 to 90."
            )
        return cls(tuple(goals), unused)


MEGABYTES = {"MB": 1, "GB": 1000}


@dataclass(frozen=True, slots=True)
class HeavySettings:
    """When a customer has too many events to be folded at every one of them."""

    events: int = 100_000
    """``heavy_events`` of ``limner.toml``: who has more is heavy."""
    every: int = 60
    """``heavy_every`` of ``limner.toml``: seconds between two folds of a heavy customer, at least."""

    @classmethod
    def of_workspace(cls, folder: Path) -> HeavySettings:
        """DataError unless they are whole numbers, 1 or more."""
        path = folder / "limner.toml"
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        found = {name: written.get(f"heavy_{name}", getattr(cls(), name)) for name in ("events", "every")}
        for name, value in found.items():
            if type(value) is not int or not 1 <= value < 1 << 31:
                raise DataError(
                    f"heavy_{name} in {path} is {value!r}, which is no number of {WHAT[name]}.",
                    hint=f"Give one, such as {getattr(cls(), name)}.",
                )
        return cls(**found)


@dataclass(frozen=True, slots=True)
class JobSettings:
    """Long work beside the server."""

    at_once: int = 1
    """``jobs_at_once`` of ``limner.toml``: how many run at once, besides compactions; the others wait."""
    upload_mb: int = 1024
    """``upload_mb`` of ``limner.toml``: the largest file that may be sent to be imported."""

    @classmethod
    def of_workspace(cls, folder: Path) -> JobSettings:
        """DataError unless they are whole numbers, 1 or more."""
        path = folder / "limner.toml"
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        found = {
            "at_once": written.get("jobs_at_once", cls().at_once),
            "upload_mb": written.get("upload_mb", cls().upload_mb),
        }
        for name, value in zip(("jobs_at_once", "upload_mb"), found.values(), strict=True):
            if type(value) is not int or not 1 <= value < 1 << 31:
                raise DataError(f"{name} in {path} is {value!r}.", hint="Give a whole number, 1 or more.")
        return cls(**found)


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The identity provider people may sign in with: ``[oidc]`` of ``limner.toml``."""

    issuer: str
    client_id: str
    client_secret: str | None = None
    """LIMNER_OIDC_SECRET; none for public clients. Never in the file, which is shown and copied."""
    title: str = "OpenID Connect"
    """On the button."""
    role_claim: str = "roles"
    """Of the ID token: a text or a list of them."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """What the claim says to a role here; of several the most powerful one."""
    default_role: str | None = None
    """Of those whom the claim gives none; None = they may not come in."""

    @classmethod
    def of_workspace(cls, folder: Path, environ: Mapping[str, str]) -> OidcSettings | None:
        """None where there is no ``[oidc]``; DataError where it is not right."""
        path = folder / "limner.toml"
        told = tomllib.loads(path.read_text(encoding="utf-8")).get("oidc")
        if told is None:
            return None
        texts = ("issuer", "client_id", "title", "role_claim", "default_role")
        if not isinstance(told, dict) or not {"issuer", "client_id"} <= told.keys() <= {*texts, "roles"}:
            raise DataError(
                f"[oidc] in {path} needs issuer and client_id.", hint=f"It may have {', '.join(texts)}, roles."
            )
        roles = told.get("roles", {})
        if not isinstance(roles, dict) or not all(isinstance(text, str) for text in (*told.keys(), *roles.values())):
            raise DataError(f"roles of [oidc] in {path} is no table of texts.", hint='Give {"crm-admins" = "admin"}.')
        for name in texts:
            if not isinstance(told.get(name, ""), str):
                raise DataError(f"{name} of [oidc] in {path} is no text.")
        return cls(**told, client_secret=environ.get("LIMNER_OIDC_SECRET") or None)


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """What insight may show."""

    smallest_cell: int = 10
    """``smallest_cell`` of ``limner.toml``: cells with fewer members are withheld; 0 = none."""

    @classmethod
    def of_workspace(cls, folder: Path) -> InsightSettings:
        """DataError unless it is a whole number."""
        path = folder / "limner.toml"
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("smallest_cell", cls().smallest_cell)
        if type(found) is not int or not 0 <= found < 1 << 31:
            raise DataError(f"smallest_cell in {path} is {found!r}, which is no number of members.", hint="Give 10.")
        return cls(found)


@dataclass(frozen=True, slots=True)
class SqlSettings:
    """How much the query of an SQL tag may take."""

    seconds: int = 60
    """``sql_seconds`` of ``limner.toml``."""
    memory: int = 1024
    """``sql_memory`` of ``limner.toml``: MB; as much again may be spilled to the disk."""

    @classmethod
    def of_workspace(cls, folder: Path) -> SqlSettings:
        """DataError unless they are whole numbers, 1 or more."""
        path = folder / "limner.toml"
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        found = {name: written.get(f"sql_{name}", getattr(cls(), name)) for name in ("seconds", "memory")}
        for name, value in found.items():
            if type(value) is not int or not 1 <= value < 1 << 31:
                raise DataError(
                    f"sql_{name} in {path} is {value!r}, which is no whole number.",
                    hint=f"Give one, such as {getattr(cls(), name)}.",
                )
        return cls(**found)


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """The language model that may write texts: any that speaks OpenAI's protocol. ``[writer]`` of ``limner.toml``."""

    url: str
    """``url``: where ``/chat/completions`` is, such as http://127.0.0.1:11434/v1."""
    model: str
    """``model``: its name there."""
    key: str
    """Of the variable that ``key_env`` names; empty = none is needed. Never in the file."""
    seconds: float = 60
    """``seconds``: how long an answer may take."""

    @classmethod
    def of_workspace(cls, folder: Path, environ: Mapping[str, str] = os.environ) -> WriterSettings:
        """DataError where there is none, or it is not complete."""
        path = folder / "limner.toml"
        written = tomllib.loads(path.read_text(encoding="utf-8")).get("writer")
        example = '[writer]\nurl = "http://127.0.0.1:11434/v1"\nmodel = "qwen3"\nkey_env = "WRITER_KEY"'
        if not isinstance(written, dict):
            raise DataError(f"No language model is configured in {path}: templates write.", hint=f"Add:\n{example}")
        url, model, seconds = written.get("url"), written.get("model"), written.get("seconds", 60)
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise DataError(
                f"url of [writer] in {path} is {url!r}, which is no address of HTTP.", hint=f"Write:\n{example}"
            )
        if not isinstance(model, str) or not model:
            raise DataError(f"model of [writer] in {path} is missing.", hint=f"Write:\n{example}")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 600:
            raise DataError(f"seconds of [writer] in {path} is {seconds!r}.", hint="Give a number over 0, at most 600.")
        name = written.get("key_env", "")
        if name and name not in environ:
            raise DataError(f"There is no variable {name}, which key_env of [writer] in {path} names.")
        return cls(url.rstrip("/"), model, environ[name] if name else "", float(seconds))


WHAT = {"events": "events", "every": "seconds"}

KNOWN: Mapping[str, object] = {
    "timezone": "Asia/Shanghai",
    "public_url": None,
    "parity_every": ParitySettings().every,
    "log_cache": LogSettings().cache,
    "goals": [],
    "unused_days": HealthSettings().unused,
    "heavy_events": HeavySettings().events,
    "heavy_every": HeavySettings().every,
    "jobs_at_once": JobSettings().at_once,
    "upload_mb": JobSettings().upload_mb,
    "smallest_cell": InsightSettings().smallest_cell,
    "sql_seconds": SqlSettings().seconds,
    "sql_memory": SqlSettings().memory,
    "oidc": None,
}
"""What ``limner.toml`` may say, and what holds where it does not."""
