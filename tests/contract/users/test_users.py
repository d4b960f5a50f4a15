"""What `ports.users` promises. A new adapter is done when it is added to `users` and `sessions`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from limner.adapters.catalog import SqlCatalog, SqlSessions, SqlUsers
from limner.errors import Conflict
from limner.ports.catalog import AuditEntry
from limner.ports.users import Session, User

ADA = User("ada", "admin", 100, password="hash")
SESSION = Session("s1", "ada", "d1", "csrf", 100, 100, 100)


@pytest.fixture
def users(store: SqlCatalog) -> SqlUsers:
    return SqlUsers(store)


@pytest.fixture
def sessions(store: SqlCatalog) -> SqlSessions:
    return SqlSessions(store)


def test_a_user_is_found_and_changed(users: SqlUsers, store: SqlCatalog) -> None:
    entry = AuditEntry(1, "root", "user.add", "ada", "admin")
    users.put_user(ADA, [entry])
    assert (users.find_user("ada"), users.find_user("bob"), users.users()) == (ADA, None, [ADA])
    assert store.audit("ada") == [entry]
    changed = replace(ADA, role="viewer", language="zh", disabled_at=7, seen_at=8, created_at=999)
    users.put_user(changed)
    assert users.users() == [replace(changed, created_at=100)]


def test_a_subject_is_one_user_s(users: SqlUsers) -> None:
    users.put_user(User("eve", "viewer", 1, subject="https://issuer 1"))
    found = users.find_subject("https://issuer 1")
    assert found is not None
    assert found.name == "eve"
    assert users.find_subject("https://issuer 2") is None
    with pytest.raises(Conflict):
        users.put_user(User("mallory", "viewer", 1, subject="https://issuer 1"))
    assert users.find_user("mallory") is None


def test_a_session_is_found_by_either_digest(sessions: SqlSessions) -> None:
    sessions.add_session(SESSION)
    renewed = replace(SESSION, digest="d2", previous_digest="d1", previous_until=200, renewed_at=150, seen_at=150)
    sessions.change_session(renewed)
    assert (sessions.find_session("d1"), sessions.find_session("d2"), sessions.find_session("d3")) == (
        renewed,
        renewed,
        None,
    )


def test_an_ended_session_does_not_come_back(sessions: SqlSessions) -> None:
    sessions.add_session(SESSION)
    sessions.end_session("s1")
    sessions.change_session(replace(SESSION, seen_at=200))
    assert sessions.find_session("d1") is None


def test_all_of_a_user_s_sessions_end_but_one(sessions: SqlSessions) -> None:
    for number, user in enumerate(["ada", "ada", "ada", "bob"]):
        sessions.add_session(replace(SESSION, id=f"s{number}", user=user, digest=f"d{number}"))
    sessions.end_sessions("ada", but="s1")
    assert [sessions.find_session(f"d{number}") is not None for number in range(4)] == [False, True, False, True]
    sessions.end_sessions("ada")
    assert sessions.find_session("d1") is None


def test_sessions_that_rest_and_old_ones_are_forgotten(sessions: SqlSessions) -> None:
    for number, (created, seen) in enumerate([(100, 500), (400, 500), (400, 400)]):
        sessions.add_session(replace(SESSION, id=f"s{number}", digest=f"d{number}", created_at=created, seen_at=seen))
    sessions.forget_sessions(seen_before=450, created_before=300)
    assert [sessions.find_session(f"d{number}") is not None for number in range(3)] == [False, True, False]
