"""Commands that bring events in: import, and rejects for the rows that could not come in."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, counts, grid, lines, session_of
from limner.cli.door import ask, whole
from limner.cli.words import Out

SUMMARY = (
    "read",
    "accepted",
    "duplicate",
    "unidentified",
    "rejected",
    "violating",
    "skipped",
    "items",
    "erased",
    "seconds",
)
ALWAYS = frozenset({"read", "accepted", "duplicate", "unidentified", "rejected", "seconds"})


def register(app: Typer) -> None:
    app.command("import")(import_)
    rejects = Typer(help="Rows that could not become events, kept as they were.")
    rejects.command("list")(rejects_list)
    rejects.command("export")(rejects_export)
    rejects.command("retry")(rejects_retry)
    app.add_typer(rejects, name="rejects")


def import_(
    context: Context,
    files: Annotated[list[str], Argument(metavar="FILE...", help="JSONL, CSV, Parquet, Excel, or a database's URL.")],
    mapping: Annotated[
        Path | None, Option("--map", metavar="M.yaml", help="How rows become events; Segment messages need none.")
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Show ten mapped rows and store nothing.")] = False,
) -> Answer:
    """Read files of events into the log. Doing it twice changes nothing; bad rows go to the rejects."""
    session = session_of(context)
    sources = [name if "://" in name else str(Path(name).absolute()) for name in files]
    document = ask(
        session, "import_files", files=sources, mapping=whole(mapping), dry_run=dry_run, author=getpass.getuser()
    )
    if dry_run:
        return Answer(document, _mapped_rows(document))
    return Answer(document, _summary(session, document))


def _summary(session: Session, document: Mapping[str, Any]) -> View:
    """The numbers of an import; the rarer ones only when there is something to tell."""
    return counts(session, document, [name for name in SUMMARY if name in ALWAYS or document[name]])


def _mapped_rows(document: Mapping[str, Any]) -> View:
    rows = document.get("rows", [])
    heads = list(dict.fromkeys(name for row in rows for name in row))
    return grid(heads, [[row.get(head) for head in heads] for row in rows])


def rejects_list(
    context: Context,
    file: Annotated[str | None, Option("--file", help="Only those of this file.")] = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many at most.")] = 100,
) -> Answer:
    """Show rejected rows with file, line and reason."""
    session = session_of(context)
    rejects = ask(session, "rejects_list", file=file, limit=limit)
    shown = [text for reject in rejects for text in _reject(reject)]
    return Answer({"rejects": rejects}, lines(*(shown or [session.say("Nothing was rejected.")])))


def _reject(reject: Mapping[str, Any]) -> tuple[str, str]:
    """As compilers write it, so that editors find the line; under it the row as it was."""
    here = Path.cwd()
    file = Path(reject["file"])
    name = file.relative_to(here) if file.is_relative_to(here) else file
    return f"{name}:{reject['line']}: {reject['reason']}", f"    {reject['row']}"


def rejects_export(context: Context, out: Out) -> Answer:
    """Write all rejected rows to a file, to mend them."""
    session = session_of(context)
    document = ask(session, "rejects_export", out=whole(out))
    return Answer(document, counts(session, document, document))


def rejects_retry(context: Context) -> Answer:
    """Try the rejected rows again, as they were, with their mappings as they now stand."""
    session = session_of(context)
    document = ask(session, "rejects_retry")
    return Answer(document, _summary(session, document))
