"""Commands about webhooks: list, create, map, rotate, disable."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, grid, lines, session_of
from limner.cli.door import ask
from limner.errors import DataError

Source = Annotated[str, Argument(metavar="SOURCE", help="The source its events get; the last part of its path.")]
Map = Annotated[Path, Option("--map", metavar="M.yaml", help="How the posted objects become events.")]
Rows = Annotated[str | None, Option("--rows", metavar="PATH", help="Where the list is in a body, such as data.items.")]


def register(app: Typer) -> None:
    webhooks = Typer(help="Systems that post signed events, such as questionnaires and shops.")
    webhooks.command("list")(list_)
    webhooks.command("create")(create)
    webhooks.command("map")(map_)
    webhooks.command("rotate")(rotate)
    webhooks.command("disable")(disable)
    app.add_typer(webhooks, name="webhooks")


def list_(context: Context) -> Answer:
    """List all webhooks, disabled ones too; never their secrets."""
    session = session_of(context)
    webhooks = ask(session, "webhooks_list")
    heads = [session.say(head) for head in ("source", "path", "rows", "created", "state")]
    rows = [
        (each["source"], each["path"], each["rows"], each["created_at"][:10], _state(session, each))
        for each in webhooks
    ]
    return Answer({"webhooks": webhooks}, grid(heads, rows))


def _state(session: Session, webhook: dict[str, Any]) -> str:
    if webhook["disabled_at"] is not None:
        return session.say("disabled {day}", day=webhook["disabled_at"][:10])
    if webhook["old_secret_until"] is not None:
        return session.say("old secret until {time}", time=_minute(webhook["old_secret_until"]))
    return session.say("in use")


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")


def create(context: Context, source: Source, mapping: Map, rows: Rows = None) -> Answer:
    """Let a system post events, and print the secret it signs them with, once."""
    session = session_of(context)
    document = ask(
        session, "webhooks_create", source=source, mapping=_read(mapping), rows=rows, author=getpass.getuser()
    )
    return Answer(document, _secret(session, document))


def map_(context: Context, source: Source, mapping: Map, rows: Rows = None) -> Answer:
    """Give a webhook another mapping. Its secret stays; `rejects retry` reads what it has rejected anew."""
    session = session_of(context)
    document = ask(session, "webhooks_map", source=source, mapping=_read(mapping), rows=rows, author=getpass.getuser())
    return Answer(document, lines(session.say("{source} has another mapping.", source=document["source"])))


def rotate(
    context: Context, source: Source, now: Annotated[bool, Option("--now", help="End the old secret at once.")] = False
) -> Answer:
    """Give a webhook a new secret and print it, once. The old one works for another 24 hours, unless --now."""
    session = session_of(context)
    document = ask(session, "webhooks_rotate", source=source, at_once=now, author=getpass.getuser())
    return Answer(document, _secret(session, document))


def disable(context: Context, source: Source) -> Answer:
    """Take nothing from a webhook any more, at once."""
    session = session_of(context)
    document = ask(session, "webhooks_disable", source=source, author=getpass.getuser())
    return Answer(document, lines(session.say("{source} is disabled.", source=document["source"])))


def _read(mapping: Path) -> str:
    """The mapping's text: the server need not see the file."""
    try:
        return mapping.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"The mapping {mapping} cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"The mapping {mapping} is not UTF-8.") from error


def _secret(session: Session, document: dict[str, Any]) -> View:
    texts = [
        session.say("path: {path}", path=document["path"]),
        session.say("secret: {secret}", secret=document["secret"]),
        session.say("Keep the secret now: it is not shown again."),
    ]
    if document["old_secret_until"] is not None:
        texts.append(session.say("The old one works until {time}.", time=_minute(document["old_secret_until"])))
    return lines(*texts)
