"""Commands about keys: list, create, change, rotate, disable."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, grid, lines, session_of
from limner.cli.door import ask
from limner.errors import DataError
from limner.govern.roles import Role

Id = Annotated[str, Argument(metavar="ID", help="The key's id, as `keys list` shows it.")]


def register(app: Typer) -> None:
    keys = Typer(help="Who may send events, and who may read.")
    keys.command("list")(list_)
    keys.command("create")(create)
    keys.command("change")(change)
    keys.command("rotate")(rotate)
    keys.command("disable")(disable)
    app.add_typer(keys, name="keys")


def list_(context: Context) -> Answer:
    """List all keys, disabled ones too; never their secrets."""
    session = session_of(context)
    keys = ask(session, "keys_list")
    heads = [session.say(head) for head in ("id", "name", "role", "source", "rate", "created", "state")]
    rows = [(*(key[name] for name in ("id", "name", "role", "source", "rate")), *_state(session, key)) for key in keys]
    return Answer({"keys": keys}, grid(heads, rows))


def _state(session: Session, key: dict[str, Any]) -> tuple[str, str]:
    """The day it was made, and how it stands."""
    if key["disabled_at"] is not None:
        state = session.say("disabled {day}", day=key["disabled_at"][:10])
    elif key["old_secret_until"] is not None:
        state = session.say("old secret until {time}", time=_minute(key["old_secret_until"]))
    else:
        state = session.say("in use")
    return key["created_at"][:10], state


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")


def create(
    context: Context,
    name: Annotated[str, Argument(metavar="NAME", help="Who or what will hold the key.")],
    role: Annotated[Role, Option("--role", help="write sends events; the others read.")] = Role.WRITE,
    source: Annotated[
        str | None, Option("--source", help="Of a write key: the source its events get; its name unless given.")
    ] = None,
    rate: Annotated[
        float | None, Option("--rate", help="Events (write) or requests per second; no limit unless given.")
    ] = None,
) -> Answer:
    """Make a key and print its secret, once."""
    session = session_of(context)
    asked = {"name": name, "role": role.value, "source": source, "rate": rate, "author": getpass.getuser()}
    document = ask(session, "keys_create", **asked)
    return Answer(document, _secret(session, document))


def change(
    context: Context,
    id: Id,
    name: Annotated[str | None, Option("--name", help="Who or what holds the key.")] = None,
    rate: Annotated[float | None, Option("--rate", help="Events (write) or requests per second.")] = None,
    unlimited: Annotated[bool, Option("--no-rate", help="No limit any more.")] = False,
) -> Answer:
    """Give a key another name or rate; what is not given stays, as do its role, source and secret."""
    session = session_of(context)
    if rate is not None and unlimited:
        raise DataError("--rate and --no-rate exclude each other.", hint="Give one of them.")
    asked = {"name": name, "rate": rate, "unlimited": unlimited, "author": getpass.getuser()}
    document = ask(session, "keys_change", id=id, **asked)
    said = {part: document[part] for part in ("name", "role", "id")}
    return Answer(document, lines(session.say("{name} ({role}), id {id}", **said)))


def rotate(
    context: Context, id: Id, now: Annotated[bool, Option("--now", help="End the old secret at once.")] = False
) -> Answer:
    """Give a key a new secret and print it, once. The old one works for another 24 hours, unless --now."""
    session = session_of(context)
    document = ask(session, "keys_rotate", id=id, at_once=now, author=getpass.getuser())
    return Answer(document, _secret(session, document))


def _secret(session: Session, document: dict[str, Any]) -> View:
    texts = [
        session.say("{name} ({role}), id {id}", name=document["name"], role=document["role"], id=document["id"]),
        session.say("key: {key}", key=document["secret"]),
        session.say("Keep it now: only its hash is stored."),
    ]
    if document["old_secret_until"] is not None:
        texts.append(session.say("The old one works until {time}.", time=_minute(document["old_secret_until"])))
    return lines(*texts)


def disable(context: Context, id: Id) -> Answer:
    """End a key for good, at once."""
    session = session_of(context)
    document = ask(session, "keys_disable", id=id, author=getpass.getuser())
    return Answer(
        document, lines(session.say("{name} ({role}) is disabled.", name=document["name"], role=document["role"]))
    )
