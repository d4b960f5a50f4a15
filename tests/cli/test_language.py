from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup

from limner import cli
from limner.cli.chinese import AREAS, CHINESE
from limner.cli.commands import EVERY_COMMAND, build_command
from limner.cli.language import choose_language, say

SOURCES = sorted(Path(cli.__file__).parent.glob("*.py"))


def spoken_texts() -> Iterator[str]:
    """Literal texts handed to ``say``."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "say":
                yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def helps(command: TyperCommand | TyperGroup) -> Iterator[str]:
    yield command.help or ""
    yield from (text for parameter in command.params if (text := getattr(parameter, "help", None)))
    if isinstance(command, TyperGroup):
        for child in command.commands.values():
            assert isinstance(child, TyperCommand | TyperGroup)
            yield from helps(child)


@pytest.mark.parametrize("text", sorted({*spoken_texts(), *helps(build_command("en")), EVERY_COMMAND} - {"zh", "en"}))
def test_every_text_has_its_chinese(text: str) -> None:
    assert text in CHINESE


def test_no_chinese_is_left_without_its_english() -> None:
    sources = "\n".join(source.read_text(encoding="utf-8") for source in SOURCES)
    joined = "".join(ast.unparse(ast.parse(sources)).split())
    forgotten = [text for text in CHINESE if "".join(text.split()) not in joined]
    members = [text for text in forgotten if text.isidentifier()]  # of documents, made in other rooms
    assert [text for text in forgotten if text not in members] == ["Show this message and exit."]


def test_no_text_is_in_two_areas() -> None:
    assert sum(map(len, AREAS)) == len(CHINESE)


def test_chinese_keeps_the_places() -> None:
    places = ("{folder}", "{key}", "{url}", "{user}", "{password}", "{path}", "{n}")
    wrong = [text for text, zh in CHINESE.items() if any((place in text) != (place in zh) for place in places)]
    assert wrong == []


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_GB"}, "zh"),
    ],
)
def test_language_follows_the_locale(environ: dict[str, str], language: str) -> None:
    assert choose_language(["fold"], environ) == language


def test_texts_without_places_are_said_as_they_are() -> None:
    assert say("en", 'such as {"value_tier": "high"}') == 'such as {"value_tier": "high"}'
