"""Browsers somebody is signed in with: opened, recognised by a sealed cookie on every request, renewed, ended."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic

from limner.errors import Unavailable
from limner.govern.keys import FRESH, digest_of
from limner.govern.roles import Action, may
from limner.govern.seal import Seal
from limner.model.clock import now
from limner.ports.users import Session, Sessions, User, Users

MINUTE = 60_000_000
"""Microseconds."""
HOUR = 60 * MINUTE
IDLE, LONGEST = 12 * HOUR, 7 * 24 * HOUR
"""A session ends so long after its last use, and after it was opened."""
RENEWED = HOUR
"""How long a secret is used before another takes its place,"""
OVERLAP = MINUTE
"""and works beside it."""
NOTED = 5 * MINUTE
"""How exactly the last use is kept."""
MOST = 10_000
"""Sessions kept at hand."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in."""

    session: Session
    user: User

    def may(self, action: Action) -> bool:
        return may(self.user.role, action)

    def wrote(self, token: str | None) -> bool:
        """Did the page itself send a write, and no other site in the user's name?"""
        return token is not None and hmac.compare_digest(self.session.csrf.encode(), token.encode())

    @property
    def ends_at(self) -> int:
        """Microseconds UTC, if it is not used until then."""
        return min(self.session.seen_at + IDLE, self.session.created_at + LONGEST)


class SessionRing:
    """The catalog's sessions. One per process, shared between threads."""

    def __init__(self, sessions: Sessions, users: Users, seal: Seal, clock: Callable[[], int] = now) -> None:
        self._sessions = sessions
        self._users = users
        self.seal = seal
        """What goes to the browser and comes back unread and unchanged."""
        self._clock = clock
        self._lock = Lock()
        self._known: dict[str, tuple[float, Signed]] = {}
        """Digest to whose it is, and when that was read."""
        self._changes = 0

    def open(self, user: User) -> tuple[Signed, str]:
        """A new session, and its cookie."""
        at, secret = self._clock(), secrets.token_urlsafe(32)
        self._sessions.forget_sessions(at - IDLE, at - LONGEST)
        csrf = secrets.token_urlsafe(24)
        session = Session(secrets.token_hex(8), user.name, digest_of(secret), csrf, at, at, at)
        self._sessions.add_session(session)
        return Signed(session, user), self._write(secret)

    def find(self, cookie: str) -> Signed | None:
        """Whose cookie it is; None when nobody's, or no more."""
        digest = self._digest(cookie)
        if digest is None:
            return None
        signed = self._recall(digest) or self._look(digest)
        return signed if signed is not None and self._holds(signed, digest) else None

    def recall(self, cookie: str) -> Signed | None:
        """The same without waiting for the catalog; None = it has to be asked."""
        digest = self._digest(cookie)
        signed = None if digest is None else self._recall(digest)
        return signed if digest is not None and signed is not None and self._holds(signed, digest) else None

    def _recall(self, digest: str) -> Signed | None:
        read_at, signed = self._known.get(digest, (0.0, None))
        return signed if monotonic() - read_at <= FRESH else None

    def renew(self, signed: Signed) -> str | None:
        """Another cookie in place of one that was used for an hour; None = it may stay."""
        at = self._clock()
        if at - signed.session.renewed_at < RENEWED:
            return None
        secret = secrets.token_urlsafe(32)
        session = replace(
            signed.session,
            digest=digest_of(secret),
            renewed_at=at,
            seen_at=at,
            previous_digest=signed.session.digest,
            previous_until=at + OVERLAP,
        )
        self._sessions.change_session(session)
        self._forget()
        return self._write(secret)

    def end(self, signed: Signed) -> None:
        self._sessions.end_session(signed.session.id)
        self._forget()

    def end_all(self, user: str, but: str | None = None) -> None:
        """All of a user's, ``but`` the one with that id."""
        self._sessions.end_sessions(user, but)
        self._forget()

    def reread(self) -> None:
        """Something about a user changed."""
        self._forget()

    def _forget(self) -> None:
        with self._lock:
            self._changes += 1
            self._known = {}

    def _look(self, digest: str) -> Signed | None:
        changes = self._changes
        session = self._sessions.find_session(digest)
        user = None if session is None else self._users.find_user(session.user)
        if session is None or user is None:
            return None
        signed = Signed(self._note_use(session), user)
        with self._lock:
            if changes == self._changes:  # else what was just read may be over
                if len(self._known) >= MOST:
                    self._known = {}
                self._known[digest] = (monotonic(), signed)
        return signed

    def _note_use(self, session: Session) -> Session:
        at = self._clock()
        if not NOTED <= at - session.seen_at < IDLE:
            return session
        used = replace(session, seen_at=at)
        self._sessions.change_session(used)
        return used

    def _holds(self, signed: Signed, digest: str) -> bool:
        at, session = self._clock(), signed.session
        current = hmac.compare_digest(session.digest, digest)
        lately = session.previous_until is not None and at < session.previous_until
        return at < signed.ends_at and signed.user.disabled_at is None and (current or lately)

    def _write(self, secret: str) -> str:
        return self.seal.close(secret).rstrip("=")

    def _digest(self, cookie: str) -> str | None:
        """Of the secret; None unless this workspace sealed it."""
        try:
            return digest_of(self.seal.open(cookie + "=" * (-len(cookie) % 4)))
        except Unavailable:
            return None
