"""Commands that compare audiences speak of tags and values by their titles, in the reader's language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run

Capture = pytest.CaptureFixture[str]
TAGS = """
tags:
  spend: {title: {zh: 消费, en: Spend}, layer: fact, fold: {sum: amount, of: order_paid}}
  tier:
    title: {zh: 档位, en: Tier}
    layer: model
    when: [{if: {spend: {gte: 100}}, then: high}, {else: low}]
    values: {high: {zh: 高档, en: Top tier}, low: {zh: 低档, en: Low tier}}
"""
EVENTS = [
    {
        "type": "track",
        "event": "order_paid",
        "userId": f"u{n}",
        "messageId": f"m{n}",
        "timestamp": "2026-11-01T08:00:00Z",
        "properties": {"amount": 200 if n % 2 else 50},
    }
    for n in range(30)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("insight")
    folder = place / "shop"
    limner.init(folder)
    (folder / "tags" / "a.yaml").write_text(TAGS, encoding="utf-8")
    (place / "events.jsonl").write_text("\n".join(map(json.dumps, EVENTS)), encoding="utf-8")
    with limner.open(folder) as workspace:
        workspace.tags_apply()
        workspace.import_files(place / "events.jsonl")
        workspace.fold()
    return folder


def show(folder: Path, capsys: Capture, language: str, *words: str) -> str:
    assert run(["-w", str(folder), "audience", *words], {"LANG": language, "COLUMNS": "200"}) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "told"), [("zh_CN.UTF-8", ("档位", "高档", "低档")), ("en_GB.UTF-8", ("Tier", "Top tier", "Low tier"))]
)
def test_titles_are_said(folder: Path, capsys: Capture, language: str, told: tuple[str, ...]) -> None:
    insight = show(folder, capsys, language, "insight", "--rule", '{"spend": {"gte": 0}}', "--tag", "tier")
    cross = show(folder, capsys, language, "cross", "tier", "spend", "--rule", '{"spend": {"gte": 0}}')
    for text in (insight, cross):
        assert all(word in text for word in told), text


def test_the_document_keeps_what_is_stored(folder: Path, capsys: Capture) -> None:
    words = ["insight", "--rule", '{"spend": {"gte": 0}}', "--tag", "tier", "--json"]
    assert run(["-w", str(folder), "audience", *words], {}) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {each["value"] for each in document["tags"]["tier"]["values"]} == {"high", "low"}
