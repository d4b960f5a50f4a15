"""The way in with a name and a password, for everybody the same whether the name exists or not."""

from __future__ import annotations

import math
import secrets
from functools import cached_property

from limner.errors import LimnerError
from limner.govern.lockout import Lockout
from limner.govern.passwords import hash_password, is_outdated, verify_password
from limner.govern.sessions import SessionRing, Signed
from limner.govern.users import UserRoll
from limner.ports.users import Users

LONGEST = 200
"""Characters of a name or a password that are looked at."""


class WrongPassword(LimnerError):
    """Name and password do not belong together; which of them is wrong is not said."""

    code = "unauthorised"

    def __init__(self) -> None:
        super().__init__("The user name or the password is wrong.")


class LockedOut(LimnerError):
    """Too many wrong passwords; the right one is not looked at either until some time has passed."""

    code = "too_many"

    def __init__(self, wait: float) -> None:
        self.seconds = math.ceil(wait)
        super().__init__("Too many wrong passwords.", hint=f"Try again in {self.seconds} seconds.")


class SignIn:
    """One for the whole server: it remembers who guessed."""

    def __init__(self, users: Users, roll: UserRoll, ring: SessionRing, lockout: Lockout) -> None:
        self._users = users
        self._roll = roll
        self._ring = ring
        self._lockout = lockout

    def sign_in(self, name: str, password: str, address: str) -> tuple[Signed, str]:
        """A new session and its cookie. Raises WrongPassword, LockedOut."""
        if wait := self._lockout.wait(name, address):
            raise LockedOut(wait)
        user = self._users.find_user(name) if len(name) <= LONGEST else None
        stored = self._nobodys if user is None or user.password is None else user.password
        fits = len(password) <= LONGEST and verify_password(stored, password)
        if not fits or user is None or user.password is None or user.disabled_at is not None:
            self._lockout.note_failure(name, address)
            raise WrongPassword
        self._lockout.note_success(name, address)
        return self._ring.open(self._roll.note_seen(name, hash_password(password) if is_outdated(stored) else None))

    def confirm(self, signed: Signed, password: str, address: str) -> None:
        """Is it the password of who is signed in? Raises WrongPassword, LockedOut."""
        if wait := self._lockout.wait(signed.user.name, address):
            raise LockedOut(wait)
        if not verify_password(signed.user.password or self._nobodys, password[:LONGEST]):
            self._lockout.note_failure(signed.user.name, address)
            raise WrongPassword

    @cached_property
    def _nobodys(self) -> str:
        """A hash no password has: to look at it takes as long as at a real one."""
        return hash_password(secrets.token_urlsafe(32))
