"""The commands of destinations and registered audiences, over a workspace of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run
from limner.ports.deliveries import Letter, Step

Capture = pytest.CaptureFixture[str]
TAGS = "tags:\n  spend: {layer: fact, fold: {sum: amount, of: order_paid}}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engage") / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
    return folder


def give(folder: Path, capsys: Capture, *words: str, status: int = 0) -> dict[str, Any]:
    """The document a command prints."""
    assert run(["-w", str(folder), *words, "--json"], {}) == status
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def show(folder: Path, capsys: Capture, *words: str) -> str:
    """What a person sees."""
    assert run(["-w", str(folder), *words], {"LANG": "zh_CN.UTF-8"}) == 0
    return capsys.readouterr().out


def test_the_life_of_an_audience(folder: Path, capsys: Capture) -> None:
    saved = give(folder, capsys, "audience", "save", "rich", "--rule", '{"spend": {"gte": 100}}', "--title", "有钱人")
    told = {"name": "rich", "title": {"zh": "有钱人"}, "rule": {"spend": {"gte": 100}}, "members": None}
    assert {field: saved[field] for field in told} == told
    assert give(folder, capsys, "audience", "list") == {"audiences": [saved]}
    assert "有钱人" in show(folder, capsys, "audience", "list")
    assert "登记" in show(folder, capsys, "audience", "save", "poor", "--rule", '{"spend": {"lt": 1}}')
    assert give(folder, capsys, "audience", "drop", "poor") == {"name": "poor"}
    error = give(folder, capsys, "audience", "save", "all", "--rule", '{"spent": 1}', status=1)["error"]
    assert len(error["problems"]) == 2


def test_the_life_of_a_destination(folder: Path, capsys: Capture) -> None:
    give(folder, capsys, "audience", "save", "vip", "--rule", '{"spend": {"gte": 100}}')
    words = ["destinations", "add", "crm", "https://crm.example.com/hook", "--tag", "spend", "--audience", "vip"]
    made = give(folder, capsys, *words)
    assert made["secret"].startswith("whsec_")
    assert (made["tags"], made["audiences"], made["position"]) == (["spend"], ["vip"], 0)
    told = show(folder, capsys, "destinations", "list")
    assert "crm.example.com" in told
    assert made["secret"] not in told
    assert give(folder, capsys, *words, status=1)["error"]["code"] == "conflict"
    assert give(folder, capsys, "audience", "drop", "vip", status=1)["error"]["code"] == "conflict"
    assert give(folder, capsys, "destinations", "disable", "crm")["disabled_at"] is not None
    assert "停用" in show(folder, capsys, "destinations", "list")
    assert give(folder, capsys, "destinations", "enable", "crm")["disabled_at"] is None
    weighed = give(folder, capsys, "destinations", "replay", "crm", "--from", "1", "--dry-run")
    assert (weighed["letters"], weighed["complete"]) == (0, True)
    assert "0 条消息" in show(folder, capsys, "destinations", "replay", "crm", "--from", "1", "--dry-run")
    assert give(folder, capsys, "destinations", "replay", "crm", "--from", "1")["position"] == 0
    assert "编号不变" in show(folder, capsys, "destinations", "replay", "--help")
    give(folder, capsys, "destinations", "disable", "crm")
    assert give(folder, capsys, "audience", "drop", "vip") == {"name": "vip"}


def test_segments_receivers(folder: Path, capsys: Capture) -> None:
    words = ["destinations", "add", "ads", "https://ads.example.com", "--format", "segment", "--tag", "spend"]
    assert give(folder, capsys, *words, status=1)["error"]["problems"][0]["field"] == "write_key"
    made = give(folder, capsys, *words, "--write-key", "KEY")
    assert "secret" not in made
    assert "位置 0" in show(folder, capsys, "destinations", "enable", "ads")


def test_a_destination_is_changed_and_tried(folder: Path, capsys: Capture) -> None:
    give(folder, capsys, "destinations", "add", "lab", "https://lab.example.com/", "--tag", "spend")
    give(folder, capsys, "audience", "save", "fans", "--rule", '{"spend": {"gte": 100}}')
    changed = give(
        folder, capsys, "destinations", "change", "lab", "--url", "https://nobody.invalid/", "--audience", "fans"
    )
    assert (changed["url"], changed["tags"], changed["audiences"]) == ("https://nobody.invalid/", ["spend"], ["fans"])
    tried = give(folder, capsys, "destinations", "test", "lab")
    assert (tried["delivered"], tried["status"], tried["letter_id"][:9]) == (False, None, "lab.test.")
    assert "未被接收" in show(folder, capsys, "destinations", "test", "lab")


def test_only_private_with_leave(folder: Path, capsys: Capture) -> None:
    words = ["destinations", "add", "inside", "http://10.0.0.7:8080/", "--tag", "spend"]
    assert "--allow-private" in give(folder, capsys, *words, status=1)["error"]["message"]
    assert give(folder, capsys, *words, "--allow-private")["allow_private"] is True


def test_dead_letters(folder: Path, capsys: Capture) -> None:
    words = ["destinations", "add", "erp", "https://erp.example.com/", "--tag", "spend"]
    give(folder, capsys, *words)
    assert "没有死信" in show(folder, capsys, "destinations", "dead", "list")
    with limner.open(folder) as workspace:
        letters = [Letter(n, 0, n, b'{"type":"tag.changed"}', 3, 1, 2, "404 Not Found") for n in (1, 2, 3)]
        assert workspace.parts.deliveries.keep("erp", 1, Step(3, dead=letters, failing_since=5, reason="404"))
    listed = give(folder, capsys, "destinations", "dead", "list", "--destination", "erp", "--limit", "2")["letters"]
    assert [each["letter_id"] for each in listed] == ["erp.3.0", "erp.2.0"]
    assert listed[0]["message"] == {"type": "tag.changed"}
    assert (listed[0]["reason"], listed[0]["customer_id"]) == ("404 Not Found", "c3")
    told = show(folder, capsys, "destinations", "dead", "list")
    assert "erp.1.0" in told
    assert "type: tag.changed" in told
    assert "404" in show(folder, capsys, "destinations", "list")
    assert give(folder, capsys, "destinations", "dead", "retry", "--id", str(listed[0]["id"])) == {"letters": 1}
    assert give(folder, capsys, "destinations", "dead", "retry", "ads") == {"letters": 0}
    assert give(folder, capsys, "destinations", "dead", "retry") == {"letters": 2}
    assert give(folder, capsys, "destinations", "dead", "retry", "erb", status=1)["error"]["code"] == "not_found"
