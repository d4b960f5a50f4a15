"""Roles, and what each of them may do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from limner.errors import DataError, did_you_mean


class Role(StrEnum):
    WRITE = "write"
    """Of keys that lie open in pages and apps: they bring events and read nothing."""
    VIEWER = "viewer"
    OPERATOR = "operator"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class Action(StrEnum):
    SEND_EVENTS = "send_events"
    READ_PORTRAITS = "read_portraits"
    """And customers' identifiers, masked unless `SEE_IDENTIFIERS` is there too."""
    READ_TIMELINES = "read_timelines"
    """Events as they came: only what is recognised as personal in them can be masked."""
    SEE_IDENTIFIERS = "see_identifiers"
    """Phone numbers, e-mail addresses, ids as they are, wherever they are shown."""
    READ_TAGS = "read_tags"
    COUNT_AUDIENCES = "count_audiences"
    """Sizes and distributions: nobody in particular."""
    CHANGE_AUDIENCES = "change_audiences"
    """Save audiences under a name, to be followed, and drop them."""
    EXPORT = "export"
    ENTER_VALUES = "enter_values"
    """Enter tags and traits of customers by hand, and import lists of them."""
    PREVIEW_TAGS = "preview_tags"
    CHANGE_TAGS = "change_tags"
    PUBLISH_TAGS = "publish_tags"
    WATCH_EVENTS = "watch_events"
    """What just arrived, and what was refused and why."""
    MANAGE_JOBS = "manage_jobs"
    """Import files; see, cancel and resume long work."""
    DECIDE_IDENTITY = "decide_identity"
    """Merge and split customers by hand."""
    ERASE = "erase"
    MANAGE_KEYS = "manage_keys"
    MANAGE_USERS = "manage_users"
    """People who sign in, and their roles."""
    READ_AUDIT = "read_audit"
    """Who did what, when and why."""


_LOOKING = frozenset({Action.READ_PORTRAITS, Action.READ_TAGS, Action.COUNT_AUDIENCES})

RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.WRITE: frozenset({Action.SEND_EVENTS}),
    Role.VIEWER: _LOOKING,
    Role.OPERATOR: _LOOKING
    | {
        Action.READ_TIMELINES,
        Action.SEE_IDENTIFIERS,
        Action.CHANGE_AUDIENCES,
        Action.EXPORT,
        Action.ENTER_VALUES,
        Action.WATCH_EVENTS,
        Action.MANAGE_JOBS,
        Action.DECIDE_IDENTITY,
    },
    Role.ANALYST: _LOOKING
    | {Action.READ_TIMELINES, Action.CHANGE_AUDIENCES, Action.EXPORT, Action.PREVIEW_TAGS, Action.CHANGE_TAGS},
    Role.REVIEWER: _LOOKING | {Action.PREVIEW_TAGS, Action.PUBLISH_TAGS},
    # An administrator's key is no write key: what is put into a web page must open nothing else.
    Role.ADMIN: frozenset(Action) - {Action.SEND_EVENTS},
}


def may(role: str, action: Action) -> bool:
    """Is this in the role's rights? A role of another version of Limner has none.

    >>> may("viewer", Action.READ_PORTRAITS), may("viewer", Action.SEE_IDENTIFIERS), may("emperor", Action.ERASE)
    (True, False, False)
    """
    return role in RIGHTS and action in RIGHTS[Role(role)]


def read_role(text: str) -> Role:
    """The role of that name. Raises DataError.

    >>> read_role("viewer")
    <Role.VIEWER: 'viewer'>
    """
    try:
        return Role(text)
    except ValueError:
        raise DataError(f"There is no role {text!r}.", hint=did_you_mean(text, list(Role))) from None
