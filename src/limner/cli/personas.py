"""Commands about personas: fit, list, show, edit, write, publish."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, grid, lines, session_of, stacked
from limner.cli.door import ask
from limner.cli.jobs import minute

Persona = Annotated[str, Argument(metavar="PERSONA", help="p1, p2, ...: as `personas list` has it.")]
Reason = Annotated[str, Option("--reason", metavar="TEXT", help="Why; kept with the version.")]


def register(app: Typer) -> None:
    personas = Typer(help="Personas: the typical customers, as cards and as a tag.")
    personas.command("fit")(fit)
    personas.command("list")(list_)
    personas.command("show")(show)
    personas.command("edit")(edit)
    personas.command("write")(write)
    personas.command("publish")(publish)
    app.add_typer(personas, name="personas")


def fit(
    context: Context,
    tag: Annotated[list[str] | None, Option("--tag", metavar="TAG", help="A tag; may be repeated.")] = None,
    count: Annotated[
        int | None, Option("--count", min=2, max=12, help="How many personas; the data decides unless given.")
    ] = None,
) -> Answer:
    """Seek the typical customers among those there are now; nothing is published by it."""
    session = session_of(context)
    document = ask(session, "personas_fit", tags=tag or [], count=count, author=getpass.getuser())
    return _listed(session, document)


def list_(context: Context) -> Answer:
    """List the personas with their sizes, and how far they can be relied on."""
    session = session_of(context)
    return _listed(session, ask(session, "personas_list"))


def _listed(session: Session, document: dict[str, Any]) -> Answer:
    if not document["personas"]:
        return Answer(document, lines(session.say("No personas yet: `limner personas fit` seeks them.")))
    heads = [session.say(head) for head in ("persona", "name", "share", "members", "worth", "version")]
    rows = [
        (
            card["persona"],
            card["name"][session.language],
            f"{card['share']:.1%}",
            "-" if card["members"] is None else card["members"],
            f"{card['worth']['index']:.0f}" if card["worth"] else "-",
            f"v{card['version']}",
        )
        for card in document["personas"]
    ]
    figures = document["fit"]
    said = session.say(
        "stability {stability}, rules agree with types {agreement}, sought in {tags} tags",
        stability=f"{figures['stability']:.2f}",
        agreement=f"{figures['agreement']:.1%}",
        tags=len(figures["tags"]),
    )
    state = "published" if document["published"] else "Not published: `limner personas publish` makes them a tag."
    return Answer(document, stacked(grid(heads, rows), lines("", said, session.say(state))))


def show(
    context: Context,
    persona: Persona,
    picture: Annotated[
        Path | None, Option("--picture", metavar="FILE", help="Write its picture there, as SVG.")
    ] = None,
) -> Answer:
    """Show a persona's card, and what was written on it when."""
    session = session_of(context)
    document = ask(session, "personas_show", persona=persona)
    if picture is not None:
        picture.write_text(document["picture"], encoding="utf-8")
    return _card(session, document)


def edit(
    context: Context,
    persona: Persona,
    name: Annotated[str | None, Option("--name", help="What it is called.")] = None,
    summary: Annotated[str | None, Option("--summary", help="In short.")] = None,
    scene: Annotated[str | None, Option("--scene", help="A moment in their life.")] = None,
    motive: Annotated[list[str] | None, Option("--motive", help="Why they buy; may be repeated.")] = None,
    goal: Annotated[list[str] | None, Option("--goal", help="What they want to reach; may be repeated.")] = None,
    quote: Annotated[list[str] | None, Option("--quote", help="In their words; may be repeated.")] = None,
    version: Annotated[
        int | None, Option("--version", min=1, help="Alone: this version becomes the newest again.")
    ] = None,
    reason: Reason = "",
) -> Answer:
    """Write on a persona's card: a new version, which later fits leave as it is."""
    session = session_of(context)
    given = {"name": name, "summary": summary, "scene": scene, "motives": motive, "goals": goal, "quotes": quote}
    changes: dict[str, Any] | None = {key: _said(session, value) for key, value in given.items() if value is not None}
    if not changes and version is not None:
        changes = None
    asked = {"changes": changes, "version": version, "author": getpass.getuser(), "reason": reason}
    return _card(session, ask(session, "personas_edit", persona=persona, **asked))


def _said(session: Session, value: str | list[str]) -> object:
    """Texts in the language of the session; the other one stays."""
    return {str(session.language): value} if isinstance(value, str) else value


def write(context: Context, persona: Persona) -> Answer:
    """Let the language model of limner.toml tell a persona's card, from its figures alone."""
    session = session_of(context)
    return _card(session, ask(session, "personas_write", persona=persona, author=getpass.getuser()))


def publish(
    context: Context,
    reason: Reason = "",
    force: Annotated[bool, Option("--force", help="Though the types are not stable.")] = False,
) -> Answer:
    """Make the personas a tag that says of everybody, at any instant, which one they are."""
    session = session_of(context)
    document = ask(session, "personas_publish", author=getpass.getuser(), reason=reason, force=force)
    said = session.say("The tag {tag} says so now, as version {version}.", **document)
    return Answer(document, lines(said))


def _card(session: Session, card: dict[str, Any]) -> Answer:
    language = session.language
    shown = [lines(f"{card['persona']}  {card['name'][language]}", card["summary"][language], card["scene"][language])]
    heads = [session.say(head) for head in ("tag", "value", "share", "of all", "TGI")]
    rows = [
        (trait["tag"], trait["value"], f"{trait['share']:.1%}", f"{trait['base_share']:.1%}", f"{trait['tgi']:.0f}")
        for trait in card["traits"]
    ]
    shown += [lines(""), grid(heads, rows), lines("")]
    told = [(session.say(key), "; ".join(card[key])) for key in ("motives", "goals", "quotes") if card[key]]
    if card["worth"]:
        worth = card["worth"]
        told.append((session.say("worth"), f"{worth['tag']} {worth['mean']:,} ({worth['index']:.0f})"))
    shown.append(grid([], told))
    versions = [
        (f"v{each['version']}", minute(each["saved_at"]), each["author"], each["reason"]) for each in card["versions"]
    ]
    shown += [lines(""), grid([session.say(head) for head in ("version", "at", "author", "reason")], versions)]
    return Answer(card, stacked(*shown))
