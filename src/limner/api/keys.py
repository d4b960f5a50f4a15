"""API keys: who may read. Keys are 256 random bits, so their plain SHA-256 is what the catalog keeps."""

from __future__ import annotations

import hashlib
import hmac
from time import monotonic

from limner.ports.catalog import ApiKey, Keys

FRESH = 5.0
"""Seconds for which the catalog is not asked again; a key disabled elsewhere works at most this much longer."""
WRITE = "write"
"""The role of keys that may only send events."""


class KnownKeys:
    """The catalog's keys, kept at hand."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: tuple[ApiKey, ...] = ()
        self._read_at = -FRESH

    def may_read(self, secret: str) -> bool:
        """Is this a key in use whose role may read? Compares in constant time with every key."""
        digest = hashlib.sha256(secret.encode()).hexdigest()
        found = [hmac.compare_digest(digest, key.digest) for key in self._fresh()]
        return any(found)

    def _fresh(self) -> tuple[ApiKey, ...]:
        if monotonic() - self._read_at > FRESH:
            every = self._keys.keys()
            self._known = tuple(key for key in every if key.disabled_at is None and key.role != WRITE)
            self._read_at = monotonic()
        return self._known
