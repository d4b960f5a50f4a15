"""Set-up of every test: no answer may depend on the language of the machine it runs on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from tests.postgres import Absent, Postgres, running_postgres

from limner.govern import passwords

settings.register_profile("untimed", deadline=None)  # what is asked is whether it is right; a busy machine takes longer
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def plain_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "PORT", "LIMNER_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests."""
    try:
        with running_postgres() as server:
            yield server
    except Absent as reason:
        pytest.skip(f"PostgreSQL: {reason}")


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Hashes that take no time: how long real ones take is the library's business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield
