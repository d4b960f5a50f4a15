"""Commands about who is one person: identity show, merge, split, explain; and erase."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated, Any

import typer
from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, as_yaml, grid, lines, session_of
from limner.cli.door import ask
from limner.cli.words import Author, Key, Reason


def register(app: Typer) -> None:
    identity = Typer(help="Which identifiers are one customer (One-ID).")
    identity.command("show")(show)
    identity.command("merge")(merge)
    identity.command("split")(split)
    identity.command("explain")(explain)
    identity.command("block")(block)
    identity.command("unblock")(unblock)
    app.add_typer(identity, name="identity")
    app.command("erase")(erase)


def show(context: Context, key: Key) -> Answer:
    """Show a customer's identifiers, and which of them are shared by too many to link anybody."""
    session = session_of(context)
    document = ask(session, "identity_show", key=key)
    heads = [session.say(head) for head in ("type", "value", "events", "shared", "first seen", "last seen")]
    rows = [
        (each["type"], each["value"], each["events"], "*" if each["shared"] else "", *_days(each))
        for each in document["identifiers"]
    ]
    return Answer(document, grid(heads, rows, title=document["customer_id"]))


def _days(seen: dict[str, Any]) -> tuple[str, str]:
    return (seen["first_seen"] or "")[:10], (seen["last_seen"] or "")[:10]


def merge(context: Context, left: Key, right: Key, author: Author = "", reason: Reason = "") -> Answer:
    """Say that two keys are one customer. Kept as an event; split takes it back."""
    decided = {"author": author or getpass.getuser(), "reason": reason}
    document = ask(session_of(context), "identity_merge", a=left, b=right, **decided)
    return Answer(document, lines(as_yaml(document)))


def split(
    context: Context,
    keys: Annotated[list[str], Argument(metavar="KEY...", help="The identifiers that leave: type:value.")],
    author: Author = "",
    reason: Reason = "",
) -> Answer:
    """Take identifiers out of their customer; they become one of their own, with their events."""
    decided = {"author": author or getpass.getuser(), "reason": reason}
    document = ask(session_of(context), "identity_split", keys=keys, **decided)
    return Answer(document, lines(as_yaml(document)))


def explain(context: Context, left: Key, right: Key) -> Answer:
    """Say why two keys are, or are not, one customer: the chain of events that links them."""
    document = ask(session_of(context), "identity_explain", a=left, b=right)
    return Answer(document, lines(document["why"], *map(_step, document["chain"])))


def block(context: Context, key: Key, author: Author = "", reason: Reason = "") -> Answer:
    """Stop following a customer, such as a bot: its events are kept, its portrait stays as it is."""
    decided = {"author": author or getpass.getuser(), "reason": reason}
    document = ask(session_of(context), "identity_block", key=key, **decided)
    return Answer(document, lines(as_yaml(document)))


def unblock(context: Context, key: Key, author: Author = "", reason: Reason = "") -> Answer:
    """Follow a customer again, with all that came in meanwhile."""
    decided = {"author": author or getpass.getuser(), "reason": reason}
    document = ask(session_of(context), "identity_unblock", key=key, **decided)
    return Answer(document, lines(as_yaml(document)))


def _step(step: dict[str, Any]) -> str:
    """One link of the chain, and what proves it."""
    first, last = _days(step)
    if step["by"] == "merge":
        proof = f"merge, seq {step['seq']}, {step['author']}: {step['reason']}"
    else:
        proof = f"{step['events']} x {step['event']} ({step['source']}), {first} .. {last}"
    return f"  {step['left']} - {step['right']}: {proof}"


def erase(
    context: Context,
    key: Key,
    yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False,
) -> Answer:
    """Remove a person from everything that is stored. There is no way back."""
    session = session_of(context)
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter(session.say("Erasing cannot be undone: say --yes to do it without being asked."))
        typer.confirm(session.say("Erase {key} for ever?", key=key), abort=True, err=True)
    document = ask(session, "erase", key=key, author=getpass.getuser())
    return Answer(document, lines(as_yaml(document)))
