"""The commands about users, over a workspace of their own."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("users") / "shop"


def give(folder: Path, capsys: Capture, *words: str, status: int = 0) -> dict[str, Any]:
    """The document a command prints."""
    assert run(["-w", str(folder), "users", *words, "--json"], {}) == status
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def signs_in(folder: Path, user: str, password: str) -> bool:
    with limner.open(folder) as workspace:
        try:
            return bool(workspace.door.sign_in(user, password, "::1"))
        except limner.LimnerError:
            return False


def test_the_first_administrator_is_made_with_the_workspace(folder: Path, capsys: Capture) -> None:
    assert run(["init", str(folder), "--user", "no/name", "--json"], {}) == 1
    assert not folder.exists()
    capsys.readouterr()
    assert run(["init", str(folder), "--user", "ada", "--json"], {}) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["user"] == "ada"
    assert signs_in(folder, "ada", made["password"])
    assert [(user["name"], user["role"]) for user in give(folder, capsys, "list")["users"]] == [("ada", "admin")]


def test_the_life_of_a_user(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    made = give(folder, capsys, "add", "bob", "--role", "analyst")
    assert made["role"] == "analyst"
    assert signs_in(folder, "bob", made["password"])
    monkeypatch.setattr("sys.stdin", io.StringIO("a password of mine\n"))
    assert "password" not in give(folder, capsys, "passwd", "bob", "--ask")
    assert signs_in(folder, "bob", "a password of mine")
    assert give(folder, capsys, "role", "bob", "viewer")["role"] == "viewer"
    assert give(folder, capsys, "disable", "bob")["disabled_at"] is not None
    assert not signs_in(folder, "bob", "a password of mine")
    assert give(folder, capsys, "enable", "bob")["disabled_at"] is None
    assert "no user 'bobb'" in give(folder, capsys, "disable", "bobb", status=1)["error"]["message"]
    assert "last administrator" in give(folder, capsys, "disable", "ada", status=1)["error"]["message"]
    give(folder, capsys, "add", "carl", "--role", "write", status=2)
    with limner.open(folder) as workspace:
        actions = [entry.action for entry in reversed(workspace.parts.catalog.audit("bob"))]
    assert actions == ["user.add", "user.password", "user.role", "user.disable", "user.enable"]


def test_people_read_a_table_and_are_told_the_password_once(folder: Path, capsys: Capture) -> None:
    assert run(["-w", str(folder), "--lang", "zh", "users", "passwd", "ada"], {}) == 0
    assert "密码：" in capsys.readouterr().out.replace("password: ", "密码：")
    assert run(["-w", str(folder), "users", "list"], {}) == 0
    assert "ada" in capsys.readouterr().out
