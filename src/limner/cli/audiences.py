"""Commands about audiences: count, export, save, list, drop."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, counts, grid, lines, session_of
from limner.cli.door import ask, whole
from limner.cli.words import AsOf, FileFormat, Out, Rule
from limner.errors import DefinitionError, Problem

Name = Annotated[str, Argument(metavar="NAME", help="The audience's name: letters, digits and _.")]


def register(app: Typer) -> None:
    audience = Typer(help="Who meets a condition.")
    audience.command("count")(count)
    audience.command("export")(export)
    audience.command("save")(save)
    audience.command("list")(list_)
    audience.command("drop")(drop)
    app.add_typer(audience, name="audience")


def count(context: Context, rule: Rule, as_of: AsOf = None) -> Answer:
    """Count the customers who meet the rule."""
    session = session_of(context)
    document = ask(session, "audience_count", rule=read_rule(rule), as_of=as_of)
    return Answer(document, counts(session, document, ("count", "as_of")))


def export(context: Context, out: Out, rule: Rule, as_of: AsOf = None, format: FileFormat = None) -> Answer:
    """Write those who meet the rule to a file, as export does."""
    session = session_of(context)
    document = ask(
        session,
        "audience_export",
        rule=read_rule(rule),
        out=whole(out),
        as_of=as_of,
        format=format,
        author=getpass.getuser(),
    )
    return Answer(document, counts(session, document, document))


def save(
    context: Context,
    name: Name,
    rule: Rule,
    title: Annotated[str | None, Option("--title", metavar="TEXT", help="What people call it.")] = None,
) -> Answer:
    """Follow who meets a rule, under a name; one that has the name already gets the new rule."""
    session = session_of(context)
    document = ask(session, "audience_save", name=name, rule=read_rule(rule), title=title, author=getpass.getuser())
    return Answer(document, lines(session.say("The audience {name} is followed.", name=document["name"])))


def list_(context: Context) -> Answer:
    """List the audiences that are followed, with their rules."""
    session = session_of(context)
    audiences = ask(session, "audience_list")
    heads = [session.say(head) for head in ("name", "title", "members", "rule")]
    rows = [
        (
            each["name"],
            each["title"].get(session.language) or next(iter(each["title"].values()), ""),
            each["members"],
            json.dumps(each["rule"], ensure_ascii=False),
        )
        for each in audiences
    ]
    return Answer({"audiences": audiences}, grid(heads, rows))


def drop(context: Context, name: Name) -> Answer:
    """Follow an audience no more."""
    session = session_of(context)
    document = ask(session, "audience_drop", name=name, author=getpass.getuser())
    return Answer(document, lines(session.say("The audience {name} is followed no more.", name=document["name"])))


def read_rule(text: str) -> Any:
    """The condition in the words of ``--rule``: JSON, or ``@FILE`` with JSON in it. Raises DefinitionError."""
    where = "--rule"
    if text.startswith("@"):
        where = text[1:]
        text = Path(where).read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        hint = """Write it as JSON, such as '{"value_tier": "high"}'."""
        raise DefinitionError([Problem(where, place, f"this is not JSON: {error.msg}.", hint)]) from error
