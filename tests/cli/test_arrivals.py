"""events tail: what a person sees of it, and that it needs a server."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import limner
from limner.cli.answer import Answer, Session
from limner.cli.arrivals import _view
from limner.cli.main import _show_all, run

Capture = pytest.CaptureFixture[str]
EVENT: dict[str, Any] = {
    "id": 1,
    "at": "2026-11-23T00:21:42.000001+08:00",
    "source": "web",
    "name": "view",
    "event_id": "m1",
    "identifiers": [{"type": "user_id", "value": "u1"}, {"type": "phone", "value": "138"}],
    "outcome": "stored",
    "reason": None,
    "message": {},
}


def shown(events: list[dict[str, Any]] | None, language: Any = "en", colours: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=colours, color_system="standard" if colours else None, width=200)
    _view(Session(Path(), language), events)(console)
    return out.getvalue()


@pytest.mark.parametrize("words", [[], ["--follow"], ["--source", "web", "--refused"]])
def test_without_a_server_there_is_nothing_to_watch(tmp_path: Path, capsys: Capture, words: list[str]) -> None:
    limner.init(tmp_path / "shop")
    assert run(["-w", str(tmp_path / "shop"), "events", "tail", *words, "--json"], {}) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "unavailable"
    assert "limner serve" in error["message"]
    assert run(["-w", str(tmp_path / "shop"), "--lang", "zh", "events", "tail", *words], {}) == 1
    assert "没有正在运行的服务" in capsys.readouterr().err


def test_an_event_is_a_line_and_a_refusal_has_its_reason() -> None:
    refused = {**EVENT, "name": None, "identifiers": [], "outcome": "refused", "reason": "it is no JSON"}
    assert shown([EVENT, refused]).splitlines() == [
        "00:21:42  stored  web  view  user_id:u1  phone:138",
        "00:21:42  refused  web  ?",
        "    it is no JSON",
    ]
    assert "入库" in shown([EVENT], "zh")
    assert "Nothing has come in" in shown(None)


def test_the_outcome_has_its_colour_and_a_client_has_none_to_choose() -> None:
    assert "\x1b[32mstored" in shown([EVENT], colours=True)
    evil = {**EVENT, "name": "[red]a\x1b[31m", "reason": "x\n00:00:00  stored  web  never came"}
    text = shown([evil])
    assert "\x1b" not in text
    assert "[red]a" in text
    assert len(text.splitlines()) == 2


def test_ctrl_c_ends_what_is_followed(capsys: Capture) -> None:
    def follow() -> Any:
        yield Answer(EVENT, lambda _: None)
        yield Answer({"lost": 3}, lambda _: None)
        raise KeyboardInterrupt

    _show_all(follow(), as_json=True)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [EVENT, {"lost": 3}]
