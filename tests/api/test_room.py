from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from limner.api import room as room_module
from limner.api.room import MOST_ASKED, VAIN_BYTES, Room, VainWork
from limner.errors import DataError, Unavailable


def test_a_share_is_given_back_whatever_happens() -> None:
    room = Room(100)
    with room.share() as share:
        share.claim(60)
        share.claim(40)
        assert share.size == 100
        with pytest.raises(Unavailable, match="Send it again"), room.share() as other:
            other.claim(1)
    with room.share() as share:
        share.claim(100)
        share.give_back()
        share.claim(100)


def test_no_request_takes_more_than_one_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_module, "MOST_OF_ONE", 50)
    with Room(100).share() as share:
        share.claim(50)
        with pytest.raises(DataError):
            share.claim(1)


def test_vain_work_is_paid_off_in_time() -> None:
    instant = 0.0
    vain = VainWork(lambda: instant)
    vain.note(VAIN_BYTES)
    assert vain.wait == 0, "a second's worth is free"
    vain.note(4 * VAIN_BYTES)
    assert vain.wait == pytest.approx(4)
    instant = 3.5
    assert vain.wait == pytest.approx(0.5)
    instant = 100.0
    vain.note(VAIN_BYTES)
    assert vain.wait == 0, "what was not used is not saved up"


def test_questions_are_short(anybody: TestClient, shop: tuple[Path, str]) -> None:
    """The body is read before the key is looked at."""
    for headers in ({}, {"Authorization": f"Bearer {shop[1]}"}):
        answer = anybody.post("/api/v1/profiles:lookup", content=b" " * (MOST_ASKED + 1), headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert answer.json()["message"]


def test_questions_wait_when_there_is_no_room(anybody: TestClient) -> None:
    strangers: Room = anybody.app.state.gate.strangers  # type: ignore[attr-defined]
    with strangers.share() as share:
        share.claim(room_module.MOST_OF_ONE)
        strangers.take(room_module.MOST_OF_STRANGERS - room_module.MOST_OF_ONE)
        answer = anybody.post("/api/v1/profiles:lookup", json={"keys": []})
        strangers.give_back(room_module.MOST_OF_STRANGERS - room_module.MOST_OF_ONE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert anybody.post("/api/v1/profiles:lookup", json={"keys": []}).status_code == 401
