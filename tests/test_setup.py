"""A newcomer's first two commands: what they pin, and what they say when the machine lacks something."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PINNED = {
    re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower()
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if not line.startswith("#")
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("wanted", [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())])
def test_every_dependency_is_pinned(wanted: str) -> None:
    name = re.match(r"[\w.-]+", wanted)
    assert name is not None
    assert name[0].lower() in PINNED


def test_pins_are_exact_and_name_no_host() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.!+]+", line), line


def test_without_python_the_set_up_ends_with_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "make-venv"), str(tmp_path / "venv")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("limner: no Python 3.11 or newer was found.")


@pytest.mark.parametrize("target", ["demo", "test", "test-all", "lint", "bench", "clean"])
def test_make_knows_its_targets(target: str) -> None:
    assert re.search(rf"^{target}:.* ## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("node", "said"),
    [(None, "there is no Node here"), ("v20.18.9", "Node v20.18.9 is older than 20.19"), ("nonsense", "is older")],
)
def test_without_node_there_is_no_console_and_that_is_said(tmp_path: Path, node: str | None, said: str) -> None:
    tree = tmp_path / "tree"
    (tree / "tools").mkdir(parents=True)
    (tree / "console").mkdir()
    (tree / "tools" / "build_console.py").write_bytes((ROOT / "tools" / "build_console.py").read_bytes())
    programs = tmp_path / "bin"
    programs.mkdir()
    if node is not None:
        (programs / "node").write_text(f"#!/bin/sh\necho {node}\n")
        (programs / "node").chmod(0o755)
    done = subprocess.run(
        [sys.executable, str(tree / "tools" / "build_console.py")],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert said in done.stderr
    assert "The API works without the console" in done.stderr
