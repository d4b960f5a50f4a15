"""The key commands, over a workspace of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run
from limner.govern.keys import WriteKeys

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "shop"
    limner.init(folder)
    return folder


def give(folder: Path, capsys: Capture, *words: str, status: int = 0) -> dict[str, Any]:
    """The document a command prints."""
    assert run(["-w", str(folder), "keys", *words, "--json"], {}) == status
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_workspace_begins_with_two_keys(folder: Path, capsys: Capture) -> None:
    keys = give(folder, capsys, "list")["keys"]
    assert [(key["name"], key["role"], key["source"]) for key in keys[:2]] == [
        ("default source", "write", "default source"),
        ("first administrator", "admin", None),
    ]


def test_the_life_of_a_key(folder: Path, capsys: Capture) -> None:
    made = give(folder, capsys, "create", "web", "--source", "site", "--rate", "50")
    assert (made["role"], made["source"], made["rate"], made["old_secret_until"]) == ("write", "site", 50, None)
    rotated = give(folder, capsys, "rotate", made["id"])
    assert rotated["old_secret_until"] is not None
    with limner.open(folder) as workspace:
        keys = WriteKeys(workspace.keys)
        for key in (made, rotated):
            source = keys.find(key["secret"])
            assert source is not None
            assert (source.name, source.key_id, source.rate) == ("site", made["id"], 50)
    again = give(folder, capsys, "rotate", made["id"], "--now")
    assert again["old_secret_until"] is None
    ended = give(folder, capsys, "disable", made["id"])
    assert ended["disabled_at"] is not None
    assert "secret" not in ended
    assert give(folder, capsys, "rotate", made["id"], status=1)["error"]["code"] == "conflict"


def test_a_person_is_shown_the_secret_once(folder: Path, capsys: Capture) -> None:
    assert run(["-w", str(folder), "keys", "create", "ada", "--role", "viewer"], {}) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("ada (viewer), id ")
    secret = shown[1].removeprefix("key: ")
    assert len(secret) == 43
    assert run(["-w", str(folder), "keys", "list"], {}) == 0
    assert secret not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["create", "x", "--role", "emperor"], 2, "usage"),
        (["create", "x", "--rate", "many"], 2, "usage"),
        (["create", "x", "--rate", "0"], 1, "data"),
        (["create", "x", "--role", "admin", "--source", "s"], 1, "data"),
        (["create", " "], 1, "data"),
        (["rotate", "k9"], 1, "not_found"),
        (["disable", "k9"], 1, "not_found"),
    ],
)
def test_what_makes_no_sense_is_said(folder: Path, capsys: Capture, words: list[str], status: int, code: str) -> None:
    assert give(folder, capsys, *words, status=status)["error"]["code"] == code
