"""Passwords of local users: argon2id with the library's current parameters, nothing of our own."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from limner.errors import DataError, Unavailable

SHORTEST, LONGEST = 10, 200
"""Characters."""
_HASHER = PasswordHasher()
_ROOM = BoundedSemaphore(2)
"""Each hash takes 64 MB and some hundredths of a second: whoever guesses must not take all there is."""
PATIENCE = 5.0
"""Seconds."""


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Is it the password of this hash? False for a damaged hash too. Unavailable when too many ask at once."""
    if not _ROOM.acquire(timeout=PATIENCE):
        raise Unavailable("Too many sign in at once.", hint="Try again in some seconds.")
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _ROOM.release()


def is_outdated(stored: str) -> bool:
    """Was it made with weaker parameters than those of today?"""
    return _HASHER.check_needs_rehash(stored)


def make_password() -> str:
    """One nobody can guess: 96 random bits."""
    return secrets.token_urlsafe(12)


def check_password(password: str, user: str) -> str:
    """The password. Raises DataError unless it is long, varied and not the user's name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise DataError(f"A password has {SHORTEST} to {LONGEST} characters.", hint="Three or four words will do.")
    if len(set(password)) < 5 or password.casefold() in (user.casefold(), user.casefold()[::-1]):
        raise DataError("This password is too easy to guess.", hint="Three or four words will do.")
    return password
