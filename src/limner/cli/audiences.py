"""Commands about audiences: count and export who meets a rule; save them under a name, and look at those."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, as_yaml, counts, grid, lines, session_of, stacked
from limner.cli.door import ask, whole
from limner.cli.words import AsOf, FileFormat, Out, Rule
from limner.errors import DefinitionError, Problem

Name = Annotated[str, Argument(metavar="NAME", help="The audience's name: letters, digits and _.")]


def register(app: Typer) -> None:
    from limner.cli import insight  # it reads rules as this file does

    audience = Typer(help="Who meets a condition.")
    audience.command("count")(count)
    audience.command("export")(export)
    audience.command("save")(save)
    audience.command("list")(list_)
    audience.command("show")(show)
    audience.command("members")(members)
    audience.command("snapshot")(snapshot)
    audience.command("snapshots")(snapshots)
    audience.command("diff")(diff)
    audience.command("drop")(drop)
    insight.register(audience)
    app.add_typer(audience, name="audience")


def count(
    context: Context,
    rule: Rule,
    as_of: AsOf = None,
    steps: Annotated[bool, Option("--steps", help="Also count each part of the rule, as a funnel.")] = False,
) -> Answer:
    """Count the customers who meet the rule."""
    session = session_of(context)
    document = ask(session, "audience_count", rule=read_rule(rule), as_of=as_of, steps=steps)
    total = counts(session, document, ("count", "as_of"))
    if not steps:
        return Answer(document, total)
    heads = [session.say(head) for head in ("rule", "count", "so far")]
    return Answer(document, stacked(total, grid(heads, list(_list_steps(document["steps"])))))


def _list_steps(step: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, int, int]]:
    written = json.dumps(step["rule"], ensure_ascii=False)
    word = next((word for word in ("all", "any", "not") if word in step["rule"]), None) if step["parts"] else None
    yield "  " * depth + (word or written), step["count"], step["so_far"]
    for part in step["parts"]:
        yield from _list_steps(part, depth + 1)


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
    rule: Annotated[
        str | None, Option("--rule", metavar="JSON", help="A condition; @FILE reads it. As it was unless given.")
    ] = None,
    title: Annotated[str | None, Option("--title", metavar="TEXT", help="What people call it.")] = None,
    live: Annotated[bool | None, Option("--live/--not-live", help="Follow it event by event (as it is made).")] = None,
    schedule: Annotated[
        str | None,
        Option("--schedule", metavar="CRON", help="When to take snapshots, such as '30 2 * * *'; '' = never."),
    ] = None,
    min_: Annotated[int | None, Option("--min", metavar="N", help="Fewer members alarm.")] = None,
    max_: Annotated[int | None, Option("--max", metavar="N", help="More members alarm.")] = None,
    change: Annotated[
        float | None, Option("--change", metavar="SHARE", help="A larger change since the last snapshot alarms: 0.2.")
    ] = None,
) -> Answer:
    """Follow who meets a rule, under a name; one that has the name already keeps what is not given anew."""
    session = session_of(context)
    bounds = {"min": min_, "max": max_, "change": change}
    document = ask(
        session,
        "audience_save",
        name=name,
        rule=None if rule is None else read_rule(rule),
        title=title,
        live=live,
        schedule=schedule,
        alarm=None if all(bound is None for bound in bounds.values()) else bounds,
        author=getpass.getuser(),
    )
    said = "The audience {name} is followed." if document["live"] else "The audience {name} is kept."
    return Answer(document, lines(session.say(said, name=document["name"])))


def list_(context: Context) -> Answer:
    """List the audiences that have a name, with their rules."""
    session = session_of(context)
    audiences = ask(session, "audience_list")
    heads = [session.say(head) for head in ("name", "title", "members", "alarms", "rule")]
    rows = [
        (
            each["name"],
            each["title"].get(session.language) or next(iter(each["title"].values()), ""),
            each["members"],
            session.say("broken") if each["problem"] else ", ".join(one["alarm"] for one in each["alarms"]),
            json.dumps(each["rule"], ensure_ascii=False),
        )
        for each in audiences
    ]
    return Answer({"audiences": audiences}, grid(heads, rows))


def show(context: Context, name: Name) -> Answer:
    """Show one: its rule in words, who needs it, its versions and its last snapshot."""
    document = ask(session_of(context), "audience_show", name=name)
    return Answer(document, lines(as_yaml(document)))


def members(
    context: Context,
    name: Name,
    as_of: AsOf = None,
    snapshot: Annotated[int | None, Option("--snapshot", metavar="N", help="Who was in that snapshot.")] = None,
    limit: Annotated[int, Option("--limit", metavar="N", help="How many to list.")] = 1000,
    cursor: Annotated[str | None, Option("--cursor", help="Go on where a list ended: its `next`.")] = None,
) -> Answer:
    """List who is in an audience now, was at another instant, or was in a snapshot."""
    asked = {"name": name, "as_of": as_of, "snapshot": snapshot, "limit": limit, "cursor": cursor}
    document = ask(session_of(context), "audience_members", **asked)
    return Answer(document, lines(*document["customers"]))


def snapshot(context: Context, name: Name, as_of: AsOf = None) -> Answer:
    """Keep who is in an audience now, or was at another instant."""
    session = session_of(context)
    document = ask(session, "audience_snapshot", name=name, as_of=as_of)
    return Answer(document, counts(session, document, ("number", "size", "as_of")))


def snapshots(context: Context, name: Name) -> Answer:
    """List the snapshots of an audience."""
    session = session_of(context)
    document = ask(session, "audience_snapshots", name=name)
    heads = ("number", "as_of", "size", "version")
    rows = [[each[head] for head in heads] for each in document["snapshots"]]
    return Answer(document, grid([session.say(head) for head in heads], rows))


def diff(
    context: Context,
    name: Name,
    before: Annotated[str | None, Argument(metavar="BEFORE", help="A snapshot's number, a time, or now.")] = None,
    after: Annotated[str | None, Argument(metavar="AFTER", help="The same; without both, the last two.")] = None,
    limit: Annotated[int, Option("--limit", metavar="N", help="How many to list.")] = 100,
) -> Answer:
    """Say who entered an audience, who left and how many stayed, between two looks."""
    session = session_of(context)
    document = ask(session, "audience_diff", name=name, before=before, after=after, limit=limit)
    numbers = {side: document[side]["count"] for side in ("entered", "left")} | {"stayed": document["stayed"]}
    heads = [session.say(head) for head in ("customer", "test", "before", "after")]
    reasons = [
        (each["customer_id"], json.dumps(one["test"], ensure_ascii=False), one["before"], one["after"])
        for each in document["reasons"]
        for one in each["changed"]
    ]
    view = counts(session, numbers, numbers)
    return Answer(document, stacked(view, grid(heads, reasons)) if reasons else view)


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
