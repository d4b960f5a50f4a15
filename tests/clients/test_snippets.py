"""The guide's snippets are run as they stand; only address and key are put in. Those for browsers: `browser`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.clients.browser import ADDRESS, GUIDE, KEY, read_snippets
from tests.clients.npm import Absent, node_modules
from tests.clients.server import Server
from tests.clients.trial import read_log

CHINESE = GUIDE.parents[1] / "zh" / GUIDE.name
VIEWED = {"Product Viewed": 1, "identify": 1}
PYTHON = [VIEWED, VIEWED, {"ProductViewed": 1, "$SignUp": 1, "identify": 1}]
"""What each Python snippet sends, in the page's order."""


def run(words: list[str], server: Server) -> None:
    environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr


def write_snippet(snippet: str, path: Path, server: Server) -> str:
    text = snippet.replace(ADDRESS, f"http://127.0.0.1:{server.port}").replace(KEY, server.write_key)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("language", ["python", "js", "html", "sh"])
def test_both_languages_show_the_same(language: str) -> None:
    assert read_snippets(language) == read_snippets(language, CHINESE)
    assert read_snippets(language)


def test_python_snippets(tmp_path: Path) -> None:
    with Server(tmp_path / "shop") as server:
        for number, snippet in enumerate(read_snippets("python")):
            run([sys.executable, write_snippet(snippet, tmp_path / f"{number}.py", server)], server)
        server.stop()
    rows = read_log(tmp_path / "shop")
    assert Counter(row.name for row in rows) == sum(map(Counter, PYTHON), Counter())
    assert {row.traits["name"] for row in rows if row.name == "identify"} == {"张三"}


@pytest.mark.slow
def test_node_snippets(tmp_path: Path) -> None:
    try:
        modules = node_modules()
    except Absent as reason:
        pytest.skip(str(reason))
    (tmp_path / "node_modules").symlink_to(modules)
    snippets = read_snippets("js")
    with Server(tmp_path / "shop") as server:
        for number, snippet in enumerate(snippets):
            run(["node", write_snippet(snippet, tmp_path / f"{number}.mjs", server)], server)
        server.stop()
    rows = read_log(tmp_path / "shop")
    assert Counter(row.name for row in rows) == Counter({name: len(snippets) for name in VIEWED})
    assert {row.traits["name"] for row in rows if row.name == "identify"} == {"张三"}
