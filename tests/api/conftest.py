"""A small shop behind the HTTP application."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app

TAGS = """
tags:
  spend: {title: {zh: 消费金额}, layer: fact, fold: {sum: amount, of: order_paid}}
  favourite: {layer: fact, fold: {top: category, of: order_paid}}
  tier: {layer: model, when: [{if: {spend: {gte: 100}}, then: high}, {else: low}]}
"""


def order(user: int, amount: float, day: int, **more: object) -> dict[str, object]:
    message = {"type": "track", "event": "order_paid", "userId": f"U{user}", "messageId": f"m{user}-{day}"}
    properties = {"amount": amount, "category": "tea" if user % 2 else "cups"}
    return {**message, "timestamp": f"2026-11-{day:02}T10:00:00+08:00", "properties": properties, **more}


def lay_out(folder: Path, messages: Sequence[dict[str, object]]) -> tuple[str, Path]:
    """A workspace with these tags: its admin's key, and the file of messages to import into it."""
    key = limner.init(folder).api_key
    (folder / "tags" / "shop.yaml").write_text(TAGS, encoding="utf-8")
    events = folder.parent / "events.jsonl"
    events.write_text("\n".join(map(json.dumps, messages)), encoding="utf-8")
    return key, events


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Forty customers, U1 with three orders; the folder and an API key."""
    folder = tmp_path_factory.mktemp("api") / "shop"
    messages = [order(user, user * 10, 1) for user in range(1, 41)] + [order(1, 50, 5), order(1, 70.5, 9)]
    messages[0]["properties"] |= {"mobile": "+442079460958"}  # type: ignore[operator]
    key, events = lay_out(folder, messages)
    with limner.open(folder) as workspace:
        workspace.import_files(events)
        workspace.tags_apply()
        workspace.fold(as_of="2026-11-20")
    return folder, key


@pytest.fixture(scope="session")
def anybody(shop: tuple[Path, str]) -> Iterator[TestClient]:
    """A client without a key."""
    ready = Event()
    ready.set()
    with limner.open(shop[0]) as workspace:
        yield TestClient(create_app(workspace, ready), raise_server_exceptions=False)


@pytest.fixture
def client(anybody: TestClient, shop: tuple[Path, str]) -> Iterator[TestClient]:
    """A client with a key."""
    anybody.headers["Authorization"] = f"Bearer {shop[1]}"
    yield anybody
    del anybody.headers["Authorization"]
