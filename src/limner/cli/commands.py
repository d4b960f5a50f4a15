"""The tree of commands: which words there are, in the language they are explained in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from limner.cli import (
    actions,
    arrivals,
    audiences,
    backups,
    destinations,
    events,
    identities,
    jobs,
    keys,
    models,
    packages,
    personas,
    portraits,
    recommendations,
    sources,
    tags,
    users,
    webhooks,
    workspaces,
)
from limner.cli.answer import Session
from limner.cli.language import Language, say
from limner.cli.words import Folder, Lang

EVERY_COMMAND = "Every command takes --json and then prints one JSON document on stdout."


def build_command(language: Language) -> TyperGroup:
    """The whole command line, explained in ``language``."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.callback(help="Customer portraits from timelines of events.")
    def root(
        context: typer.Context,
        workspace: Folder = Path(),
        lang: Lang = None,
        show_version: Annotated[
            bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version and leave.")
        ] = False,
    ) -> None:
        context.obj = Session(folder=workspace.absolute(), language=language)

    for room in (
        workspaces,
        events,
        arrivals,
        tags,
        portraits,
        recommendations,
        actions,
        sources,
        audiences,
        packages,
        personas,
        models,
        identities,
        jobs,
        keys,
        users,
        webhooks,
        destinations,
        backups,
    ):
        room.register(app)
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    _explain(command, language)
    return command


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"limner {version('limner')}")
        raise typer.Exit


def _explain(command: TyperCommand | TyperGroup, language: Language) -> None:
    """Say the help of the command and of those under it in the language."""
    command.help = say(language, command.help or "")
    command.epilog = say(language, EVERY_COMMAND)
    for parameter in command.params:
        if text := getattr(parameter, "help", None):
            parameter.help = say(language, text)  # type: ignore[attr-defined]
    if isinstance(command, TyperGroup):
        for child in command.commands.values():
            assert isinstance(child, TyperCommand | TyperGroup)
            _explain(child, language)
