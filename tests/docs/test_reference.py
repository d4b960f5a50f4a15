"""What exists is written down: commands and their options, measures, operators, settings, verbs, paths of the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from typer.core import TyperCommand, TyperGroup

from limner.api.verbs import VERBS
from limner.cli.commands import build_command
from limner.govern.roles import RIGHTS, Action, Role
from limner.model.fold import Measure, Op

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "zh")


def guide(language: str, page: str) -> str:
    return (ROOT / "docs" / "guide" / language / page).read_text(encoding="utf-8")


def commands(command: TyperCommand | TyperGroup, path: str = "limner") -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            assert isinstance(child, TyperCommand | TyperGroup)
            yield from commands(child, f"{path} {name}")
    else:
        yield path, command


COMMANDS = dict(commands(build_command("en")))


@pytest.mark.parametrize("path", COMMANDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_documented_with_its_options(path: str, language: str) -> None:
    line = re.search(rf"^\| `({path}\b.*?)` \|", guide(language, "commands.md"), re.MULTILINE)
    assert line is not None, f"docs/guide/{language}/commands.md has no line for: {path}"
    for parameter in COMMANDS[path].params:
        for option in parameter.opts:
            assert not option.startswith("--") or option in line[1], f"{path}: {option} is not documented"


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_its_row(measure: Measure, language: str) -> None:
    rows = [line for line in guide(language, "tag-language.md").splitlines() if line.startswith("|")]
    assert any(f"`{measure.value}: " in row for row in rows)


@pytest.mark.parametrize("op", Op)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operator_is_named(op: Op, language: str) -> None:
    assert f"`{op.value}`" in guide(language, "tag-language.md")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operation_of_the_api_is_documented(language: str) -> None:
    from limner.api.app import ROOMS

    lines = (guide(language, "http.md") + guide(language, "operating.md")).splitlines()
    for route in (route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)):
        path = route.path.replace(":path", "")
        if path.startswith("/api/") and route.include_in_schema:
            named = [line for line in lines if re.search(rf"{re.escape(path)}(?![\w:/{{-])", line)]
            for method in route.methods or ():
                assert any(f"`{method}" in line for line in named), f"{method} {path} is not documented"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_is_named(language: str) -> None:
    text = guide(language, "python.md")
    assert [verb for verb in sorted(VERBS) if f"`{verb}`" not in text] == []


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_roles_is_the_one_in_use(action: Action, language: str) -> None:
    rows = [line.split("|")[1:-1] for line in guide(language, "keys.md").splitlines() if line.startswith("|")]
    [row] = [row for row in rows if row[0].strip() == f"`{action}`"]
    roles = [cell.strip(" `") for cell in rows[0][2:]]
    assert {role for role, cell in zip(roles, row[2:]) if "✓" in cell} == {r for r in Role if action in RIGHTS[r]}


@pytest.mark.parametrize("variable", ["PORT", "LIMNER_HOST", "LIMNER_OIDC_SECRET"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_named(variable: str, language: str) -> None:
    assert f"`{variable}`" in guide(language, "operating.md")


def test_links_inside_the_docs_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}, which is not there"
