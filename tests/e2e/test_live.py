"""Somebody is told of a change because a client sent an event: through a real server, and across its sudden death."""

from __future__ import annotations

import base64
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_served import free_port, limner, served
from tests.receiver import Receiver, receiving

TAGS = """
tags:
  orders: {layer: fact, fold: {count: '*', of: order_paid}}
  spend: {layer: fact, fold: {sum: amount, of: order_paid}}
"""


class Shop:
    """A served workspace and its clients."""

    def __init__(self, folder: Path, port: int, keys: dict[str, str]) -> None:
        self.folder, self.port, self.keys = folder, port, keys
        self.sent = 0

    def pay(self, user: str, amount: int) -> None:
        self.sent += 1
        event = {"type": "track", "event": "order_paid", "userId": user, "messageId": f"m{self.sent}"}
        key = base64.b64encode(f"{self.keys['write_key']}:".encode()).decode()
        self.call("/v1/track", event | {"properties": {"amount": amount}}, f"Basic {key}")

    def portrait(self, user: str) -> dict[str, Any]:
        tags = self.call(f"/api/v1/profiles/user_id:{user}?evidence=false")["tags"]
        return {name: tag["value"] for name, tag in tags.items()}

    def call(self, path: str, body: object = None, key: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": key or f"Bearer {self.keys['api_key']}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    folder = tmp_path / "shop"
    keys = limner("init", str(folder))
    (folder / "tags" / "orders.yaml").write_text(TAGS)
    limner("-w", str(folder), "tags", "apply")
    return Shop(folder, free_port(), keys)


def values_told(receiver: Receiver, kind: str) -> list[Any]:
    """What letters of a kind told, each once, in the order accepted."""
    letters = {each.id: each.message for each in receiver.accepted if each.message["type"] == kind}
    return [message["data"] for message in letters.values()]


def test_a_change_is_seen_counted_and_told_at_once(shop: Shop) -> None:
    with receiving() as receiver, served(shop.folder, shop.port):
        shop.pay("u1", 100)
        assert shop.portrait("u1") == {"orders": 1, "spend": 100}
        saved = shop.call("/api/v1/audiences", {"name": "good", "rule": {"spend": {"gte": 300}}})
        assert saved["members"] == 0
        made = limner(
            *("-w", str(shop.folder), "destinations", "add", "crm", receiver.url, "--allow-private"),
            *("--tag", "orders", "--audience", "good"),
        )
        receiver.secret = made["secret"]
        for amount in (150, 250):
            shop.pay("u1", amount)
            shop.pay("u2", amount)
        assert shop.portrait("u1") == {"orders": 3, "spend": 500}
        counted = shop.call("/api/v1/audiences:estimate", {"rule": {"spend": {"gte": 300}}})
        assert counted["count"] == 2
        assert shop.call("/api/v1/audiences")["audiences"][0]["members"] == 2
        receiver.wait_for(3, 30)
        entered = values_told(receiver, "audience.entered")
        assert {told["identifiers"][0]["value"] for told in entered} == {"u1", "u2"}
        orders = [told["tags"]["orders"] for told in values_told(receiver, "tag.changed")]
        assert {change["after"] for change in orders} >= {2, 3} - {2}


def test_what_changed_around_a_sudden_death_is_told_once(shop: Shop) -> None:
    with receiving() as receiver:
        with served(shop.folder, shop.port) as server:
            shop.call("/api/v1/audiences", {"name": "good", "rule": {"spend": {"gte": 300}}})
            made = limner(
                *("-w", str(shop.folder), "destinations", "add", "crm", receiver.url, "--allow-private"),
                *("--audience", "good"),
            )
            receiver.secret = made["secret"]
            shop.pay("u1", 400)
            shop.portrait("u1")
            receiver.wait_for(1, 30)
            shop.pay("u2", 500)
            server.kill()
        with served(shop.folder, shop.port):
            assert shop.portrait("u2") == {"orders": 1, "spend": 500}
            receiver.wait_for(2, 30)
            shop.pay("u3", 600)
            shop.portrait("u3")
            receiver.wait_for(3, 30)
        told = [told["identifiers"][0]["value"] for told in values_told(receiver, "audience.entered")]
        assert sorted(told) == ["u1", "u2", "u3"], "one letter each"
