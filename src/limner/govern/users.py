"""People who sign in: added, given roles and passwords, disabled; every change is in the audit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from limner.errors import Conflict, DataError, NotFound, did_you_mean
from limner.govern.expecting import expect
from limner.govern.passwords import check_password, hash_password, make_password
from limner.govern.roles import Role, read_role
from limner.govern.sessions import SessionRing
from limner.model.clock import iso_time, now
from limner.model.dump import digest_state
from limner.ports.catalog import AuditEntry
from limner.ports.users import User, Users

NAME = re.compile(r"[^\W_][\w.@+-]{0,99}")
"""Letters of any script, digits and ``. @ + - _``: what can stand in a path and in the audit without doubt."""
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class ShownUser:
    """A user as it is shown: never the hash. The password is there once, when it was generated."""

    user: User
    zone: str
    password: str | None = None

    @property
    def state(self) -> str:
        """Another one with every change an administrator makes."""
        return state_of(self.user)

    def as_dict(self) -> dict[str, Any]:
        """``name, role, language, by, created_at, disabled_at, seen_at, state`` and, once, ``password``."""
        user = self.user
        document = {
            "name": user.name,
            "role": user.role,
            "language": user.language,
            "by": "password" if user.subject is None else "oidc",
            "created_at": self._time(user.created_at),
            "disabled_at": self._time(user.disabled_at),
            "seen_at": self._time(user.seen_at),
            "state": self.state,
        }
        return document if self.password is None else {**document, "password": self.password}

    def _time(self, instant: int | None) -> str | None:
        return None if instant is None else iso_time(instant, self.zone)


class UserRoll:
    """All users of a workspace. What takes rights away ends the sessions that had them."""

    def __init__(self, users: Users, ring: SessionRing, zone: str, clock: Callable[[], int] = now) -> None:
        self._users = users
        self._ring = ring
        self._zone = zone
        self._clock = clock
        self._changing = Lock()

    def list_users(self) -> list[ShownUser]:
        """All, disabled ones too, in the order they were made."""
        return [ShownUser(user, self._zone) for user in self._users.users()]

    def show(self, name: str) -> ShownUser:
        """One user. Raises NotFound."""
        return ShownUser(self.get(name), self._zone)

    def add(self, name: str, role: str, password: str | None = None, author: str = "") -> ShownUser:
        """A new user; with a password that is generated, and shown once, unless one is given."""
        given = make_password() if password is None else check_password(password, name)
        user = User(check_name(name), _check_role(role), self._clock(), hash_password(given))
        with self._changing:
            if self._users.find_user(user.name) is not None:
                raise Conflict(f"There is a user {name} already.", hint="`limner users passwd` changes the password.")
            self._keep(user, "user.add", author, role)
        return ShownUser(user, self._zone, given if password is None else None)

    def set_password(
        self,
        name: str,
        password: str | None = None,
        author: str = "",
        keep: str | None = None,
        expected: str | None = None,
    ) -> ShownUser:
        """A new password, generated unless given; all sessions end, but the one with the id ``keep``. ``expected``: the
        user's state as the caller saw it."""
        given = make_password() if password is None else check_password(password, name)
        with self._changing:
            user = self._expect(name, expected)
            if user.subject is not None:
                raise Conflict(f"{name} signs in elsewhere and has no password here.")
            user = replace(user, password=hash_password(given))
            self._keep(user, "user.password", author)
            self._ring.end_all(name, keep)
        return ShownUser(user, self._zone, given if password is None else None)

    def change_role(self, name: str, role: str, author: str = "", expected: str | None = None) -> ShownUser:
        """From now on the user may do what this role may."""
        with self._changing:
            user = self._expect(name, expected)
            new = _check_role(role)
            if new != user.role:
                if new != Role.ADMIN:
                    self._check_not_last(user)
                user = replace(user, role=new)
                self._keep(user, "user.role", author, new)
                self._ring.end_all(name)
        return ShownUser(user, self._zone)

    def disable(self, name: str, author: str = "", expected: str | None = None) -> ShownUser:
        """The user may not sign in any more, and is signed out everywhere."""
        with self._changing:
            user = self._expect(name, expected)
            if user.disabled_at is None:
                self._check_not_last(user)
                user = replace(user, disabled_at=self._clock())
                self._keep(user, "user.disable", author)
            self._ring.end_all(name)
        return ShownUser(user, self._zone)

    def enable(self, name: str, author: str = "", expected: str | None = None) -> ShownUser:
        """The user may sign in again."""
        with self._changing:
            user = self._expect(name, expected)
            if user.disabled_at is not None:
                user = replace(user, disabled_at=None)
                self._keep(user, "user.enable", author)
        return ShownUser(user, self._zone)

    def sign_out(self, name: str, author: str = "") -> ShownUser:
        """End all sessions of a user."""
        user = self.get(name)
        self._users.put_user(user, [self._entry(user, "user.signout", author)])
        self._ring.end_all(name)
        return ShownUser(user, self._zone)

    def prefer(self, name: str, language: str | None) -> User:
        """Which language the console speaks to the user; None = the browser's."""
        if language is not None and language not in LANGUAGES:
            raise DataError(f"There is no language {language!r}.", hint=f"Give {' or '.join(LANGUAGES)}.")
        with self._changing:
            user = replace(self.get(name), language=language)
            self._users.put_user(user)
            self._ring.reread()
        return user

    def note_seen(self, name: str, stored: str | None = None) -> User:
        """It has just signed in. ``stored``: a new hash of the same password."""
        with self._changing:
            user = self.get(name)
            user = replace(user, seen_at=self._clock(), password=stored or user.password)
            self._users.put_user(user)
        return user

    def admit(self, subject: str, name: str, role: str) -> User:
        """Whom a provider vouches for, made at the first time, with the role the provider gives it today.

        Conflict when somebody else has the name here: a provider must not sign in as a local user.
        """
        with self._changing:
            user = self._users.find_subject(subject)
            if user is None:
                if self._users.find_user(name) is not None:
                    raise Conflict(f"Another user here is named {name}.", hint="Take another name at the provider.")
                user = User(check_name(name), _check_role(role), self._clock(), subject=subject)
                self._keep(user, "user.add", name, f"{role}, by the identity provider")
            elif user.role != role:
                user = replace(user, role=_check_role(role))
                self._keep(user, "user.role", name, f"{role}, by the identity provider")
        return user

    def get(self, name: str) -> User:
        """Raises NotFound."""
        found = self._users.find_user(name)
        if found is None:
            known = [user.name for user in self._users.users()]
            raise NotFound(f"There is no user {name!r}.", hint=did_you_mean(name, known))
        return found

    def _expect(self, name: str, expected: str | None) -> User:
        """The user, if it is as the caller saw it. Raises Stale."""
        user = self.get(name)
        expect(f"The user {name}", state_of(user), expected)
        return user

    def _check_not_last(self, user: User) -> None:
        others = (each for each in self._users.users() if each.name != user.name and each.disabled_at is None)
        if user.role == Role.ADMIN and not any(each.role == Role.ADMIN for each in others):
            raise Conflict(f"{user.name} is the last administrator.", hint="Make another one first.")

    def _keep(self, user: User, action: str, author: str, why: str = "") -> None:
        self._users.put_user(user, [self._entry(user, action, author, why)])

    def _entry(self, user: User, action: str, author: str, why: str = "") -> AuditEntry:
        return AuditEntry(self._clock(), author, action, user.name, why)


def state_of(user: User) -> str:
    """Of what administrators change: neither the language, nor when it was seen."""
    return digest_state([user.name, user.role, user.password, user.subject, user.disabled_at])


def check_name(name: str) -> str:
    """The name. Raises DataError unless somebody can be called that.

    >>> check_name("li.wei@example.com"), check_name("李伟")
    ('li.wei@example.com', '李伟')
    """
    if not NAME.fullmatch(name):
        raise DataError(
            f"{name[:100]!r} is no user name.",
            hint="Give up to 100 letters, digits and . @ + - _, beginning with a letter or digit.",
        )
    return name


def _check_role(role: str) -> str:
    if read_role(role) is Role.WRITE:
        raise DataError("The role write is for keys: it reads nothing.", hint="Give viewer, operator, analyst ...")
    return read_role(role).value
