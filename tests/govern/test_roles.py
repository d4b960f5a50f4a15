from __future__ import annotations

import pytest

from limner.errors import DataError
from limner.govern.roles import RIGHTS, Action, Role, may, read_role


def test_every_role_has_rights() -> None:
    assert set(RIGHTS) == set(Role)
    assert all(RIGHTS.values())


def test_what_lies_open_in_a_page_reads_nothing() -> None:
    assert RIGHTS[Role.WRITE] == {Action.SEND_EVENTS}
    assert [role for role in Role if may(role, Action.SEND_EVENTS)] == [Role.WRITE]


def test_whoever_reads_may_do_what_a_viewer_may() -> None:
    assert all(RIGHTS[role] >= RIGHTS[Role.VIEWER] for role in Role if role is not Role.WRITE)


def test_an_administrator_may_do_everything_else() -> None:
    assert RIGHTS[Role.ADMIN] == set(Action) - {Action.SEND_EVENTS}
    assert [role for role in Role if may(role, Action.MANAGE_KEYS)] == [Role.ADMIN]


def test_who_writes_a_tag_does_not_publish_it() -> None:
    both = {Action.CHANGE_TAGS, Action.PUBLISH_TAGS}
    assert [role for role in Role if RIGHTS[role] >= both] == [Role.ADMIN]


@pytest.mark.parametrize("role", ["", "Viewer", "emperor", "admin "])
def test_an_unknown_role_may_nothing(role: str) -> None:
    assert not any(may(role, action) for action in Action)


def test_a_misspelt_role_is_told_the_right_one() -> None:
    with pytest.raises(DataError, match=r"There is no role 'veiwer'\. Did you mean viewer"):
        read_role("veiwer")
