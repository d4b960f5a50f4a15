"""The way of a tag on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run

DRAFT = '{title: {en: Orders}, group: g, owner: o, layer: fact, fold: {count: "*", of: order_paid}}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    limner.init(folder)
    (folder / "tags" / "shop.yaml").write_text("tags:\n  spend: {layer: fact, fold: {sum: amount}}\n")
    assert run(["-w", str(folder), "tags", "apply"], {}) == 0
    return folder


def give(folder: Path, capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert run(["-w", str(folder), "tags", *words, "--json"], {}) == status
    return json.loads(capsys.readouterr().out)


def test_the_whole_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert give(folder, capsys, "draft", "orders", DRAFT, "--author", "ada")["stage"] == "draft"
    give(folder, capsys, "submit", "orders", "--author", "ada", "--reason", "wanted")
    assert [each["name"] for each in give(folder, capsys, "reviews")["reviews"]] == ["orders"]
    error = give(folder, capsys, "approve", "orders", "--author", "ada", status=1)["error"]
    assert (error["code"], "somebody else reviews it" in error["message"]) == ("conflict", True)
    give(folder, capsys, "refuse", "orders", "--author", "bob", "--reason", "hm")
    give(folder, capsys, "submit", "orders", "--author", "ada")
    give(folder, capsys, "withdraw", "orders", "--author", "ada")
    give(folder, capsys, "submit", "orders", "--author", "ada")
    give(folder, capsys, "approve", "orders", "--author", "bob")
    assert give(folder, capsys, "publish", "orders", "--author", "bob")["version"] == 1
    assert give(folder, capsys, "pull")["written"] == {"orders": 1}
    assert give(folder, capsys, "plan")["unchanged"] == 2
    assert len(give(folder, capsys, "versions", "orders")["versions"]) == 1


def test_back_and_away(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = folder / "tags" / "shop.yaml"
    shop.write_text(shop.read_text().replace("sum", "max"))
    give(folder, capsys, "apply")
    assert give(folder, capsys, "diff", "spend")["fields"]
    assert give(folder, capsys, "rollback", "spend", "1", "--reason", "wrong")["version"] == 3
    assert give(folder, capsys, "plan")["behind"] == ["spend"]
    assert give(folder, capsys, "deprecate", "spend")["status"] == "deprecated"
    assert give(folder, capsys, "restore", "spend")["status"] == "published"
    assert give(folder, capsys, "retire", "spend")["status"] == "retired"
    assert give(folder, capsys, "list", "--status", "retired")["tags"][0]["name"] == "spend"
    assert give(folder, capsys, "pull")["removed"] == ["spend"]
    give(folder, capsys, "draft", "orders", DRAFT)
    assert give(folder, capsys, "discard", "orders") == {"name": "orders"}


def test_what_people_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder.parent / "orders.yaml"
    file.write_text(DRAFT)
    run(["-w", str(folder), "tags", "draft", "orders", f"@{file}", "--author", "ada"], {})
    assert capsys.readouterr().out.startswith('The draft is draft (ada).\n    title.en: null -> "Orders"')
    run(["-w", str(folder), "--lang", "zh", "tags", "draft", "orders", f"@{file}"], {})
    assert capsys.readouterr().out.startswith("草稿：草稿（ada）。")
    assert run(["-w", str(folder), "tags", "draft", "orders", "@nowhere"], {}) == 1
    assert "nowhere cannot be read: No such file" in capsys.readouterr().err


def test_who_uses_a_tag_is_told_before_files_take_it_away(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As where it is renamed under an audience."""
    with limner.open(folder) as workspace:
        workspace.audience_save("rich", {"spend": {"gte": 100}})
    (folder / "tags" / "shop.yaml").write_text("tags:\n  spending: {layer: fact, fold: {sum: amount}}\n")
    assert give(folder, capsys, "plan")["affected"] == {}, "nothing is taken away"
    planned = give(folder, capsys, "plan", "--prune")
    assert (planned["removed"], planned["affected"]["spend"]["audiences"]) == (["spend"], ["rich"])
    assert run(["-w", str(folder), "tags", "apply", "--prune"], {}) == 0
    assert "used by audiences: rich" in capsys.readouterr().out
    with limner.open(folder) as workspace:
        [rich] = workspace.audience_list()
        assert "there is no tag 'spend'. Did you mean spending?" in str(rich.problem)
        workspace.audience_save("rich", {"spending": {"gte": 100}})
        assert workspace.audience_show("rich")["problem"] is None
