"""The webhook commands, over a workspace of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run

Capture = pytest.CaptureFixture[str]
MAPPING = "event: answered\ntime: at\nidentify: {phone: phone}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("webhooks") / "shop"
    limner.init(folder)
    (folder.parent / "m.yaml").write_text(MAPPING, encoding="utf-8")
    (folder.parent / "joined.yaml").write_text(MAPPING + "join: {file: a.csv, on: sku}\n", encoding="utf-8")
    (folder.parent / "gbk.yaml").write_bytes("event: 回答".encode("gb18030"))
    return folder


def give(folder: Path, capsys: Capture, *words: str, status: int = 0) -> dict[str, Any]:
    """The document a command prints."""
    assert run(["-w", str(folder), "webhooks", *words, "--json"], {}) == status
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_life_of_a_webhook(folder: Path, capsys: Capture) -> None:
    file = str(folder.parent / "m.yaml")
    made = give(folder, capsys, "create", "survey", "--map", file, "--rows", "data.items")
    assert (made["source"], made["rows"], made["mapping"]) == ("survey", "data.items", MAPPING)
    assert made["secret"].startswith("whsec_")
    rotated = give(folder, capsys, "rotate", "survey")
    assert rotated["old_secret_until"] is not None
    assert give(folder, capsys, "rotate", "survey", "--now")["old_secret_until"] is None
    assert give(folder, capsys, "map", "survey", "--map", file)["rows"] is None
    listed = give(folder, capsys, "list")["webhooks"]
    assert [each["source"] for each in listed] == ["survey"]
    assert "secret" not in listed[0]
    assert give(folder, capsys, "disable", "survey")["disabled_at"] is not None
    assert give(folder, capsys, "rotate", "survey", status=1)["error"]["code"] == "conflict"


def test_a_person_is_shown_the_secret_once(folder: Path, capsys: Capture) -> None:
    words = ["-w", str(folder), "webhooks"]
    assert run([*words, "create", "shop", "--map", str(folder.parent / "m.yaml")], {}) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "path: /v1/webhooks/shop"
    secret = shown[1].removeprefix("secret: ")
    assert run([*words, "list"], {}) == 0
    listed = capsys.readouterr().out
    assert "/v1/webhooks/shop" in listed
    assert secret not in listed
    assert run([*words, "--lang", "zh", "disable", "shop"], {}) == 2
    assert run(["--lang", "zh", *words, "disable", "shop"], {}) == 0
    assert "shop 已停用" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["create", "x"], 2, "usage"),
        (["create", "x", "--map", "nowhere.yaml"], 1, "data"),
        (["create", "x", "--map", "gbk.yaml"], 1, "data"),
        (["create", "x", "--map", "joined.yaml"], 1, "definition"),
        (["create", "a b", "--map", "m.yaml"], 1, "data"),
        (["map", "nobody", "--map", "m.yaml"], 1, "not_found"),
        (["rotate", "nobody"], 1, "not_found"),
        (["disable", "nobody"], 1, "not_found"),
    ],
)
def test_what_makes_no_sense_is_said(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, words: list[str], status: int, code: str
) -> None:
    monkeypatch.chdir(folder.parent)
    assert give(folder, capsys, *words, status=status)["error"]["code"] == code
