"""What every command has in common: documents, exit statuses, sentences instead of tracebacks."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import limner
from limner.cli.main import run
from limner.errors import Conflict, DefinitionError, Problem

Capture = pytest.CaptureFixture[str]


def refuse_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Have every attempt to open a workspace end like this."""

    def open_nothing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(limner, "open", open_nothing)


def error_of(captured: str) -> dict[str, Any]:
    document = json.loads(captured)
    assert list(document) == ["error"]
    error: dict[str, Any] = document["error"]
    return error


def test_wrong_words_are_usage(capsys: Capture) -> None:
    assert run(["fodl"], {}) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: ")
    assert "limner --help" in printed.err


def test_wrong_words_are_one_document_with_json(capsys: Capture) -> None:
    assert run(["profile", "--json"], {}) == 2
    assert error_of(capsys.readouterr().out)["code"] == "usage"


def test_an_error_of_ours_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path) -> None:
    refuse_with(monkeypatch, Conflict("Process 7 has it open.", hint="Wait for it."))
    assert run(["-w", str(tmp_path), "fold"], {}) == 1
    assert capsys.readouterr().err == "Error: Process 7 has it open. Wait for it.\n"


def test_a_definition_error_shows_every_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    problems = [
        Problem("tags/a.yaml: spend", "fold.within", "is wrong.", "Write 30d."),
        Problem("tags/b.yaml", "", "no"),
    ]
    refuse_with(monkeypatch, DefinitionError(problems))
    assert run(["-w", str(tmp_path), "tags", "check", "--json"], {}) == 1
    error = error_of(capsys.readouterr().out)
    assert error["code"] == "definition"
    assert [problem["where"] for problem in error["problems"]] == ["tags/a.yaml: spend", "tags/b.yaml"]


def test_a_full_disk_says_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path) -> None:
    refuse_with(monkeypatch, OSError(errno.ENOSPC, "No space left on device"))
    assert run(["-w", str(tmp_path), "fold"], {}) == 1
    assert "The disk is full." in capsys.readouterr().err


def test_an_unexpected_error_names_the_file_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    refuse_with(monkeypatch, ZeroDivisionError("who would have thought"))
    assert run(["-w", str(tmp_path), "fold", "--json"], {}) == 1
    error = error_of(capsys.readouterr().out)
    assert error["code"] == "unexpected"
    (crash,) = tmp_path.glob("limner-crash-*.txt")
    assert str(crash) in error["message"]
    assert "who would have thought" in crash.read_text()


@pytest.mark.parametrize("rule", ["{", "not json", '{"a": }'])
def test_a_rule_that_is_not_json_is_a_definition_error(rule: str, capsys: Capture) -> None:
    assert run(["audience", "count", "--rule", rule, "--json"], {}) == 1
    error = error_of(capsys.readouterr().out)
    assert error["code"] == "definition"
    assert "JSON" in error["message"]


def test_erasing_asks_unless_told_yes(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert run(["erase", "phone:1"], {}) == 2
    assert "--yes" in capsys.readouterr().err


def test_help_starts_without_the_heavy_libraries() -> None:
    heavy = {"duckdb", "pyarrow", "numba", "numpy", "fastapi", "sqlalchemy", "rich", "yaml"}
    code = "import sys; from limner.cli.main import run; run(['--help'], {}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.splitlines()[-1].split())
