"""Commands about packages: audiences that are taken away as files."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, as_yaml, counts, grid, lines, session_of
from limner.cli.door import ask, whole
from limner.cli.words import Out
from limner.errors import DataError

Name = Annotated[str, Argument(metavar="NAME", help="The package's name.")]


def register(app: Typer) -> None:
    package = Typer(help="Audiences as files that are taken away.")
    for name, command in (
        ("save", save),
        ("list", list_),
        ("drop", drop),
        ("write", write),
        ("send", send),
        ("deliveries", deliveries),
        ("retry", retry),
    ):
        package.command(name)(command)
    app.add_typer(package, name="package")


def save(
    context: Context,
    definition: Annotated[Path, Argument(metavar="FILE", help="Its definition, in YAML.")],
    secret_env: Annotated[
        str | None, Option("--secret-env", metavar="NAME", help="The variable that has the target's secret.")
    ] = None,
) -> Answer:
    """Make a package, or change all of the one with its name."""
    from limner.model.yaml_text import load_yaml

    session = session_of(context)
    secret = None
    if secret_env is not None and (secret := os.environ.get(secret_env)) is None:
        raise DataError(f"There is no variable {secret_env}.")
    data = load_yaml(definition.read_bytes(), definition.name)
    if not isinstance(data, dict):
        raise DataError(f"{definition} has no fields.", hint="Write name: ..., audience: ...")
    document = ask(session, "package_save", definition=data, secret=secret, author=getpass.getuser())
    return Answer(document, lines(as_yaml(document)))


def list_(context: Context) -> Answer:
    """List the packages, with their last deliveries."""
    session = session_of(context)
    packages = ask(session, "package_list")
    heads = [session.say(head) for head in ("name", "audience", "format", "target", "status")]
    rows = [
        (
            each["name"],
            each["audience"],
            each["format"],
            (each["target"] or {}).get("kind", ""),
            (each["last"] or {}).get("status", ""),
        )
        for each in packages
    ]
    return Answer({"packages": packages}, grid(heads, rows))


def drop(context: Context, name: Name) -> Answer:
    """Forget a package and its deliveries."""
    session = session_of(context)
    document = ask(session, "package_drop", name=name, author=getpass.getuser())
    return Answer(document, lines(session.say("The package {name} is gone.", name=name)))


def write(
    context: Context,
    name: Name,
    out: Out,
    snapshot: Annotated[int | None, Option("--snapshot", metavar="N", help="Who was in that snapshot.")] = None,
) -> Answer:
    """Write a package to a file here."""
    session = session_of(context)
    asked = {"name": name, "out": whole(out), "snapshot": snapshot, "author": getpass.getuser()}
    document = ask(session, "package_write", **asked)
    shown = {**document, "customers": document["rows"]}
    return Answer(document, counts(session, shown, ("snapshot", "customers", "file")))


def send(context: Context, name: Name) -> Answer:
    """Take a snapshot of the audience and bring the package to its target."""
    return _delivered(context, ask(session_of(context), "package_send", name=name, author=getpass.getuser()))


def retry(
    context: Context, id: Annotated[int, Argument(metavar="ID", help="The delivery, as `package deliveries` lists it.")]
) -> Answer:
    """Bring a delivery once more: the same content under the same name."""
    return _delivered(context, ask(session_of(context), "package_retry", id=id, author=getpass.getuser()))


def _delivered(context: Context, document: dict[str, object]) -> Answer:
    session = session_of(context)
    shown = counts(
        session, {**document, "customers": document["rows"]}, ("id", "status", "customers", "file", "reason")
    )
    return Answer(document, shown, 0 if document["status"] == "delivered" else 1)


def deliveries(
    context: Context,
    package: Annotated[str | None, Option("--package", metavar="NAME", help="Of one package; else of all.")] = None,
    limit: Annotated[int, Option("--limit", metavar="N", help="How many to list.")] = 100,
) -> Answer:
    """List what was brought and what was not, newest first."""
    session = session_of(context)
    found = ask(session, "package_deliveries", name=package, limit=limit)
    heads = ("id", "package", "status", "tries", "customers", "file", "reason")
    rows = [[{**each, "customers": each["rows"]}[head] for head in heads] for each in found]
    return Answer({"deliveries": found}, grid([session.say(head) for head in heads], rows))
