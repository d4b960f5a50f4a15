"""Commands about what tags need, who uses them, and how they are: lineage, health."""

from __future__ import annotations

from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, as_yaml, grid, lines, session_of
from limner.cli.door import ask
from limner.cli.reviews import Name


def register(tags: Typer) -> None:
    tags.command("lineage")(lineage)
    tags.command("health")(health)


def lineage(context: Context, name: Name) -> Answer:
    """Show what a tag needs, itself and through others, and who uses it."""
    document = ask(session_of(context), "tags_lineage", name=name)
    return Answer(document, lines(as_yaml(document)))


def health(
    context: Context,
    name: Annotated[str | None, Argument(metavar="[NAME]", help="This tag; else all.")] = None,
    now: Annotated[bool, Option("--now", help="Look now; else as it was found last, once a day.")] = False,
) -> Answer:
    """Show how tags are: coverage, freshness, stability, power, near-duplicates, users; zombies are marked."""
    session = session_of(context)
    if now:
        ask(session, "tags_examine")
    found = ask(session, "tags_health", name=name)
    if name is not None:
        return Answer(found[0], lines(as_yaml(found[0])))
    return Answer({"health": found}, _table(session, found))


def _table(session: Session, found: list[dict[str, Any]]) -> View:
    heads = [session.say(head) for head in ("name", "coverage", "distinct", "newest event", "stability", "like")]
    rows = [
        (
            each["name"],
            "" if each["coverage"] is None else f"{each['coverage']:.1%}",
            each["distinct"],
            (each["newest_event"] or "")[:16].replace("T", " "),
            "" if each["stability"] is None else f"{each['stability']:.3f}",
            ", ".join(twin["tag"] for twin in each["twins"]),
            session.say("zombie") if each["zombie"] else "",
        )
        for each in found
    ]
    return grid([*heads, ""], rows)
