from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.errors import Conflict, DataError, NotFound, Stale, Unavailable
from limner.govern import keys as module
from limner.govern.keys import GRACE, KeyRing, Source, WriteKeys
from limner.govern.roles import Role

ZONE = "Asia/Shanghai"


@dataclass
class Clock:
    instant: int = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.instant


@dataclass
class Counting:
    """A catalog that counts how often its keys are read, and may be out of order."""

    catalog: SqlCatalog
    reads: int = 0
    broken: bool = False
    put_key: object = field(init=False)

    def __post_init__(self) -> None:
        self.put_key = self.catalog.put_key

    def keys(self) -> list[module.ApiKey]:
        self.reads += 1
        if self.broken:
            raise Unavailable("The catalog cannot be used now.")
        return self.catalog.keys()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqlCatalog]:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(catalog: SqlCatalog, clock: Clock) -> KeyRing:
    return KeyRing(catalog, ZONE, clock)


def secret_of(made: module.ShownKey) -> str:
    assert made.secret is not None
    return made.secret


def test_a_secret_finds_its_key_at_once(ring: KeyRing) -> None:
    assert ring.find("nothing") is None
    made = ring.create("web", "write")
    assert ring.find(secret_of(made)) == made.key


def test_the_secret_is_nowhere_but_in_the_answer(ring: KeyRing, catalog: SqlCatalog, tmp_path: Path) -> None:
    secret = secret_of(ring.create("web", "write"))
    ring.rotate(ring.list_keys()[0].key.id)
    catalog.close()
    assert len(secret) >= 43
    assert secret.encode() not in (tmp_path / "catalog.sqlite").read_bytes()
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in (tmp_path / "catalog.sqlite").read_bytes()


def test_a_listing_shows_neither_secrets_nor_digests(ring: KeyRing) -> None:
    made = ring.create("web", "write", source="site", rate=20)
    ring.create("ada", "viewer")
    first, second = (shown.as_dict() for shown in ring.list_keys())
    assert first == {
        "id": made.key.id,
        "name": "web",
        "role": "write",
        "source": "site",
        "rate": 20,
        "created_at": "2023-11-15T06:13:20+08:00",
        "disabled_at": None,
        "old_secret_until": None,
        "state": made.state,
    }
    assert (second["name"], second["source"]) == ("ada", None)
    assert made.as_dict() == {**first, "secret": made.secret}


def test_after_a_rotation_both_secrets_work_for_a_day(ring: KeyRing, clock: Clock) -> None:
    old = ring.create("web", "write", source="site", rate=20)
    new = ring.rotate(old.key.id)
    assert new.as_dict()["old_secret_until"] == "2023-11-16T06:13:20+08:00"
    for secret in (secret_of(old), secret_of(new)):
        found = ring.find(secret)
        assert found is not None
        assert (found.id, found.source, found.rate) == (old.key.id, "site", 20)
    clock.instant += GRACE - 1
    assert ring.find(secret_of(old)) is not None
    clock.instant += 1
    assert ring.find(secret_of(old)) is None
    assert ring.find(secret_of(new)) is not None
    assert ring.list_keys()[0].as_dict()["old_secret_until"] is None


def test_a_rotation_at_once_ends_every_old_secret(ring: KeyRing) -> None:
    secrets = [secret_of(made := ring.create("web", "write"))]
    secrets.append(secret_of(ring.rotate(made.key.id)))
    secrets.append(secret_of(ring.rotate(made.key.id, at_once=True)))
    assert [ring.find(secret) is not None for secret in secrets] == [False, False, True]


def test_two_secrets_work_at_most(ring: KeyRing) -> None:
    secrets = [secret_of(made := ring.create("web", "write"))]
    secrets += [secret_of(ring.rotate(made.key.id)) for _ in range(2)]
    assert [ring.find(secret) is not None for secret in secrets] == [False, True, True]


def test_a_name_and_a_rate_are_changed_and_nothing_else(ring: KeyRing) -> None:
    made = ring.create("app", "write", rate=5)
    changed = ring.change(made.key.id, name="app 2", author="ada")
    assert changed.key == replace(made.key, name="app 2")
    assert (changed.state != made.state, changed.secret) == (True, None)
    assert ring.change(made.key.id, rate=50, expected=changed.state).key.rate == 50
    assert WriteKeys(ring).find(str(made.secret)) == Source("app", made.key.id, 50)
    assert ring.change(made.key.id, unlimited=True).key.rate is None
    with pytest.raises(Stale):
        ring.change(made.key.id, name="app 3", expected=changed.state)
    for wrong in ({"name": " "}, {"rate": -1.0}):
        with pytest.raises(DataError):
            ring.change(made.key.id, **wrong)  # type: ignore[arg-type]
    ring.disable(made.key.id)
    with pytest.raises(Conflict, match="is disabled"):
        ring.change(made.key.id, name="app 3")


def test_a_disabled_key_is_over(ring: KeyRing, clock: Clock) -> None:
    old = ring.create("web", "write")
    new = ring.rotate(old.key.id)
    ended = ring.disable(old.key.id)
    assert [ring.find(secret_of(made)) for made in (old, new)] == [None, None]
    clock.instant += 1
    assert ring.disable(old.key.id) == ended
    with pytest.raises(Conflict, match=r"\(web\) is disabled\. Make a new one"):
        ring.rotate(old.key.id)


def test_every_change_is_in_the_audit(ring: KeyRing, catalog: SqlCatalog) -> None:
    id = ring.create("web", "write", author="ada").key.id
    ring.rotate(id, author="bob")
    ring.disable(id, author="eve")
    ring.disable(id, author="eve")
    told = [(entry.who, entry.action, entry.subject, entry.why) for entry in catalog.audit()[::-1]]
    acts = [("ada", "key.create"), ("bob", "key.rotate"), ("eve", "key.disable")]
    assert told == [(who, action, id, "web (write)") for who, action in acts]


@pytest.mark.parametrize("change", [KeyRing.rotate, KeyRing.disable])
def test_an_unknown_id_is_named(ring: KeyRing, change: object) -> None:
    with pytest.raises(NotFound, match=r"There is no key 'k9'\. `limner keys list`"):
        change(ring, "k9")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"name": " "}, "no name"),
        ({"name": "two\nlines"}, "no name"),
        ({"name": "n" * 201}, "no name"),
        ({"source": ""}, "no source"),
        ({"role": "emperor"}, "no role 'emperor'"),
        ({"role": "viewer", "source": "site"}, "A key with the role viewer has no source"),
        ({"rate": 0}, "no rate"),
        ({"rate": -5}, "no rate"),
        ({"rate": float("nan")}, "no rate"),
        ({"rate": float("inf")}, "no rate"),
    ],
)
def test_what_makes_no_sense_makes_no_key(ring: KeyRing, wanted: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        ring.create(**{"name": "web", "role": "write", **wanted})  # type: ignore[arg-type]
    assert ring.list_keys() == []


@pytest.mark.parametrize("secret", ["", "\x00", "密钥", "\udcff", "x" * 10_000])
def test_whatever_a_client_sends_is_merely_unknown(ring: KeyRing, secret: str) -> None:
    assert ring.find(secret) is None


def test_the_catalog_is_asked_only_when_it_may_have_changed(
    catalog: SqlCatalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: passing[0])
    counting = Counting(catalog)
    ring = KeyRing(counting, ZONE, clock)  # type: ignore[arg-type]
    made = ring.create("web", "write")
    for _ in range(100):
        assert ring.find(secret_of(made)) is not None
    assert counting.reads == 1
    catalog.put_key(replace(made.key, disabled_at=clock()))  # by another process
    passing[0] = 5.0
    assert ring.find(secret_of(made)) is not None
    passing[0] = 5.1
    assert ring.find(secret_of(made)) is None
    assert counting.reads == 2


def test_senders_are_not_turned_away_while_the_catalog_is_busy(catalog: SqlCatalog, clock: Clock) -> None:
    counting = Counting(catalog, broken=True)
    ring = KeyRing(counting, ZONE, clock)  # type: ignore[arg-type]
    made = ring.create("web", "write")
    with pytest.raises(Unavailable):
        ring.find(secret_of(made))
    counting.broken = False
    assert ring.find(secret_of(made)) is not None
    another = ring.create("another", "write")
    ended = ring.create("third", "write")
    ring.disable(ended.key.id)
    counting.broken = True
    assert [ring.find(secret_of(key)) is not None for key in (made, another, ended)] == [True, True, False]


def test_a_write_key_stands_for_its_source(ring: KeyRing) -> None:
    named, plain = ring.create("web", "write", source="site", rate=9), ring.create("mini app", "write")
    keys = WriteKeys(ring)
    assert keys.find(secret_of(named)) == Source("site", named.key.id, 9)
    assert keys.find(secret_of(plain)) == Source("mini app", plain.key.id, None)
    assert keys.find("nothing") is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WRITE])
def test_other_keys_do_not_send(ring: KeyRing, role: Role) -> None:
    assert WriteKeys(ring).find(ring.issue("ada", role)) is None


def test_threads_see_what_the_last_change_said(ring: KeyRing) -> None:
    made = [ring.create(f"k{i}", "write") for i in range(20)]
    refused: list[str] = []

    def rotate_and_look(one: module.ShownKey) -> None:
        new = secret_of(ring.rotate(one.key.id, at_once=True))
        if ring.find(new) is None or ring.find(secret_of(one)) is not None:
            refused.append(one.key.id)

    threads = [Thread(target=rotate_and_look, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
