"""Several customers on one command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import limner
from limner.cli.main import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path) -> str:
    folder = tmp_path / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text("tags:\n  views: {layer: fact, fold: {count: '*', of: view}}\n")
    sent = [{"type": "track", "event": "view", "userId": user, "messageId": user} for user in ("U1", "U2")]
    events = tmp_path / "events.jsonl"
    events.write_text("\n".join(json.dumps({**each, "timestamp": "2026-11-01T10:00:00+08:00"}) for each in sent))
    with limner.open(folder) as workspace:
        workspace.import_files(events)
        workspace.tags_apply()
    return str(folder)


def test_what_is_no_key_is_told_so_among_the_others(shop: str, capsys: Capture) -> None:
    keys = ["user_id:U1", "U2", "user_id:nobody"]
    assert run(["-w", shop, "profile", *keys, "--json"], {}) == 1
    found = json.loads(capsys.readouterr().out)["profiles"]
    assert [each["key"] for each in found] == keys
    assert [each["profile"] and each["profile"]["tags"]["views"]["value"] for each in found] == [1, None, None]
    assert found[1]["problem"]["code"] == "data"
    assert run(["-w", shop, "--lang", "en", "profile", *keys], {}) == 1
    printed = capsys.readouterr().out
    assert "'U2' is not a key." in printed
    assert "Nobody is known as user_id:nobody." in printed


def test_one_customer_is_a_portrait_as_ever(shop: str, capsys: Capture) -> None:
    assert run(["-w", shop, "profile", "user_id:U2", "--json"], {}) == 0
    assert json.loads(capsys.readouterr().out)["tags"]["views"]["value"] == 1
    assert run(["-w", shop, "profile", "user_id:U1", "user_id:nobody", "--json"], {}) == 0
