"""The last things that came in: bounded, in order, counted, and told to those who fell behind."""

from __future__ import annotations

import json
from threading import Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from limner.collect.chunk import Chunk
from limner.errors import DataError
from limner.model.event import EVENT_BATCH
from limner.ports.rejects import Reject
from limner.watch.arrivals import Arrivals, Page
from limner.watch.lot import LONGEST, Outcome, read_outcome

ZONE = "Asia/Shanghai"
NOW = 1_795_364_502_000_000  # 2026-11-22T16:21:42Z


def chunk(*names: str, source: str = "web", refused: tuple[str, ...] = (), **more: Any) -> Chunk:
    """Events of these names, and rejects with these rows."""
    rows = [
        {
            "event_id": f"e-{name}",
            "source": source,
            "name": name,
            "time": NOW,
            "received_at": NOW,
            "properties": '{"amount":3}',
            "traits": None,
        }
        | more
        for name in names
    ]
    events = pa.Table.from_pylist(rows, EVENT_BATCH).append_column("id.user_id", pa.array(["u1"] * len(rows), "string"))
    rejects = [Reject(f"gateway:{source}", 0, "no event", row) for row in refused]
    return Chunk(events, np.zeros(len(rows), np.int64), rejects, None, len(rows) + len(rejects))


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals(ZONE, kept=10, clock=lambda: NOW)


def names(page: Page) -> list[str | None]:
    return [arrival.name for arrival in page.arrivals]


def test_an_event_is_shown_with_all_that_says_who_and_what(arrivals: Arrivals) -> None:
    arrivals.note(chunk("view"))
    (arrival,) = arrivals.read().arrivals
    assert arrival.as_dict() == {
        "id": NOW + 1,
        "at": "2026-11-23T00:21:42+08:00",
        "source": "web",
        "name": "view",
        "event_id": "e-view",
        "identifiers": [{"type": "user_id", "value": "u1"}],
        "outcome": "stored",
        "reason": None,
        "message": {"time": "2026-11-22T16:21:42+00:00", "properties": {"amount": 3}},
    }


def test_what_was_refused_is_shown_as_it_was_with_the_reason(arrivals: Arrivals) -> None:
    message = {"type": "track", "messageId": "m1", "userId": "u2", "event": 7}
    arrivals.note(chunk(refused=(json.dumps(message), "{ broken", "[1]")))
    told, broken, listed = (arrival.as_dict() for arrival in arrivals.read().arrivals)
    assert (told["outcome"], told["reason"], told["source"]) == ("refused", "no event", "web")
    assert (told["name"], told["event_id"], told["message"]) == ("track", "m1", message)
    assert told["identifiers"] == [{"type": "user_id", "value": "u2"}]
    assert (broken["message"], broken["name"]) == ("{ broken", None)
    assert listed["message"] == "[1]"


def test_what_breaks_the_plan_says_how(arrivals: Arrivals) -> None:
    arrivals.note(chunk("a", "b"), {1: "b: amount is missing."})
    assert [(a.outcome, a.reason) for a in arrivals.read().arrivals] == [
        (Outcome.STORED, None),
        (Outcome.VIOLATES, "b: amount is missing."),
    ]
    assert arrivals.counts() == {("web", "stored"): 1, ("web", "violates"): 1}


def test_only_the_last_ones_are_kept_but_all_are_counted(arrivals: Arrivals) -> None:
    for number in range(30):
        arrivals.note(chunk(*(f"{number}.{i}" for i in range(3))))
    page = arrivals.read()
    assert names(page) == ["26.2", *(f"{number}.{i}" for number in (27, 28, 29) for i in range(3))]
    arrivals.note(chunk(*map(str, range(500)), refused=("x",)), {0: "long ago", 499: "just now"})
    page = arrivals.read()
    assert names(page) == [*map(str, range(491, 500)), None]
    assert page.arrivals[-2].reason == "just now"
    assert page.last - NOW == 90 + 501
    assert arrivals.counts() == {("web", "stored"): 588, ("web", "violates"): 2, ("web", "refused"): 1}


def test_pages_follow_one_another_without_a_gap(arrivals: Arrivals) -> None:
    arrivals.note(chunk("a", "b", "c"))
    first = arrivals.read(NOW, limit=2)
    assert names(first) == ["a", "b"]
    arrivals.note(chunk("d"))
    second = arrivals.read(first.last)
    assert (names(second), second.lost) == (["c", "d"], 0)
    assert names(arrivals.read(second.last)) == []


def test_who_falls_behind_is_told_how_much_was_lost(arrivals: Arrivals) -> None:
    arrivals.note(chunk("a"))
    place = arrivals.read().last
    arrivals.note(chunk(*"bcdefghijklmno"))
    page = arrivals.read(place)
    assert (names(page), page.lost) == (list("fghijklmno"), 4)


@pytest.mark.parametrize("place", [0, NOW - 10**9, NOW + 10**9])
def test_a_place_of_another_life_of_the_server_is_its_beginning(arrivals: Arrivals, place: int) -> None:
    arrivals.note(chunk("a", "b"))
    page = arrivals.read(place)
    assert (names(page), page.lost) == (["a", "b"], 0)


def test_source_and_outcome_choose(arrivals: Arrivals) -> None:
    arrivals.note(chunk("a", refused=("x",)))
    arrivals.note(chunk("b", source="app", refused=("y",)))
    assert names(arrivals.read(source="app", outcome=Outcome.STORED)) == ["b"]
    refused = arrivals.read(NOW, outcome=Outcome.REFUSED, limit=1)
    assert [arrival.source for arrival in refused.arrivals] == ["web"]
    assert [a.source for a in arrivals.read(refused.last, outcome=Outcome.REFUSED).arrivals] == ["app"]
    last = arrivals.read(NOW, source="nobody").last
    assert last == NOW + 4, "the next page need not look at them again"


def test_a_long_message_is_cut(arrivals: Arrivals) -> None:
    text = json.dumps({"text": "龙" * 100_000}, ensure_ascii=False)
    arrivals.note(chunk("a", properties=text, refused=(text,)))
    kept = [arrival.message for arrival in arrivals.read().arrivals]
    assert isinstance(kept[0], dict)
    assert kept[0]["properties"] == text[:LONGEST] == kept[1]


def test_nothing_is_kept_of_whoever_was_erased(arrivals: Arrivals) -> None:
    arrivals.note(chunk("a"))
    arrivals.forget()
    assert arrivals.read().arrivals == ()
    arrivals.note(chunk("b"))
    assert names(arrivals.read(NOW)) == ["b"]


def test_listeners_are_told_until_they_leave(arrivals: Arrivals) -> None:
    heard: list[int] = []
    stop = arrivals.listen(lambda: heard.append(1))
    arrivals.note(chunk("a"))
    arrivals.note(chunk())
    arrivals.close()
    stop()
    arrivals.note(chunk("b"))
    assert len(heard) == 2
    assert arrivals.closed


def test_threads_may_share_it() -> None:
    arrivals = Arrivals(ZONE, kept=50)
    seen: list[int] = []

    def write(source: str) -> None:
        for _ in range(100):
            arrivals.note(chunk("a", "b", source=source))

    def read() -> None:
        after, lost = arrivals.read().last, 0
        begin = after
        while after < begin + 800:
            page = arrivals.read(after)
            ids = [arrival.id for arrival in page.arrivals]
            assert ids == sorted(ids)
            lost += page.lost
            seen.extend(ids)
            after = page.last
        assert len(seen) + lost == 800

    threads = [Thread(target=write, args=(f"s{i}",)) for i in range(4)]
    reader = Thread(target=read)
    for thread in (reader, *threads):
        thread.start()
    for thread in (*threads, reader):
        thread.join(20)
    assert not reader.is_alive()
    assert len(seen) == len(set(seen))
    assert sum(arrivals.counts().values()) == 800


def test_an_unknown_outcome_is_said() -> None:
    with pytest.raises(DataError, match="Did you mean refused"):
        read_outcome("refuse")
