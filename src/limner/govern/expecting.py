"""Optimistic locking: what is changed must be what the caller saw."""

from __future__ import annotations

from limner.errors import Stale, Unseen

NEW = "new"
"""Expected where nothing of the name is to be there yet."""


def expect(what: str, state: str | None, expected: str | None) -> None:
    """Raises `Stale` or `Unseen`. ``state``: None = it is not there. ``expected``: None = whatever it is.

    The caller holds the lock until the change is made.
    """
    if expected is None or expected == (NEW if state is None else state):
        return
    if expected == NEW:
        raise Unseen(f"{what} is there already.", hint="Say which state of it you saw.")
    if state is None:
        raise Stale(f"{what} is not there any more.", hint="Look again and retry.")
    raise Stale(f"{what} was changed by somebody else since you read it.", hint="Look again and retry.")
