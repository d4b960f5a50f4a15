"""A server that speaks SFTP, known by its host key. Needs the extra ``sftp``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import asyncssh

from limner.errors import DataError, Unavailable
from limner.ports.packages import Parcel

PATIENCE = 600
"""Seconds for one file."""


class Sftp:
    """``host_key`` is the server's public key, as `ssh-keyscan` prints it; the secret a password or a private key."""

    def __init__(self, settings: Mapping[str, Any], secret: str) -> None:
        self._host, self._port = str(settings["host"]), int(settings.get("port", 22))
        self._user, self._path = str(settings["user"]), str(settings.get("path", ".")).rstrip("/") or "/"
        words = str(settings["host_key"]).split()
        try:
            self._key = asyncssh.import_public_key(" ".join(words[-2:]))
        except (asyncssh.KeyImportError, ValueError) as error:
            raise DataError(
                f"The host key of {self._host} cannot be read.", hint="Give a line of ssh-keyscan."
            ) from error
        self._secret = secret

    def put(self, parcel: Parcel) -> None:
        try:
            asyncio.run(asyncio.wait_for(self._put(parcel), PATIENCE))
        except (OSError, asyncssh.Error, TimeoutError) as error:
            raise Unavailable(
                f"sftp://{self._host}:{self._port} was not reached or refused: {str(error)[:200]}."
            ) from error

    async def _put(self, parcel: Parcel) -> None:
        known: tuple[list[Any], list[Any], list[Any]] = ([self._key], [], [])
        options: dict[str, Any] = {"username": self._user, "known_hosts": known, "config": None, "agent_path": None}
        if self._secret.lstrip().startswith("-----BEGIN"):
            options["client_keys"] = [asyncssh.import_private_key(self._secret)]
        else:
            options |= {"password": self._secret, "client_keys": None}
        target = f"{self._path}/{parcel.name}"
        async with (
            asyncssh.connect(self._host, self._port, **options) as connection,
            connection.start_sftp_client() as client,
        ):
            await client.put(str(parcel.path), f"{target}.part")
            try:
                await client.posix_rename(f"{target}.part", target)
            except asyncssh.SFTPError:  # a server without the extension overwrites nothing
                with suppress(asyncssh.SFTPError):
                    await client.remove(target)
                await client.rename(f"{target}.part", target)
