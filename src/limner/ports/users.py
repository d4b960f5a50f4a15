"""People who sign in, and where they are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from limner.ports.catalog import AuditEntry


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in to the console."""

    name: str
    role: str
    """A `limner.govern.roles.Role`; one this version does not know may do nothing."""
    created_at: int
    """Microseconds UTC, as all instants here."""
    password: str | None = None
    """Its hash; None = signs in elsewhere."""
    subject: str | None = None
    """Who it is there: issuer and id, as the provider gave them."""
    language: str | None = None
    """``zh`` or ``en``; None = whatever the browser prefers."""
    disabled_at: int | None = None
    seen_at: int | None = None
    """When it signed in last."""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser somebody is signed in with. Only digests of its secrets are kept."""

    id: str
    user: str
    digest: str
    csrf: str
    """What its page sends with every write; worth nothing without the secret."""
    created_at: int
    renewed_at: int
    """When the secret was made,"""
    seen_at: int
    """and used last, to some minutes."""
    previous_digest: str | None = None
    """Of the secret before,"""
    previous_until: int | None = None
    """which works until then: requests may be under way."""


class Users(Protocol):
    def users(self) -> list[User]:
        """All of them, disabled ones too, in the order they were made."""
        ...

    def find_user(self, name: str) -> User | None: ...

    def find_subject(self, subject: str) -> User | None:
        """Whom another provider means by that."""
        ...

    def put_user(self, user: User, audit: Sequence[AuditEntry] = ()) -> None:
        """Keep a new user, or change everything but ``created_at`` of the one of this name, and write the audit.

        All or nothing. Raises `Conflict` on another user's subject.
        """
        ...


class Sessions(Protocol):
    def find_session(self, digest: str) -> Session | None:
        """The one whose secret has this digest, or had it before."""
        ...

    def add_session(self, session: Session) -> None: ...

    def change_session(self, session: Session) -> None:
        """Change the one with this id; nothing if it was ended meanwhile."""
        ...

    def end_session(self, id: str) -> None: ...

    def end_sessions(self, user: str, but: str | None = None) -> None:
        """All of a user's, ``but`` the one with that id."""
        ...

    def forget_sessions(self, seen_before: int, created_before: int) -> None:
        """Those not seen since, and those older."""
        ...
