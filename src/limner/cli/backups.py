"""Commands about backups: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, counts, session_of
from limner.cli.door import ask, whole
from limner.cli.progress import progress_on_stderr

SHOWN = ("dir", "seq", "events", "files", "bytes", "seconds")


def register(app: Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    context: Context,
    folder: Annotated[Path, Argument(metavar="DIR", help="The folder to make; it may exist if it is empty.")],
) -> Answer:
    """Copy all that cannot be made again, while the workspace is in use. Keep it safe: it holds keys and people."""
    session = session_of(context)
    document = ask(session, "backup", folder=whole(folder))
    return Answer(document, counts(session, document, SHOWN))


def restore(
    context: Context,
    source: Annotated[Path, Argument(metavar="DIR", help="A folder that backup made.")],
    workspace: Annotated[
        Path | None, Option("-w", "--workspace", metavar="NEW", help="The workspace to make; its folder may be empty.")
    ] = None,
) -> Answer:
    """Make a workspace of a backup, after checking that it is whole."""
    from limner.api.verbs import plain
    from limner.backup import restore_backup

    session = session_of(context)
    with progress_on_stderr() as progress:
        document = plain(restore_backup(source, workspace or session.folder, progress))
    return Answer(document, counts(session, document, SHOWN))
