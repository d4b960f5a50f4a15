"""Keys: made, rotated, disabled, recognised by their secret on every request, and held to their rate."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic, monotonic_ns
from typing import Any

from limner.errors import Conflict, DataError, NotFound, Unavailable
from limner.govern.expecting import expect
from limner.govern.roles import Action, Role, may, read_role
from limner.model.clock import iso_time, now
from limner.model.dump import digest_state
from limner.ports.catalog import ApiKey, AuditEntry, Keys

FRESH = 5.0
"""Seconds for which the catalog is not asked again; a key changed by another process is known at most this much
later, one changed here at once."""
GRACE = 24 * 3600 * 1_000_000
"""Microseconds for which the secret before a rotation still works."""
LONGEST = 200
"""Characters of a name."""
SECOND = 1_000_000_000
"""Nanoseconds."""
SLOWEST, FASTEST = 0.001, 1_000_000
"""Per second."""


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as it is shown: never its digest. The secret is there once, when it was made."""

    key: ApiKey
    zone: str
    secret: str | None = None

    @property
    def state(self) -> str:
        """Another one with every change."""
        return state_of(self.key)

    def as_dict(self) -> dict[str, Any]:
        """``id, name, role, source, rate, created_at, disabled_at, old_secret_until, state`` and, once, ``secret``."""
        document = {
            "id": self.key.id,
            "name": self.key.name,
            "role": self.key.role,
            "source": self.key.source,
            "rate": self.key.rate,
            "created_at": self._time(self.key.created_at),
            "disabled_at": self._time(self.key.disabled_at),
            "old_secret_until": self._time(self.key.previous_until),
            "state": self.state,
        }
        return document if self.secret is None else {**document, "secret": self.secret}

    def _time(self, instant: int | None) -> str | None:
        return None if instant is None else iso_time(instant, self.zone)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose events come with a write key."""

    name: str
    key_id: str
    rate: float | None
    """Events per second; None = no limit."""


class KeyRing:
    """The catalog's keys, kept at hand. One per process, shared between threads."""

    def __init__(self, keys: Keys, zone: str, clock: Callable[[], int] = now) -> None:
        self._keys = keys
        self._zone = zone
        self._clock = clock
        self._lock = Lock()
        self._changing = Lock()
        self._by_digest: Mapping[str, ApiKey] | None = None
        self._read_at: float | None = None

    def find(self, secret: str) -> ApiKey | None:
        """The key in use that has this secret, or had it until a rotation not long ago."""
        digest = digest_of(secret)
        key = self._fresh().get(digest)
        if key is None or key.disabled_at is not None:
            return None
        if hmac.compare_digest(key.digest, digest):
            return key
        return key if key.previous_until is not None and self._clock() < key.previous_until else None

    def list_keys(self) -> list[ShownKey]:
        """All keys, disabled ones too, in the order they were made."""
        return [ShownKey(self._settled(key), self._zone) for key in self._every()]

    def show(self, id: str) -> ShownKey:
        """One key. Raises NotFound."""
        return ShownKey(self._get(id), self._zone)

    def create(
        self, name: str, role: str, source: str | None = None, rate: float | None = None, author: str = ""
    ) -> ShownKey:
        """A new key with a secret of 256 random bits. ``source`` is for write keys, and their name unless given."""
        key, secret = self._make(name, role, source, rate, author)
        return ShownKey(key, self._zone, secret)

    def issue(self, name: str, role: Role, author: str = "limner") -> str:
        """The secret of a new key, for a workspace's first ones."""
        return self._make(name, role, None, None, author)[1]

    def rotate(self, id: str, at_once: bool = False, author: str = "", expected: str | None = None) -> ShownKey:
        """A new secret for the key; the one before works for a day, or no longer when ``at_once``.

        At most two secrets work: a second rotation within the day ends the first of three. ``expected``: its state as
        the caller saw it.
        """
        secret = secrets.token_urlsafe(32)
        with self._changing:
            key = self._expect_working(id, expected)
            key = replace(
                key,
                digest=digest_of(secret),
                previous_digest=None if at_once else key.digest,
                previous_until=None if at_once else self._clock() + GRACE,
            )
            self._keep(key, "key.rotate", author)
        return ShownKey(key, self._zone, secret)

    def change(
        self,
        id: str,
        name: str | None = None,
        rate: float | None = None,
        unlimited: bool = False,
        author: str = "",
        expected: str | None = None,
    ) -> ShownKey:
        """Another name, another rate, or none when ``unlimited``; what is not given stays. What it may do and its
        source are what it was made for: another key has others."""
        with self._changing:
            key = self._expect_working(id, expected)
            changed = replace(
                key,
                name=key.name if name is None else _check_name(name, "name"),
                rate=None if unlimited else key.rate if rate is None else _check_rate(rate),
            )
            if changed != key:
                self._keep(changed, "key.change", author)
        return ShownKey(changed, self._zone)

    def disable(self, id: str, author: str = "", expected: str | None = None) -> ShownKey:
        """End the key for good. Once more changes nothing."""
        with self._changing:
            key = self._expect(id, expected)
            if key.disabled_at is None:
                key = replace(key, disabled_at=self._clock(), previous_digest=None, previous_until=None)
                self._keep(key, "key.disable", author)
        return ShownKey(key, self._zone)

    def _expect_working(self, id: str, state: str | None) -> ApiKey:
        key = self._expect(id, state)
        if key.disabled_at is not None:
            raise Conflict(f"The key {id} ({key.name}) is disabled.", hint="Make a new one.")
        return key

    def _make(self, name: str, role: str, source: str | None, rate: float | None, author: str) -> tuple[ApiKey, str]:
        secret = secrets.token_urlsafe(32)
        key = ApiKey(
            id=secrets.token_hex(8),
            name=_check_name(name, "name"),
            role=read_role(role).value,
            digest=digest_of(secret),
            created_at=self._clock(),
            source=_check_source(source, name, role),
            rate=_check_rate(rate),
        )
        self._keep(key, "key.create", author)
        return key, secret

    def _keep(self, key: ApiKey, action: str, author: str) -> None:
        self._keys.put_key(key, [AuditEntry(self._clock(), author, action, key.id, f"{key.name} ({key.role})")])
        with self._lock:
            if self._by_digest is not None:
                others = {digest: other for digest, other in self._by_digest.items() if other.id != key.id}
                self._by_digest = others | dict.fromkeys(_digests(key), key)
            self._read_at = None

    def _every(self) -> list[ApiKey]:
        return self._keys.keys()

    def _get(self, id: str) -> ApiKey:
        for key in self._every():
            if key.id == id:
                return self._settled(key)
        raise NotFound(f"There is no key {id!r}.", hint="`limner keys list` shows the ids.")

    def _expect(self, id: str, expected: str | None) -> ApiKey:
        """The key, if it is as the caller saw it. Raises Stale."""
        key = self._get(id)
        expect(f"The key {id} ({key.name})", state_of(key), expected)
        return key

    def _settled(self, key: ApiKey) -> ApiKey:
        """Without a previous secret whose time is over."""
        over = key.previous_until is not None and key.previous_until <= self._clock()
        return replace(key, previous_digest=None, previous_until=None) if over else key

    def _fresh(self) -> Mapping[str, ApiKey]:
        known = self._by_digest
        if known is not None and self._is_fresh():
            return known
        with self._lock:
            if self._by_digest is None or not self._is_fresh():
                self._by_digest = self._read(self._by_digest)
                self._read_at = monotonic()
            return self._by_digest

    def _is_fresh(self) -> bool:
        read_at = self._read_at
        return read_at is not None and monotonic() - read_at <= FRESH

    def _read(self, known: Mapping[str, ApiKey] | None) -> Mapping[str, ApiKey]:
        """All keys by their digests; those known so far while the catalog is busy: it must not turn senders away."""
        try:
            return {digest: key for key in self._every() for digest in _digests(key)}
        except Unavailable:
            if known is None:
                raise
            return known


class WriteKeys:
    """Whom a write key stands for."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def find(self, secret: str) -> Source | None:
        """The source of a write key in use. About 3 µs: the gateway asks with every request."""
        key = self._ring.find(secret)
        if key is None or not may(key.role, Action.SEND_EVENTS):
            return None
        return Source(key.source or key.name, key.id, key.rate)

    def is_known(self, secret: str) -> bool:
        """Is it a key in use, whatever for?"""
        return self._ring.find(secret) is not None


class RateLimit:
    """A token bucket per key: it fills with ``rate`` tokens a second and holds a second's worth, one token at least.

    Safe to share between threads.
    """

    def __init__(self, clock: Callable[[], int] = monotonic_ns) -> None:
        self._clock = clock
        self._lock = Lock()
        self._full_at: dict[str, int] = {}
        """Key to the instant at which its bucket would be full again: all there is to know of it."""

    def take(self, key_id: str, count: int, rate: float | None) -> float:
        """Take ``count`` tokens and answer 0, or take none and answer the seconds after which they could be had.

        More than a bucket holds is had from a full one, which then owes the rest: a large batch passes, and its key
        waits longer afterwards. No rate = no limit.
        """
        if rate is None:
            return 0.0
        size = max(rate, 1.0)
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at.get(key_id, now), now)
            wait = full_at - now - round((size - min(count, size)) * SECOND / rate)
            if wait > 0:
                return wait / SECOND
            self._full_at[key_id] = full_at + round(count * SECOND / rate)
            return 0.0


def state_of(key: ApiKey) -> str:
    """Of all that somebody may change; an old secret ends by itself."""
    rate = None if key.rate is None else float(key.rate)  # as the catalog gives it back
    return digest_state([key.digest, key.name, key.role, key.source, rate, key.disabled_at])


def digest_of(secret: str) -> str:
    """What is kept of a secret; anything a client may send has one."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _digests(key: ApiKey) -> list[str]:
    return [key.digest] if key.previous_digest is None else [key.previous_digest, key.digest]


def _check_name(text: str, what: str) -> str:
    if not text.strip() or len(text) > LONGEST or not text.isprintable():
        raise DataError(f"{text[:LONGEST]!r} is no {what}.", hint=f"Give one line of 1 to {LONGEST} characters.")
    return text.strip()


def _check_source(source: str | None, name: str, role: str) -> str | None:
    if role == Role.WRITE:
        return _check_name(name if source is None else source, "source")
    if source is not None:
        raise DataError(f"A key with the role {role} has no source.", hint="Only write keys send events.")
    return None


def _check_rate(rate: float | None) -> float | None:
    if rate is not None and not SLOWEST <= rate <= FASTEST:
        raise DataError(f"{rate} per second is no rate.", hint=f"Give {SLOWEST} to {FASTEST}, or none for no limit.")
    return rate
