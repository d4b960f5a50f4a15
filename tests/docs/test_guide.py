"""The guide's pages are programs: their files are written, their commands given, their Python run, and what they
promise is compared with what is printed. ``...`` in a promise stands for anything."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from limner.cli.main import run

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*/*.md"))]
FENCE = re.compile(r"^```(?P<language>\w*)[ ]?(?P<file>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LANGUAGES = ("en", "zh")
LOCALES = {"en": "en_GB.UTF-8", "zh": "zh_CN.UTF-8"}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; ``file`` names the file its text is."""

    language: str
    file: str
    text: str
    line: int


def read_blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["file"], found["text"], text.count("\n", 0, found.start()) + 1)
        for found in FENCE.finditer(text)
    ]


def read_commands(block: Block) -> Iterator[tuple[list[str], str]]:
    """The words of each ``$`` line and what it should print."""
    for piece in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, promised = piece.partition("\n")
        yield shlex.split(command), promised


def agrees(promised: str, printed: str) -> bool:
    """Same words in the same order, however they are spaced."""
    pattern = ".*?".join(re.escape(" ".join(part.split())) for part in promised.split("..."))
    return re.fullmatch(pattern.replace(r"\ ", r"\s*"), " ".join(printed.split()), re.DOTALL) is not None


def give(words: list[str], language: str, capsys: pytest.CaptureFixture[str]) -> str:
    if words[0] == "cp":
        shutil.copy(words[1], words[2])
        return ""
    assert words[0] == "limner", f"pages may only give limner commands and cp, not {words[0]}"
    run(words[1:], {**os.environ, "LC_ALL": LOCALES[language]})
    printed = capsys.readouterr()
    return printed.out + "\n".join(line for line in printed.err.splitlines() if not line.startswith("limner: "))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_page_does_what_it_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", "examples")
    language = page.parent.name if page.parent.name in LANGUAGES else "en"
    monkeypatch.setenv("COLUMNS", "140")
    namespace: dict[str, object] = {}
    for block in read_blocks(page):
        where = f"{page.name}, line {block.line}"
        if block.file:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for words, promised in read_commands(block):
                printed = give(words, language, capsys).replace(f"{tmp_path}/", "")
                assert agrees(promised, printed), f"{where}: {shlex.join(words)}\n{printed}"
        elif block.language == "python":
            examples = doctest.DocTestParser().get_doctest(block.text, namespace, page.name, str(page), block.line)
            namespace = examples.globs
            flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            doctest.DebugRunner(optionflags=flags).run(examples, clear_globs=False)


def test_both_languages_have_the_same_pages() -> None:
    english, chinese = (
        {page.name for page in (ROOT / "docs" / "guide" / language).glob("*.md")} for language in ("en", "zh")
    )
    assert english == chinese


@pytest.mark.parametrize("name", sorted(page.name for page in (ROOT / "docs" / "guide" / "en").glob("*.md")))
def test_both_languages_give_the_same_commands(name: str) -> None:
    pages = [read_blocks(ROOT / "docs" / "guide" / language / name) for language in LOCALES]
    shapes = [[(block.language, bool(block.file), len(list(read_commands(block)))) for block in page] for page in pages]
    assert shapes[0] == shapes[1]
