"""A courier and real receivers that fail in all ways: every change arrives, in order per customer, under one id."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engage.office import Office
from tests.receiver import Behaviour, Reaction, Received, Receiver, receiving

import limner
from limner.engage import courier as courier_module
from limner.engage.patience import SECOND, Patience
from limner.model.change import Changed, Mark
from limner.model.clock import now


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    office.courier.start()
    yield office
    office.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def first_arrivals(receiver: Receiver) -> dict[str, list[int]]:
    """The values each customer's letters told of, in the order they were first accepted."""
    seen: set[str] = set()
    told: dict[str, list[int]] = defaultdict(list)
    for each in list(receiver.accepted):
        if each.id not in seen:
            seen.add(each.id)
            told[each.customer].append(each.message["data"]["tags"]["n"]["after"])
    return told


def moody(chance: random.Random) -> Behaviour:
    """Fails in every way there is, a third of the time."""
    bad = [
        Reaction(500),
        Reaction(502),
        Reaction(429, {"Retry-After": "0"}),
        Reaction(503),
        Reaction(408),
        Reaction(302, {"Location": "http://127.0.0.1:1/"}),
        Reaction(drop=True),
        Reaction(hang=0.8),
    ]

    def behave(_: Received) -> Reaction | None:
        return chance.choice(bad) if chance.random() < 0.3 else None

    return behave


def test_every_change_arrives_in_order_under_one_id(office: Office, receiver: Receiver) -> None:
    receiver.secret = office.add("crm", receiver.url)
    receiver.behave = moody(random.Random(7))
    for value in range(8):
        office.change(range(30), value)
    receiver.wait_for(240, 60)
    office.wait("crm", position=240, late=0, dead=0, behind=0)
    assert first_arrivals(receiver) == {f"c{customer}": list(range(8)) for customer in range(30)}
    assert set(receiver.ids) == {f"crm.{position}.0" for position in range(1, 241)}
    tries: dict[str, set[bytes]] = defaultdict(set)
    for each in receiver.received:
        tries[each.id].add(each.body)
    assert len(receiver.received) > 300, "it did fail"
    assert all(len(bodies) == 1 for bodies in tries.values()), "the same at every try"


def test_one_customers_failure_holds_up_nobody_else(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)
    stubborn = True
    receiver.behave = lambda each: Reaction(500) if stubborn and each.customer == "c1" else None
    office.change([1, 2, 3], 1)
    office.change([1, 2, 3], 2)
    receiver.wait_for(4)
    shown = office.wait("crm", position=6, late=2)
    assert shown["dead"] == 0
    assert "c1" not in first_arrivals(receiver)
    stubborn = False
    receiver.wait_for(6)
    assert first_arrivals(receiver)["c1"] == [1, 2]
    office.wait("crm", late=0, failing_since=None)


def test_refusals_are_dead_at_once_and_come_back_when_asked(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)
    receiver.behave = lambda each: Reaction(422) if each.customer == "c1" else None
    office.change([1, 2], 1)
    office.change([1, 2], 2)
    receiver.wait_for(2)
    office.wait("crm", position=4, dead=2, late=0)
    assert Counter(each.customer for each in receiver.received) == {"c1": 2, "c2": 2}
    (_, first) = office.deliveries.dead("crm")
    assert first.letter.reason == "422 Unprocessable Entity"
    receiver.behave = lambda _: None
    assert office.deliveries.revive("crm") == 2
    office.courier.look()
    receiver.wait_for(4)
    office.wait("crm", dead=0, late=0)
    assert first_arrivals(receiver)["c1"] == [1, 2]


def test_who_never_takes_it_gets_dead_letters_after_all_tries(tmp_path: Path, receiver: Receiver) -> None:
    office = Office(tmp_path, Patience(first=0.01, longest=0.05, rest=0.05, tries=4))
    office.courier.start()
    receiver.behave = lambda _: Reaction(500)
    office.add("crm", receiver.url)
    office.change([1, 1], 1)
    shown = office.wait("crm", dead=2, late=0, position=2)
    assert len(receiver.received) == 8
    assert shown["reason"] == "500 Internal Server Error"
    office.close()


def test_retry_after_is_honoured(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)
    times: list[float] = []

    def behave(_: Received) -> Reaction | None:
        times.append(time.monotonic())
        return Reaction(429, {"Retry-After": "1"}) if len(times) == 1 else None

    receiver.behave = behave
    office.change([1], 1)
    receiver.wait_for(1)
    assert times[1] - times[0] >= 1.0


def test_a_dead_destination_blocks_no_other(office: Office, receiver: Receiver) -> None:
    with receiving() as hanging:
        hanging.behave = lambda _: Reaction(hang=2)
        office.add("hanging", hanging.url)
        office.add("nobody", "http://127.0.0.1:1/")
        office.add("crm", receiver.url)
        office.change(range(300), 1)
        receiver.wait_for(300, 10)
        office.wait("crm", behind=0)
        time.sleep(1)
        shown = office.shown("hanging"), office.shown("nobody")
        assert all(each["failing_since"] for each in shown)
        assert len(hanging.received) < 50, "it is left in peace"


def test_a_destination_gets_what_it_asked_for_only(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url, tags=[])
    office.change(range(600), 1)
    office.wait("crm", position=600)
    assert receiver.received == []


def test_replay_tells_the_same_once_more(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)
    office.change(range(10), 1)
    receiver.wait_for(10)
    office.wait("crm", position=10)
    office.ring.replay("crm", 6)
    office.courier.look()
    office.wait("crm", position=10)
    give_up = time.monotonic() + 10
    while len(receiver.accepted) < 15 and time.monotonic() < give_up:
        time.sleep(0.01)
    assert Counter(receiver.ids) == {f"crm.{n}.0": 1 if n < 6 else 2 for n in range(1, 11)}
    bodies = {each.body for each in receiver.accepted if each.id == "crm.8.0"}
    assert len(bodies) == 1


def test_a_disabled_destination_is_left_alone_and_goes_on_later(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)
    office.change([1], 1)
    receiver.wait_for(1)
    office.ring.disable("crm")
    office.courier.look()
    time.sleep(0.2)
    office.change([1], 2)
    time.sleep(0.3)
    assert len(receiver.received) == 1
    office.ring.enable("crm")
    office.courier.look()
    receiver.wait_for(2)
    assert first_arrivals(receiver)["c1"] == [1, 2]


def test_what_everybody_was_told_goes_after_a_day(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "ROUND", 0.05)
    office.courier.look()
    long_ago = now() - 25 * 3600 * SECOND
    office.add("slow", "http://127.0.0.1:1/")
    office.add("crm", receiver.url)
    last = office.change(range(5), 1, long_ago)
    office.change(range(5), 2)
    receiver.wait_for(10)
    time.sleep(0.3)
    standing = office.deliveries.standing("slow")
    assert standing is not None
    assert office.outbox.span()[0] <= standing.position + 1, "one has not been told yet"
    office.ring.disable("slow")
    office.courier.look()
    give_up = time.monotonic() + 10
    while office.outbox.span()[0] != last + 1 and time.monotonic() < give_up:
        time.sleep(0.02)
    assert office.outbox.span() == (last + 1, last + 5)


def test_who_takes_nothing_for_days_is_disabled(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(courier_module, "ROUND", 0.05)
    monkeypatch.setattr(courier_module, "HOPELESS", SECOND // 10)
    monkeypatch.setattr("limner.engage.lane.MOST_PENDING", 1)
    office.add("nobody", "http://127.0.0.1:1/")
    office.courier.look()
    long_ago = now() - 25 * 3600 * SECOND
    for value in range(5):
        office.change([1], value, long_ago)
    give_up = time.monotonic() + 10
    while office.shown("nobody")["disabled_at"] is None and time.monotonic() < give_up:
        time.sleep(0.02)
    (entry, *_) = office.catalog.audit("nobody")
    assert (entry.who, entry.action) == ("courier", "destination.disable")
    assert "127.0.0.1" in entry.why
    assert "takes nothing for days" in caplog.text


def test_who_wants_no_more_is_disabled_and_goes_on_when_it_is_enabled(office: Office, receiver: Receiver) -> None:
    office.add("crm", receiver.url)
    receiver.behave = lambda _: Reaction(410)
    office.change([1], 1)
    give_up = time.monotonic() + 10
    while office.shown("crm")["disabled_at"] is None and time.monotonic() < give_up:
        time.sleep(0.01)
    (entry, *_) = office.catalog.audit("crm")
    assert (entry.who, entry.action, entry.why) == ("courier", "destination.disable", "410 Gone")
    office.change([1], 2)
    time.sleep(0.3)
    assert len(receiver.received) == 1
    receiver.behave = lambda _: None
    office.ring.enable("crm")
    office.courier.look()
    receiver.wait_for(2)
    assert first_arrivals(receiver)["c1"] == [1, 2]
    office.wait("crm", late=0, dead=0, behind=0)


def test_a_stopped_courier_waits_for_what_is_under_way(tmp_path: Path, receiver: Receiver) -> None:
    office = Office(tmp_path)
    office.add("crm", receiver.url)
    receiver.behave = lambda _: Reaction(hang=0.3)
    office.change(range(5), 1)
    office.courier.start()
    give_up = time.monotonic() + 10
    while len(receiver.received) < 5 and time.monotonic() < give_up:
        time.sleep(0.01)
    office.courier.stop()
    assert office.shown("crm")["position"] == 5
    assert len(receiver.received) == 5
    office.close()


COURIER = """
import sys, time
from pathlib import Path
from tests.engage.office import Office
office = Office(Path(sys.argv[1]))
office.courier.start()
while True:
    time.sleep(1)
"""


def test_a_killed_courier_goes_on_where_it_was(tmp_path: Path, receiver: Receiver) -> None:
    office = Office(tmp_path)
    receiver.secret = office.add("crm", receiver.url)
    for value in range(40):
        office.change(range(20), value)
    office.close()
    chance = random.Random(11)
    receiver.behave = moody(chance)
    root = Path(__file__).parents[2]
    deaths = 0
    give_up = time.monotonic() + 60
    while len(set(receiver.ids)) < 800 and time.monotonic() < give_up:
        child = subprocess.Popen([sys.executable, "-c", COURIER, str(tmp_path)], cwd=root)
        wanted = len(set(receiver.ids)) + chance.randrange(150, 300)
        while len(set(receiver.ids)) < min(wanted, 800) and time.monotonic() < give_up:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        deaths += 1
    assert deaths >= 3
    assert set(receiver.ids) == {f"crm.{position}.0" for position in range(1, 801)}
    assert first_arrivals(receiver) == {f"c{customer}": list(range(40)) for customer in range(20)}
    twice = sum(count - 1 for count in Counter(receiver.ids).values())
    assert twice < 200, "it goes on, and does not begin anew"


def test_a_served_workspace_tells_what_waits_and_stops_in_time(tmp_path: Path, receiver: Receiver) -> None:
    folder = tmp_path / "shop"
    api_key = limner.init(folder).api_key
    with limner.open(folder) as workspace:
        workspace.audience_save("everybody", {"all": []})
        receiver.secret = workspace.destinations_add(
            "crm", receiver.url, audiences=["everybody"], allow_private=True
        ).secret
        workspace.parts.outbox.add([Changed(0, {}, ("everybody",))], Mark(1, now()))
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    program = "from limner.cli import main; main()"
    words = [sys.executable, "-c", program, "-w", str(folder), "serve", "--port", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        receiver.wait_for(1, 60)
        assert receiver.accepted[0].message["type"] == "audience.entered"
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/changes/live")
        request.add_header("Authorization", f"Bearer {api_key}")
        request.add_header("Last-Event-ID", "0")
        live = urllib.request.urlopen(request, timeout=20)
        told = next(line for line in iter(live.readline, b"") if line.startswith(b"data: "))
        assert json.loads(told.removeprefix(b"data: "))["entered"] == ["everybody"]
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        assert time.monotonic() - began < 8, "who watches does not hold it up"
        live.close()
    finally:
        server.kill()
        server.wait()


def test_segments_shape_reaches_segments_receiver(office: Office, receiver: Receiver) -> None:
    office.add("ads", receiver.url.removesuffix("/hook"), shape="segment", write_key="KEY")
    office.change([5], 3)
    give_up = time.monotonic() + 10
    while not receiver.accepted and time.monotonic() < give_up:
        time.sleep(0.01)
    (received,) = receiver.accepted
    assert (received.path, received.headers["authorization"]) == ("/v1/batch", "Basic S0VZOg==")
    (message,) = json.loads(received.body)["batch"]
    assert (message["userId"], message["traits"], message["messageId"]) == ("u5", {"n": 3}, "ads.1.0.0")
