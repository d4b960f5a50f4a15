"""Others it speaks with, if they are configured: each a table of ``limner.toml``, its secrets in the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from limner.errors import DataError
from limner.settings.file import SETTINGS_FILE, read_file


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
        path = folder / SETTINGS_FILE
        told = read_file(folder).get("oidc")
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
        path = folder / SETTINGS_FILE
        written = read_file(folder).get("writer")
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
