"""The console while things change under it: the server restarts, the session ends, a tag goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.console.test_console import CHROMIUM, PATIENCE, browser, look
from tests.console.test_console import pytestmark as needed
from tests.e2e.test_served import LIMNER, free_port

import limner
from limner.api.console import find_console
from limner.demo.build import build_demo
from limner.govern.roles import Role

pytestmark = [*needed, pytest.mark.slow]
PASSWORD = "at the limits of it"
MOOD = "tags: {mood: {layer: fact, group: tests, owner: e2e, title: {zh: 情绪}, hand: text}}"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A workspace with one customer, and how to serve it and get in."""
    folder = tmp_path_factory.mktemp("small") / "shop"
    limner.init(folder)
    message = {"type": "track", "event": "order_paid", "userId": "U1", "messageId": "m1", "timestamp": "2026-11-01"}
    (folder.parent / "a.jsonl").write_text(json.dumps(message))
    with limner.open(folder) as workspace:
        workspace.import_files(folder.parent / "a.jsonl")
        workspace.users_add("limits", "admin", PASSWORD)
        key = workspace.keys.issue("limits", Role.ADMIN)
    return serving(folder, key)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A small demo shop with a tag and a form that are filled in by hand, and how to serve it and get in."""
    folder = tmp_path_factory.mktemp("walked") / "shop"
    demo = build_demo(folder, lambda *_: None, customers=250)
    (folder / "tags" / "mood.yaml").write_text(MOOD, encoding="utf-8")
    (folder / "forms.yaml").write_text("forms: {visit: {title: {zh: 到访}, fields: [mood]}}", encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
    return {**serving(folder, demo.api_key), "LIMNER_USER": demo.user, "LIMNER_PASSWORD": demo.password}


def serving(folder: Path, key: str) -> dict[str, str]:
    if CHROMIUM is None or find_console() is None:
        pytest.skip("there is no Chromium here, or the console is not built: make console")
    port = free_port()
    return {
        "LIMNER_URL": f"http://127.0.0.1:{port}",
        "LIMNER_USER": "limits",
        "LIMNER_PASSWORD": PASSWORD,
        "LIMNER_KEY": key,
        "LIMNER_COMMAND": json.dumps([*LIMNER, "-w", str(folder), "serve", "--port", str(port)]),
        **browser(),
    }


def test_what_happens_under_an_open_page(small: dict[str, str]) -> None:
    look("interrupted", env=small)


@pytest.mark.timeout(2 * PATIENCE)
@pytest.mark.parametrize("what", ["restart", "session"])
def test_what_is_written_outlives(shop: dict[str, str], what: str) -> None:
    look(what, env=shop)
