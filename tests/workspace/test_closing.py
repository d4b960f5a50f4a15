"""A workspace is closed while everybody works: who asks is told so, and nothing that was confirmed is lost."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest
from tests.contract.engine.lives import make_events

import limner
from limner.errors import LimnerError
from limner.identity.normalise import normalise_batch
from limner.model.clock import now
from limner.ports.journal import Delivery, Kind
from limner.rehearsal import rehearse
from limner.workspace import Workspace

TAGS = "tags:\n  events: {layer: fact, fold: {count: '*'}}\n  kinds: {layer: fact, fold: {list: name}}\n"
ROUNDS = 6
Seen = list[BaseException]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS)
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.audience_save("busy", {"events": {"gte": 3}})
        workspace.parts.log.append(normalise_batch(make_events(2_000, 3)))
    return folder


def until_refused(ask: Callable[[], object], closed: Event, unforeseen: Seen) -> None:
    """Again and again, until the workspace is closed."""
    while True:
        sleep(0.001)
        try:
            ask()
        except LimnerError:
            if closed.is_set():
                return
        except BaseException as error:
            unforeseen.append(error)
            return


def list_askers(workspace: Workspace, confirmed: list[str]) -> Iterator[Callable[[], object]]:
    numbers = count()

    def send() -> None:
        id = f"sent {now()} {next(numbers)}"
        message = {
            "type": "track",
            "event": "seen",
            "userId": "U1",
            "messageId": id,
            "timestamp": "2026-11-01T00:00:00Z",
        }
        workspace.intake.offer(Delivery(Kind.MESSAGES, "test", now(), (json.dumps(message).encode(),))).result()
        confirmed.append(id)

    yield send
    yield lambda: workspace.profile("c1")
    yield lambda: workspace.audience_count({"events": {"gte": 2}})
    yield lambda: workspace.audience_count({"did": "seen", "is": {"gte": random.randrange(9)}, "within": "30d"})
    yield lambda: workspace.profile("c2", as_of="2026-10-01")
    yield workspace.overview
    yield workspace.doctor
    yield lambda: workspace.doctor_parity(sample=50)
    yield workspace.events_seen
    yield lambda: workspace.identity_show("c1")
    yield workspace.parts.catalog.audit
    yield workspace.parts.feed.span


@contextmanager
def asked_from_all_sides(workspace: Workspace, confirmed: list[str], unforeseen: Seen) -> Iterator[None]:
    closed = Event()
    askers = [
        Thread(target=until_refused, args=(ask, closed, unforeseen), daemon=True)
        for ask in list_askers(workspace, confirmed)
    ]
    for asker in askers:
        asker.start()
    yield
    closed.set()
    for asker in askers:
        asker.join(30)
    assert not [asker for asker in askers if asker.is_alive()]


def test_a_workspace_under_load_is_closed_again_and_again(shop: Path) -> None:
    rehearse()  # else most of it would be compiling
    confirmed: list[str] = []
    unforeseen: Seen = []
    for number in range(ROUNDS):
        workspace = limner.open(shop)
        workspace.follow()
        workspace.intake.start()
        workspace.courier.start()
        workspace.desk.open()
        with asked_from_all_sides(workspace, confirmed, unforeseen):
            sleep(number * 0.12)
            workspace.close()
    assert unforeseen == []
    with limner.open(shop) as workspace:
        kept = {
            row[0] for row in workspace.parts.events._file.cursor().execute("SELECT event_id FROM event").fetchall()
        }
    assert confirmed
    assert set(confirmed) <= kept
