"""What is sent twice is done once, while it is worked on and a day after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlAnswers, open_catalog
from limner.errors import Conflict, DataError
from limner.govern.once import DAY, LARGEST, Once, Reused, check_key
from limner.govern.seal import Seal


class Clock:
    now = 1_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def once(tmp_path: Path, clock: Clock) -> Iterator[Once]:
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    yield Once(SqlAnswers(catalog), Seal(tmp_path / "seal.key"), clock)
    catalog.close()


def test_an_answer_is_given_again_for_a_day(once: Once, clock: Clock) -> None:
    assert once.find("k1", "a", "x") is None
    once.keep("k1", "a", "x", 201, "text 文")
    assert once.find("k1", "a", "x") == (201, "text 文")
    assert once.find("k2", "a", "x") is None
    with pytest.raises(Reused, match="The key a came with another request before"):
        once.find("k1", "a", "y")
    clock.now += DAY + 1
    assert once.find("k1", "a", "y") is None


def test_the_same_is_not_worked_on_twice(once: Once) -> None:
    with (
        once.working("k1", "a"),
        once.working("k2", "a"),
        pytest.raises(Conflict, match="being worked on"),
        once.working("k1", "a"),
    ):
        pass
    with once.working("k1", "a"):
        pass


def test_answers_are_sealed(once: Once, tmp_path: Path) -> None:
    once.keep("k1", "a", "x", 201, "a secret")
    assert b"a secret" not in (tmp_path / "catalog.sqlite").read_bytes()
    (tmp_path / "seal.key").unlink()
    again = Once(once._answers, Seal(tmp_path / "seal.key"))
    assert again.find("k1", "a", "x") is None


def test_what_is_too_large_is_not_kept(once: Once) -> None:
    once.keep("k1", "a", "x", 200, "x" * (LARGEST + 1))
    assert once.find("k1", "a", "x") is None


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\nb"])
def test_keys_are_short_lines(key: str) -> None:
    with pytest.raises(DataError):
        check_key(key)
