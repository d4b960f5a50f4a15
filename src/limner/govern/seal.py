"""Secrets that must be read again, encrypted with a key that lies beside the catalog and not in it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from threading import Lock

from cryptography.fernet import Fernet, InvalidToken

from limner.errors import Unavailable

_MAKING = Lock()
"""Two that seal for the first time at once make one key."""


class Seal:
    """The key's file is made when something is sealed for the first time; only its owner may read it."""

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file

    def close(self, secret: str) -> str:
        with _MAKING:
            if not self._key_file.exists():
                self._make_key()
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises Unavailable when the key is not the one it was sealed with."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except (InvalidToken, FileNotFoundError, ValueError):
            raise Unavailable(
                f"{self._key_file.name} is missing, or not the key this secret was sealed with.",
                hint="Restore it from the backup, or rotate the secret.",
            ) from None

    @cached_property
    def _fernet(self) -> Fernet:
        return Fernet(self._key_file.read_bytes())

    def _make_key(self) -> None:
        """In one step, so that a kill leaves a whole key or none."""
        beside = self._key_file.with_suffix(".new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, Fernet.generate_key())
            os.fsync(handle)
        finally:
            os.close(handle)
        beside.replace(self._key_file)
        self.__dict__.pop("_fernet", None)
