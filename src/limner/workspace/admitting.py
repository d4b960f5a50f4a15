"""Verbs about the people who sign in."""

from __future__ import annotations

import os

from limner.govern.lockout import Lockout
from limner.govern.seal import Seal
from limner.govern.sessions import SessionRing
from limner.govern.sign_in import SignIn
from limner.govern.users import ShownUser, UserRoll
from limner.parts import Parts
from limner.settings import OidcSettings
from limner.workspace.opened import Opened


class Admitting(Opened):
    """Users and their sessions."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.sessions = SessionRing(parts.sessions, parts.users, Seal(parts.folder / "sessions.key"))
        self.users = UserRoll(parts.users, self.sessions, parts.zone)
        self.oidc = OidcSettings.of_workspace(parts.folder, os.environ)
        self.door = SignIn(parts.users, self.users, self.sessions, Lockout())

    def users_list(self) -> list[ShownUser]:
        """All users, disabled ones too; never their passwords."""
        return self.users.list_users()

    def users_add(self, name: str, role: str = "viewer", password: str | None = None, author: str = "") -> ShownUser:
        """A new user. A password that is not given is generated, and in the answer and nowhere else."""
        return self.users.add(name, role, password, author)

    def users_password(
        self, name: str, password: str | None = None, author: str = "", expected: str | None = None
    ) -> ShownUser:
        """A new password for a user, who is signed out everywhere; generated unless given. ``expected``: the user's
        ``state`` as the caller saw it; `Stale` when it is another."""
        return self.users.set_password(name, password, author, expected=expected)

    def users_role(self, name: str, role: str, author: str = "", expected: str | None = None) -> ShownUser:
        """What a user may do from now on."""
        return self.users.change_role(name, role, author, expected)

    def users_disable(self, name: str, author: str = "", expected: str | None = None) -> ShownUser:
        """A user may not sign in any more, and is signed out everywhere."""
        return self.users.disable(name, author, expected)

    def users_enable(self, name: str, author: str = "", expected: str | None = None) -> ShownUser:
        """A user may sign in again."""
        return self.users.enable(name, author, expected)

    def users_sign_out(self, name: str, author: str = "") -> ShownUser:
        """End all sessions of a user."""
        return self.users.sign_out(name, author)
