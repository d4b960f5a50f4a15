"""Commands about what to do next: actions list, next, decide."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

from typer import Context, Option, Typer

from limner.cli.answer import Answer, counts, grid, lines, session_of, stacked
from limner.cli.audiences import read_rule
from limner.cli.door import ask
from limner.cli.words import AsOf, Key, Rule


def register(app: Typer) -> None:
    actions = Typer(no_args_is_help=True, help="What to do next about customers: actions of actions.yaml.")
    actions.command("list")(list_)
    actions.command("next")(next_)
    actions.command("decide")(decide)
    app.add_typer(actions, name="actions")


def list_(context: Context) -> Answer:
    """List the actions there are."""
    session = session_of(context)
    found = ask(session, "actions_list")
    heads = ("action", "title", "channel", "effect", "value", "cost")
    rows = [
        [
            one["name"],
            one["title"].get(session.language) or next(iter(one["title"].values()), ""),
            one["channel"],
            str(one.get("effect", one.get("propensity"))),
            str(one["value"]),
            str(one["cost"]),
        ]
        for one in found
    ]
    view = grid([session.say(head) for head in heads], rows) if found else lines(session.say("There are no actions."))
    return Answer({"actions": found}, view)


def next_(
    context: Context,
    key: Key,
    as_of: AsOf = None,
    remember: Annotated[
        bool, Option("--remember", help="Remember the decision as an event: it is about to be done.")
    ] = False,
) -> Answer:
    """Say what to do about one customer now, why, and why nothing else."""
    session = session_of(context)
    document: dict[str, Any] = (
        ask(session, "action_decide", key=key) if remember else ask(session, "next_best_action", key=key, as_of=as_of)
    )
    others = [
        [one["action"], "" if one["gain"] is None else f"{one['gain']:.4g}", one["words"][session.language]]
        for one in document["others"]
    ]
    shown = grid([session.say(head) for head in ("action", "gain", "reason")], others)
    return Answer(document, stacked(lines(f"{document['action']}  {document['reason'][session.language]}"), shown))


def decide(
    context: Context,
    rule: Rule,
    remember: Annotated[
        bool, Option("--remember", help="Remember the decisions as events: they are about to be done.")
    ] = False,
) -> Answer:
    """Decide about everybody who meets a rule."""
    session = session_of(context)
    document = ask(session, "actions_decide", rule=read_rule(rule), remember=remember, author=getpass.getuser())
    rows = [[name, count] for name, count in document["actions"].items()]
    numbers = counts(session, document, ("customers", "explored", "gain", "remembered"))
    return Answer(document, stacked(grid([session.say("action"), session.say("customers")], rows), numbers))
