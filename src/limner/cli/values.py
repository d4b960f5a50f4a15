"""Commands that give tags their values: set, unset, fill, forms, import, refresh, runs."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, as_yaml, counts, grid, lines, session_of
from limner.cli.door import ask
from limner.cli.words import Key
from limner.errors import DataError

Name = Annotated[str, Argument(metavar="NAME", help="The tag's name.")]
Reason = Annotated[str, Option("--reason", help="Why; kept with the value.")]
IMPORTED = ("rows", "unknown", "empty", "rejected", "expires_at")


def register(tags: Typer) -> None:
    """Under ``limner tags``."""
    tags.command("set")(set_)
    tags.command("unset")(unset)
    tags.command("forms")(forms)
    tags.command("fill")(fill)
    tags.command("import")(import_)
    tags.command("refresh")(refresh)
    tags.command("runs")(runs)


def set_(
    context: Context,
    key: Key,
    name: Name,
    value: Annotated[str, Argument(metavar="VALUE", help="Of the kind the tag takes.")],
    reason: Reason = "",
) -> Answer:
    """Enter the value of a tag of one customer; it is an event on the timeline."""
    session = session_of(context)
    document = ask(session, "tag_set", key=key, name=name, value=value, reason=reason, author=getpass.getuser())
    return Answer(document, lines(_entered(document)))


def unset(context: Context, key: Key, name: Name, reason: Reason = "") -> Answer:
    """Take a value that was entered by hand away again."""
    session = session_of(context)
    document = ask(session, "tag_unset", key=key, name=name, reason=reason, author=getpass.getuser())
    return Answer(document, lines(_entered(document)))


def _entered(document: dict[str, Any]) -> str:
    values = ", ".join(f"{name} = {'-' if value is None else value}" for name, value in document["values"].items())
    return f"{document['customer_id']}  {values}"


def forms(context: Context) -> Answer:
    """List the forms of forms.yaml and what they ask for."""
    session = session_of(context)
    found = ask(session, "forms_list")
    return Answer({"forms": found}, lines(as_yaml(found) if found else session.say("There are no forms.")))


def fill(
    context: Context,
    form: Annotated[str, Argument(metavar="FORM", help="A form of forms.yaml.")],
    key: Key,
    value: Annotated[
        list[str] | None, Option("--value", metavar="NAME=VALUE", help="One field; give it again.")
    ] = None,
    reason: Reason = "",
) -> Answer:
    """Enter what a form asks of a customer, in one event."""
    session = session_of(context)
    values: dict[str, str] = {}
    for text in value or []:
        name, sign, given = text.partition("=")
        if not sign:
            raise DataError(f"{text!r} is no field.", hint="Write --value NAME=VALUE.")
        values[name.strip()] = given.strip()
    given_by = {"reason": reason, "author": getpass.getuser()}
    document = ask(session, "form_fill", form=form, key=key, values=values, **given_by)
    return Answer(document, lines(_entered(document)))


def import_(
    context: Context,
    name: Name,
    file: Annotated[str, Argument(metavar="FILE", help="CSV, Excel, Parquet, JSON lines, or a database's URL.")],
    key: Annotated[str, Option("--key", metavar="TYPE:COLUMN", help="Whom a row is of, such as phone:mobile.")],
    value: Annotated[
        str | None, Option("--value", metavar="COLUMN", help="The column of the values; none for a list of members.")
    ] = None,
    expires: Annotated[
        str | None, Option("--expires", metavar="90d|TIME", help="Until when the values hold; else as the tag says.")
    ] = None,
    reason: Reason = "",
) -> Answer:
    """Give an imported tag the values of a file, in the place of those it has."""
    session = session_of(context)
    place = file if "://" in file else str(Path(file).absolute())
    given_by = {"expires": expires, "reason": reason, "author": getpass.getuser()}
    document = ask(session, "tags_import", name=name, file=place, key=key, value=value, **given_by)
    rejects = [f"{fault['line']}: {fault['reason']}" for fault in document["rejects"]]

    def view(console: Any) -> None:
        counts(session, document, IMPORTED)(console)
        lines(*rejects)(console)

    return Answer(document, view, 1 if document["rejected"] else 0)


def refresh(
    context: Context,
    names: Annotated[list[str] | None, Argument(metavar="[NAME]...", help="SQL tags; all unless given.")] = None,
    due: Annotated[bool, Option("--due", help="Only those whose time has come.")] = False,
) -> Answer:
    """Run the queries of SQL tags."""
    session = session_of(context)
    found = ask(session, "tags_refresh", names=names or [], due=due, author=getpass.getuser())
    return Answer({"runs": found}, _runs(session, found))


def runs(
    context: Context, name: Annotated[str | None, Argument(metavar="[NAME]", help="The tag's name.")] = None
) -> Answer:
    """List what imports and queries wrote, the last first."""
    session = session_of(context)
    found = ask(session, "tags_runs", name=name)
    return Answer({"runs": found}, _runs(session, found))


def _runs(session: Session, found: list[dict[str, Any]]) -> View:
    heads = ("run", "tag", "at", "rows", "source", "author", "expires_at")
    return grid([session.say(head) for head in heads], [[run[head] for head in heads] for run in found])
