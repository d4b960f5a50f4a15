"""Commands that compute and read portraits: fold, profile, export."""

from __future__ import annotations

import getpass
from typing import Annotated

from typer import Context, Option, Typer

from limner.cli.answer import Answer, counts, lines, session_of
from limner.cli.door import ask, open_door, whole
from limner.cli.progress import progress_on_stderr
from limner.cli.words import AsOf, FileFormat, Key, KnownAt, Out


def register(app: Typer) -> None:
    app.command("fold")(fold)
    app.command("profile")(profile)
    app.command("export")(export)


def fold(
    context: Context,
    as_of: AsOf = None,
    explain: Annotated[bool, Option("--explain", help="Print the plan instead of running it.")] = False,
) -> Answer:
    """Fold every customer's timeline into the columns of all tags."""
    session = session_of(context)
    if explain:
        text = ask(session, "explain_fold", language=session.language)
        return Answer({"plan": text}, lines(text))
    document = ask(session, "fold", as_of=as_of, author=getpass.getuser())
    return Answer(document, counts(session, document, ("customers", "events", "tags", "seconds", "as_of")))


def profile(context: Context, key: Key, as_of: AsOf = None, known_at: KnownAt = None) -> Answer:
    """Print one customer's portrait, by layer."""
    from limner.cli.portrait_view import portrait_view

    session = session_of(context)
    with progress_on_stderr() as progress, open_door(session.folder) as door:
        document = door.call("profile", {"key": key, "as_of": as_of, "known_at": known_at}, progress)
        tags = {tag["name"]: tag for tag in door.call("tags_list", {}, progress)}
    return Answer(document, portrait_view(document, session.language, tags))


def export(context: Context, out: Out, as_of: AsOf = None, format: FileFormat = None) -> Answer:
    """Write a row per customer to a file: its id, identifiers and tags."""
    session = session_of(context)
    document = ask(session, "export", out=whole(out), as_of=as_of, format=format, author=getpass.getuser())
    return Answer(document, counts(session, document, document))
