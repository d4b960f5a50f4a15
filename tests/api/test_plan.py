"""The tracking plan over HTTP: what is saved holds for the next event, and nobody is written over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

import limner
from limner.api.app import create_app

PATH = "/api/v1/events:plan"
STRICT = "events:\n  order_paid:\n    mode: reject\n    properties: {channel: {enum: [app, web]}}\n"
NAMED = "events:\n  order_paid: {aliases: [Order Completed]}\n"
ORDER = {"userId": "U1", "event": "order_paid", "properties": {"channel": "fax"}}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[tuple[TestClient, tuple[str, str]]]:
    keys = limner.init(tmp_path / "shop")
    with limner.open(tmp_path / "shop") as workspace:
        workspace.intake.start()
        with TestClient(create_app(workspace, Event()), raise_server_exceptions=False) as browser:
            browser.headers["Authorization"] = f"Bearer {keys.api_key}"
            yield browser, (keys.write_key, "")


def test_what_is_saved_holds_for_the_next_event(client: tuple[TestClient, tuple[str, str]], tmp_path: Path) -> None:
    browser, sender = client
    empty = browser.get(PATH)
    assert empty.json()["text"] == ""
    assert browser.post("/v1/track", json=ORDER | {"messageId": "1"}, auth=sender).json().get("rejected", []) == []
    saved = browser.put(PATH, json={"text": STRICT}, headers={"If-Match": empty.headers["ETag"]})
    assert (saved.status_code, saved.json()["applied"]) == (200, True)
    assert (tmp_path / "shop" / "events.yaml").read_text(encoding="utf-8") == STRICT
    refused = browser.post("/v1/track", json=ORDER | {"messageId": "2"}, auth=sender).json()["rejected"]
    assert "channel" in refused[0]["reason"]
    assert browser.get("/api/v1/audit").json()["entries"][0]["action"] == "plan.save"


def test_nobody_is_written_over_and_nonsense_is_not_kept(client: tuple[TestClient, tuple[str, str]]) -> None:
    browser, _ = client
    before = browser.get(PATH).headers["ETag"]
    assert browser.put(PATH, json={"text": STRICT}, headers={"If-Match": before}).status_code == 200
    assert browser.put(PATH, json={"text": NAMED}, headers={"If-Match": before}).status_code == 412
    wrong = browser.put(PATH, json={"text": "events: {order_paid: {mode: maybe}}"})
    assert (wrong.status_code, wrong.json()["problems"][0]["field"]) == (422, "events.order_paid.mode")
    assert browser.get(PATH).json()["text"] == STRICT
    assert browser.put(PATH, json={"text": NAMED}).status_code == 428
    anyway = browser.put(PATH, json={"text": NAMED}, headers={"If-Match": "*"})
    assert anyway.json()["applied"] is False
