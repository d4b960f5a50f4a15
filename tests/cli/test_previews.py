"""Drafts tried from the command line: the same answer as over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run

TAGS = """
tags:
  city: {title: {en: City}, layer: fact, fold: {trait: city}}
  count: {layer: fact, fold: {count: '*'}}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("previews")
    said = [
        {"type": "identify", "userId": f"u{n}", "messageId": f"m{n}", "traits": {"city": "上海" if n % 2 else "苏州"}}
        | {"timestamp": "2026-01-01T10:00:00Z"}
        for n in range(6)
    ]
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, said)))
    (folder / "tags.yaml").write_text(TAGS, encoding="utf-8")
    (folder / "one.yaml").write_text("{layer: fact, fold: {first: traits.city}}", encoding="utf-8")
    (folder / "none.yaml").write_text("[1]", encoding="utf-8")
    limner.init(folder / "shop")
    with limner.open(folder / "shop") as workspace:
        workspace.import_files(folder / "events.jsonl")
        workspace.tags_draft("place", {"layer": "fact", "fold": {"trait": "city"}})
    return folder


def preview(shop: Path, capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    files = [str(shop / word) if word.endswith(".yaml") else word for word in words]
    assert run(["-w", str(shop / "shop"), "tags", "preview", *files, "--json"], {}) == status
    return json.loads(capsys.readouterr().out)


def test_a_tag_of_a_file_and_a_definition(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = preview(shop, capsys, "tags.yaml", "--tag", "city")
    assert (found["size"], found["coverage"]) == (6, 1.0)
    assert {one["value"]: one["count"] for one in found["values"]} == {"上海": 3, "苏州": 3}
    assert found["examples"][0]["evidence"]["count"] == 1
    with limner.open(shop / "shop") as workspace:
        asked = {"layer": "fact", "fold": {"trait": "city"}}
        assert workspace.tags_preview(asked, as_of=found["as_of"])["values"] == found["values"]
    assert preview(shop, capsys, "one.yaml", "--sample", "2")["size"] == 2


def test_a_draft_is_previewed_by_then(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview(shop, capsys, "--tag", "place", "--author", "anna")["coverage"] == 1.0
    with limner.open(shop / "shop") as workspace:
        assert workspace.tags_written("place").draft.stage == "previewed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Nothing to preview"),
        (["tags.yaml"], "has 2 tags"),
        (["tags.yaml", "--tag", "cit"], "Did you mean city?"),
        (["none.yaml"], "holds no tags"),
        (["away.yaml"], "cannot be read"),
        (["--tag", "nobody"], "There is no tag"),
    ],
)
def test_what_cannot_be_previewed(shop: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert said in preview(shop, capsys, *words, status=1)["error"]["message"]
