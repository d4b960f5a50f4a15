"""A letter to try a destination out: signed like any other, refused like any other, remembered by nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engage.office import QUICK, Office
from tests.receiver import Reaction, Receiver, receiving

from limner.adapters.http.post import HttpPost
from limner.engage.trying import Tried, try_out
from limner.model.clock import now


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def attempt(office: Office, name: str) -> Tried:
    destination = office.ring.get(name)
    return try_out(destination, office.ring.open_secret(destination), lambda: HttpPost(QUICK), now(), "Asia/Shanghai")


def test_it_is_signed_and_tells_of_nobody(office: Office, receiver: Receiver) -> None:
    receiver.secret = office.add("crm", receiver.url)
    tried = attempt(office, "crm")
    assert (tried.delivered, tried.status) == (True, 200)
    (received,) = receiver.received
    assert received.id == tried.letter_id
    assert received.message["type"] == "limner.test"
    assert received.message["data"] == {"destination": "crm"}
    shown = office.shown("crm")
    assert (shown["position"], shown["delivered"], shown["delivered_at"]) == (0, 0, None)


def test_a_receiver_of_segments_gets_a_batch(office: Office, receiver: Receiver) -> None:
    office.add("ads", receiver.url, shape="segment", write_key="KEY")
    assert attempt(office, "ads").delivered
    (message,) = receiver.received[0].message["batch"]
    assert (message["type"], message["event"], message["anonymousId"]) == ("track", "Limner Test", "limner-test")


def test_a_refusal_is_told_and_not_tried_again(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)
    receiver.behave = lambda _: Reaction(503)
    tried = attempt(office, "crm")
    assert (tried.delivered, tried.status, tried.reason[:3]) == (False, 503, "503")
    assert len(receiver.received) == 1
    assert office.shown("crm")["dead"] == 0


def test_a_private_network_is_refused(office: Office, receiver: Receiver) -> None:
    office.add("crm", "https://localhost:9/", allow_private=False)
    tried = attempt(office, "crm")
    assert (tried.delivered, tried.status) == (False, None)
    assert "not on the public network" in tried.reason


def test_whoever_asks_may_have_a_loop_of_their_own(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)

    async def ask() -> Tried:
        return attempt(office, "crm")

    assert asyncio.run(ask()).delivered
