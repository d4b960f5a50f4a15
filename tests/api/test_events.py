"""The live debugger over HTTP: who may watch, what is shown, and how a listener is kept up to date."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api import live
from limner.api.app import create_app
from limner.api.live import Chosen, follow
from limner.govern.roles import RIGHTS, Action, Role
from limner.watch.arrivals import Arrivals, Page
from limner.workspace import Workspace

Shop = tuple[Workspace, TestClient, str]
BATCH: dict[str, Any] = {
    "batch": [
        {"type": "track", "event": "view", "userId": "u-2081700", "messageId": "1"},
        {"type": "dance", "userId": "u-2081700", "phone": "13800000000"},
    ]
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A served workspace that has taken `BATCH` and a broken body."""
    folder: Path = tmp_path_factory.mktemp("live") / "shop"
    keys = limner.init(folder)
    ready = Event()
    ready.set()
    with limner.open(folder) as workspace:
        workspace.intake.start()
        with TestClient(create_app(workspace, ready)) as client:
            assert client.post("/v1/batch", json=BATCH, auth=(keys.write_key, "")).status_code == 200
            assert client.post("/v1/batch", content=b"{ u-2081700", auth=(keys.write_key, "")).status_code == 400
            workspace.intake.settle()
            yield workspace, client, keys.api_key


def recent(shop: Shop, key: str | None = None, **asked: Any) -> dict[str, Any]:
    _, client, admin = shop
    response = client.get("/api/v1/events:recent", params=asked, headers={"Authorization": f"Bearer {key or admin}"})
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


def test_what_came_in_and_what_became_of_it(shop: Shop) -> None:
    page = recent(shop)
    assert [(event["name"], event["outcome"], event["source"]) for event in page["events"]] == [
        ("view", "stored", "default source"),
        ("dance", "refused", "default source"),
        (None, "refused", "default source"),
    ]
    assert "unknown type" in page["events"][1]["reason"]
    assert page["events"][0]["said"] is None
    assert page["events"][1]["said"]["zh"].startswith("未知的 type")
    assert page["events"][0]["identifiers"] == [{"type": "user_id", "value": "u-2081700"}]
    assert page["lost"] == 0


def test_it_can_be_asked_for_in_parts(shop: Shop) -> None:
    everything = recent(shop)["events"]
    refused = recent(shop, outcome="refused", limit=1, after=everything[0]["id"])
    assert refused["events"] == everything[1:2]
    assert recent(shop, after=refused["last"])["events"] == everything[2:]
    assert recent(shop, source="nobody")["events"] == []


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1001}, {"outcome": "lost"}, {"after": "x"}])
def test_what_makes_no_sense_is_said(shop: Shop, asked: dict[str, Any]) -> None:
    _, client, key = shop
    response = client.get("/api/v1/events:recent", params=asked, headers={"Authorization": f"Bearer {key}"})
    assert (response.status_code, response.json()["code"]) == (422, "request")


@pytest.mark.parametrize("path", ["events:recent", "events:live"])
def test_who_may_watch(shop: Shop, path: str) -> None:
    workspace, client, _ = shop
    assert client.get(f"/api/v1/{path}").status_code == 401
    for role in set(Role) - {Role.OPERATOR, Role.ADMIN}:
        key = workspace.keys.issue(f"a {role}", role)
        response = client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})
        assert (response.status_code, response.json()["code"]) == (403, "forbidden"), role


def test_who_may_not_see_identifiers_sees_them_masked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RIGHTS, Role.ANALYST, RIGHTS[Role.ANALYST] | {Action.WATCH_EVENTS})  # type: ignore[arg-type]
    key = shop[0].keys.issue("ana", Role.ANALYST)
    view, dance, broken = recent(shop, key)["events"]
    assert view["identifiers"] == [{"type": "user_id", "value": "u-***00"}]
    assert dance["message"]["phone"] == "138****0000"
    assert broken["message"] is None
    assert "2081700" not in json.dumps([view, dance, broken])


def test_metrics_count_by_source_and_outcome(shop: Shop) -> None:
    text = shop[1].get("/metrics").text
    assert 'limner_arrivals_total{outcome="stored",source="default source"} 1.0' in text
    assert 'limner_arrivals_total{outcome="refused",source="default source"} 2.0' in text
    assert "u-2081700" not in text


@contextmanager
def closing(arrivals: Arrivals, happen: Callable[[], object]) -> Iterator[None]:
    """What is listened to ends half a second after something has happened: the client of these tests reads a stream to
    its end."""

    def end() -> None:
        happen()
        sleep(0.5)
        arrivals.close()

    timer = Timer(0.2, end)
    timer.start()
    yield
    timer.join()
    arrivals.closed = False


def listen(shop: Shop, meanwhile: Callable[[], object], **headers: str) -> list[dict[str, str]]:
    """The server-sent events told while ``meanwhile`` happens."""
    workspace, client, key = shop
    with closing(workspace.parts.arrivals, meanwhile):
        response = client.get("/api/v1/events:live", headers={"Authorization": f"Bearer {key}", **headers})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    blocks = [block for block in response.text.split("\n\n") if block and not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]  # type: ignore[misc]


def send_one(shop: Shop, name: str) -> None:
    workspace, *_ = shop
    from limner.ports.journal import Delivery, Kind

    line = json.dumps({"type": "track", "event": name, "userId": "u1", "messageId": name}).encode()
    workspace.intake.offer(Delivery(Kind.MESSAGES, "app", 1_795_364_502_000_000, (line,))).result(5)
    workspace.intake.settle()


def test_a_listener_hears_of_what_comes_after_it(shop: Shop) -> None:
    first, *told = listen(shop, lambda: send_one(shop, "live-1"))
    assert first == {"retry": "2000"}
    assert [(event["event"], json.loads(event["data"])["name"]) for event in told] == [("arrival", "live-1")]
    assert told[0]["id"] == str(json.loads(told[0]["data"])["id"])


def test_a_listener_whose_line_broke_goes_on_where_it_was(shop: Shop) -> None:
    place = recent(shop)["last"]
    send_one(shop, "live-2")
    told = listen(shop, lambda: send_one(shop, "live-3"), **{"Last-Event-ID": str(place)})
    assert [json.loads(event["data"])["name"] for event in told[1:]] == ["live-2", "live-3"]


def test_a_key_that_is_disabled_hears_no_more(shop: Shop) -> None:
    workspace, client, _ = shop
    made = workspace.keys_create("op", role="operator")
    place = str(recent(shop)["last"])
    send_one(shop, "live-4")
    with closing(workspace.parts.arrivals, lambda: (workspace.keys_disable(made.key.id), send_one(shop, "live-5"))):
        headers = {"Authorization": f"Bearer {made.secret}", "Last-Event-ID": place}
        text = client.get("/api/v1/events:live", headers=headers).text
    assert "live-4" in text
    assert "live-5" not in text


def pages(arrivals: Arrivals, count: int, heartbeat: float = 5.0, **more: Any) -> list[Page]:
    """The first pages somebody is told."""

    async def take() -> list[Page]:
        found = []
        telling = follow(arrivals, None, Chosen(), heartbeat=heartbeat, **more)
        async for page in telling:
            found.append(page)
            if len(found) == count:
                break
        await telling.aclose()  # type: ignore[attr-defined]
        return found

    return asyncio.run(asyncio.wait_for(take(), 5))


def test_silence_is_broken_by_a_heartbeat() -> None:
    quiet = Arrivals("UTC")
    assert [page.arrivals for page in pages(quiet, 3, heartbeat=0.05)] == [(), (), ()]


def test_a_listener_that_left_is_forgotten() -> None:
    arrivals = Arrivals("UTC")
    pages(arrivals, 1)
    assert arrivals._listeners == set()


def test_a_listener_slower_than_the_rest_is_told_what_it_missed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AT_ONCE", 2)
    arrivals = Arrivals("UTC", kept=4)
    workspace = shop[0]
    chunk_events = workspace.parts.arrivals._lots[0].events

    async def take() -> list[Page]:
        from limner.collect.chunk import Chunk

        telling = follow(arrivals, None, Chosen())
        found = [await anext(telling)]  # type: ignore[call-overload]
        for _ in range(10):
            arrivals.note(Chunk(chunk_events, None, [], None, 1))  # type: ignore[arg-type]
        found += [await anext(telling), await anext(telling)]  # type: ignore[call-overload]
        return found

    nothing, late, later = asyncio.run(take())
    assert (nothing.arrivals, nothing.lost) == ((), 0)
    assert (len(late.arrivals), late.lost) == (2, 6)
    assert (len(later.arrivals), later.lost) == (2, 0)
