"""People who sign in: their passwords, sessions and what becomes of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, SqlSessions, SqlUsers, open_catalog
from limner.errors import Conflict, DataError, NotFound
from limner.govern import sessions as module
from limner.govern.lockout import FORGOTTEN, FREE_OF_ADDRESS, FREE_OF_NAME, LONGEST, MOST, Lockout
from limner.govern.seal import Seal
from limner.govern.sessions import IDLE, OVERLAP, RENEWED, SessionRing
from limner.govern.sign_in import LockedOut, SignIn, WrongPassword
from limner.govern.users import UserRoll
from limner.ports.users import User

PASSWORD = "correct horse battery"


@dataclass
class Clock:
    instant: int = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.instant


@dataclass
class House:
    catalog: SqlCatalog
    clock: Clock
    ring: SessionRing
    roll: UserRoll
    door: SignIn


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Nothing is kept at hand, so that a clock of ours decides."""
    monkeypatch.setattr(module, "FRESH", -1.0)
    catalog, clock = open_catalog(tmp_path / "catalog.sqlite"), Clock()
    users = SqlUsers(catalog)
    ring = SessionRing(SqlSessions(catalog), users, Seal(tmp_path / "sessions.key"), clock)
    roll = UserRoll(users, ring, "Asia/Shanghai", clock)
    yield House(catalog, clock, ring, roll, SignIn(users, roll, ring, Lockout()))
    catalog.close()


def test_a_generated_password_is_shown_once_and_signs_in(house: House) -> None:
    made = house.roll.add("ada", "admin", author="root")
    assert made.password is not None
    assert "password" not in house.roll.list_users()[0].as_dict()
    signed, cookie = house.door.sign_in("ada", made.password, "::1")
    found = house.ring.find(cookie)
    assert found is not None
    assert (found.user.name, found.session.id, found.user.seen_at) == ("ada", signed.session.id, house.clock.instant)
    assert made.password not in str(house.catalog.audit())


@pytest.mark.parametrize("name", ["", " ada", "a/b", "a:b", "x" * 101, "-ada", "a\nb"])
def test_names_that_are_none(house: House, name: str) -> None:
    with pytest.raises(DataError, match="is no user name"):
        house.roll.add(name, "viewer", PASSWORD)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "ada.lovelace", "ecalevol.ada", "x1" * 200])
def test_weak_passwords_are_refused(house: House, password: str) -> None:
    with pytest.raises(DataError):
        house.roll.add("Ada.Lovelace", "viewer", password)


def test_a_name_is_given_once_and_roles_of_keys_are_none_of_people(house: House) -> None:
    house.roll.add("ada", "viewer", PASSWORD)
    with pytest.raises(Conflict, match="already"):
        house.roll.add("ada", "viewer", PASSWORD)
    with pytest.raises(DataError, match="for keys"):
        house.roll.add("bob", "write", PASSWORD)
    with pytest.raises(NotFound, match="ada"):
        house.roll.disable("adda")


def test_wrong_passwords_unknown_names_and_disabled_users_are_told_the_same(house: House) -> None:
    house.roll.add("ada", "admin", PASSWORD)
    house.roll.add("bob", "viewer", PASSWORD)
    house.roll.disable("bob")
    house.roll.admit("issuer 1", "eve", "viewer")
    told = set()
    for name, password in [("ada", "wrong"), ("bob", PASSWORD), ("nobody", PASSWORD), ("eve", ""), ("x" * 999, "y")]:
        with pytest.raises(WrongPassword) as caught:
            house.door.sign_in(name, password, "::1")
        told.add(str(caught.value))
    assert len(told) == 1


def test_after_some_wrong_passwords_the_right_one_waits_too(house: House) -> None:
    house.roll.add("ada", "admin", PASSWORD)
    for _ in range(FREE_OF_NAME):
        with pytest.raises(WrongPassword):
            house.door.sign_in("ada", "wrong", "::1")
    with pytest.raises(LockedOut) as caught:
        house.door.sign_in("ADA", PASSWORD, "::2")
    assert 0 < caught.value.seconds <= 5


def test_a_session_is_recalled_once_it_was_looked_for_and_no_longer_than_it_holds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH", 60.0)
    signed, cookie = house.ring.open(house.roll.add("ada", "viewer", PASSWORD).user)
    assert house.ring.recall(cookie) is None  # the catalog was not asked yet
    assert house.ring.find(cookie) == house.ring.recall(cookie) == signed
    assert house.ring.recall("nonsense") is None
    house.roll.disable("ada")
    assert house.ring.recall(cookie) is house.ring.find(cookie) is None

    house.roll.enable("ada")
    signed, cookie = house.ring.open(house.roll.get("ada"))
    house.ring.find(cookie)
    house.clock.instant += IDLE
    assert house.ring.recall(cookie) is None

    _, cookie = house.ring.open(house.roll.get("ada"))
    assert house.ring.find(cookie) == house.ring.recall(cookie)
    monkeypatch.setattr(module, "FRESH", -1.0)
    assert house.ring.recall(cookie) is None  # it may have ended elsewhere


def test_a_session_ends_when_it_rests_and_when_it_is_old(house: House) -> None:
    _, cookie = house.ring.open(house.roll.add("ada", "admin", PASSWORD).user)
    house.clock.instant += IDLE - 1
    assert house.ring.find(cookie) is not None  # and that was a use
    house.clock.instant += IDLE - 1
    assert house.ring.find(cookie) is not None
    house.clock.instant += IDLE
    assert house.ring.find(cookie) is None

    _, cookie = house.ring.open(house.roll.get("ada"))
    for _ in range(module.LONGEST // (IDLE // 2) - 1):
        house.clock.instant += IDLE // 2
        assert house.ring.find(cookie) is not None
    house.clock.instant += IDLE // 2
    assert house.ring.find(cookie) is None


def test_a_secret_is_renewed_and_the_one_before_works_a_moment_longer(house: House) -> None:
    signed, first = house.ring.open(house.roll.add("ada", "admin", PASSWORD).user)
    assert house.ring.renew(signed) is None
    house.clock.instant += RENEWED
    signed = house.ring.find(first) or pytest.fail("it is over")
    second = house.ring.renew(signed) or pytest.fail("it was not renewed")
    assert [house.ring.find(cookie) is not None for cookie in (first, second)] == [True, True]
    assert (house.ring.find(second) or signed).session.csrf == signed.session.csrf
    house.clock.instant += OVERLAP
    assert [house.ring.find(cookie) is not None for cookie in (first, second)] == [False, True]


@pytest.mark.parametrize("cookie", ["", "x", "gAAAAAB", "é", "x" * 5000])
def test_cookies_nobody_sealed(house: House, cookie: str) -> None:
    assert house.ring.find(cookie) is None
    house.ring.open(house.roll.add("ada", "admin", PASSWORD).user)
    assert house.ring.find(cookie) is None


def test_what_takes_rights_away_ends_sessions(house: House) -> None:
    user = house.roll.add("ada", "admin", PASSWORD).user
    house.roll.add("bob", "admin", PASSWORD)

    def is_over(change: object) -> bool:
        kept, cookie = house.ring.open(house.roll.get("ada"))
        change(kept.session.id)  # type: ignore[operator]
        return house.ring.find(cookie) is None

    assert is_over(lambda _: house.roll.change_role("ada", "viewer"))
    assert is_over(lambda _: house.roll.sign_out("ada"))
    assert is_over(lambda _: house.roll.disable("ada"))
    house.roll.enable("ada")
    assert is_over(lambda _: house.roll.set_password("ada"))
    assert not is_over(lambda own: house.roll.set_password("ada", keep=own))
    assert not is_over(lambda _: house.roll.prefer("ada", "zh"))
    actions = [entry.action for entry in reversed(house.catalog.audit(user.name))]
    assert actions == ["user.add", "user.role", "user.signout", "user.disable", "user.enable", *["user.password"] * 2]


def test_the_last_administrator_stays(house: House) -> None:
    house.roll.add("ada", "admin", PASSWORD)
    with pytest.raises(Conflict, match="last administrator"):
        house.roll.disable("ada")
    with pytest.raises(Conflict, match="last administrator"):
        house.roll.change_role("ada", "viewer")
    house.roll.add("bob", "admin", PASSWORD)
    assert house.roll.change_role("ada", "viewer").user.role == "viewer"


def test_a_provider_s_user_has_today_s_role_and_never_a_local_name(house: House) -> None:
    house.roll.add("ada", "admin", PASSWORD)
    assert house.roll.admit("issuer 1", "eve", "viewer").role == "viewer"
    assert house.roll.admit("issuer 1", "renamed", "operator") == User(
        "eve", "operator", house.clock.instant, subject="issuer 1"
    )
    with pytest.raises(Conflict, match="named ada"):
        house.roll.admit("issuer 2", "ada", "viewer")
    with pytest.raises(Conflict, match="no password here"):
        house.roll.set_password("eve")


class Seconds:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_waiting_doubles_is_bounded_and_forgotten() -> None:
    clock = Seconds()
    lockout = Lockout(clock)
    waits = []
    for _ in range(FREE_OF_NAME + 10):
        lockout.note_failure("ada", f"{clock.now}")
        waits.append(lockout.wait("ada", "elsewhere"))
        clock.now += waits[-1]
    assert waits[: FREE_OF_NAME - 1] == [0.0] * (FREE_OF_NAME - 1)
    assert waits[FREE_OF_NAME - 1 : FREE_OF_NAME + 2] == [5.0, 10.0, 20.0]
    assert waits[-1] == LONGEST
    clock.now += FORGOTTEN + 1
    lockout.note_failure("ada", "x")
    assert lockout.wait("ada", "x") == 0


def test_an_address_that_tries_many_names_waits_and_one_right_password_does_not_free_it() -> None:
    clock = Seconds()
    lockout = Lockout(clock)
    for number in range(FREE_OF_ADDRESS):
        lockout.note_failure(f"user{number}", "::1")
    lockout.note_success("mallory", "::1")
    assert lockout.wait("ada", "::1") == 5.0
    assert lockout.wait("ada", "::2") == 0.0


def test_no_more_is_remembered_than_fits() -> None:
    lockout = Lockout(Seconds())
    for number in range(MOST):
        lockout.note_failure(f"user{number}", f"{number}")
    assert len(lockout._counts) == MOST
