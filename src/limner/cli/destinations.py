"""Commands about destinations: list, add, change, test, disable, enable, replay, dead list, dead retry."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, as_yaml, grid, lines, session_of
from limner.cli.door import ask
from limner.ports.destinations import Shape

Name = Annotated[str, Argument(metavar="NAME", help="The destination's name; its letters' ids begin with it.")]
Tags = Annotated[list[str] | None, Option("--tag", metavar="TAG", help="Tell it of this tag; may be repeated.")]
Audiences = Annotated[
    list[str] | None, Option("--audience", metavar="NAME", help="Tell it of this audience; may be repeated.")
]


def register(app: Typer) -> None:
    destinations = Typer(help="Systems that are told what becomes different about customers.")
    destinations.command("list")(list_)
    destinations.command("add")(add)
    destinations.command("change")(change)
    destinations.command("test")(test)
    destinations.command("disable")(disable)
    destinations.command("enable")(enable)
    destinations.command("replay")(replay)
    dead = Typer(help="Letters that were given up.")
    dead.command("list")(dead_list)
    dead.command("retry")(dead_retry)
    destinations.add_typer(dead, name="dead")
    app.add_typer(destinations, name="destinations")


def list_(context: Context) -> Answer:
    """List all destinations and how far they have been told; never their secrets."""
    session = session_of(context)
    destinations = ask(session, "destinations_list")
    columns = ("name", "url", "format", "position", "behind", "late", "dead")
    heads = [session.say(head) for head in (*columns, "state")]
    rows = [(*(each[column] for column in columns), _state(session, each)) for each in destinations]
    return Answer({"destinations": destinations}, grid(heads, rows))


def _state(session: Session, destination: dict[str, Any]) -> str:
    if destination["disabled_at"] is not None:
        return session.say("disabled {day}", day=destination["disabled_at"][:10])
    if destination["failing_since"] is not None:
        since = destination["failing_since"][:16].replace("T", " ")
        return session.say("failing since {time}: {reason}", time=since, reason=destination["reason"])
    return session.say("in use")


def add(
    context: Context,
    name: Name,
    url: Annotated[
        str,
        Argument(metavar="URL", help="Where letters go; for Segment's formats the host, to which /v1/batch is added."),
    ],
    shape: Annotated[
        Shape,
        Option("--format", help="Signed Standard Webhooks, or Segment's protocol: by events, or by identify alone."),
    ] = Shape.STANDARD,
    tags: Tags = None,
    audiences: Audiences = None,
    write_key: Annotated[str | None, Option("--write-key", metavar="KEY", help="For Segment's formats.")] = None,
    allow_private: Annotated[
        bool, Option("--allow-private", help="Its address may lie in a private network, and be http.")
    ] = False,
) -> Answer:
    """Have a system told of changes from now on, and print the secret that letters are signed with, once."""
    session = session_of(context)
    document = ask(
        session,
        "destinations_add",
        name=name,
        url=url,
        format=shape.value,
        tags=tags or [],
        audiences=audiences or [],
        write_key=write_key,
        allow_private=allow_private,
        author=getpass.getuser(),
    )
    return Answer(document, _added(session, document))


def _added(session: Session, document: dict[str, Any]) -> View:
    told = session.say("{name} is told of everything after position {position}.", **document)
    if "secret" not in document:
        return lines(told)
    secret = session.say("secret: {secret}", secret=document["secret"])
    return lines(told, secret, session.say("Keep the secret now: it is not shown again."))


def change(
    context: Context,
    name: Name,
    url: Annotated[str | None, Option("--url", metavar="URL", help="Where letters go from now on.")] = None,
    tags: Tags = None,
    audiences: Audiences = None,
    write_key: Annotated[
        str | None, Option("--write-key", metavar="KEY", help="For Segment's formats; given anew with another address.")
    ] = None,
    allow_private: Annotated[
        bool | None,
        Option("--allow-private/--no-allow-private", help="Its address may lie in a private network, and be http."),
    ] = None,
) -> Answer:
    """Tell it elsewhere or of other things. What is not given stays, as do its secret and its position."""
    session = session_of(context)
    document = ask(
        session,
        "destinations_change",
        name=name,
        url=url,
        tags=tags,
        audiences=audiences,
        write_key=write_key,
        allow_private=allow_private,
        author=getpass.getuser(),
    )
    return Answer(document, lines(session.say("{name} is told of everything after position {position}.", **document)))


def test(context: Context, name: Name) -> Answer:
    """Send it a letter that tells of nobody, once, and say what it answered."""
    session = session_of(context)
    document = ask(session, "destinations_test", name=name, author=getpass.getuser())
    text = "{letter_id} was accepted: {reason}" if document["delivered"] else "{letter_id} was not accepted: {reason}"
    return Answer(document, lines(session.say(text, **document)))


def disable(context: Context, name: Name) -> Answer:
    """Tell it nothing any more, at once. Its position is remembered."""
    session = session_of(context)
    document = ask(session, "destinations_disable", name=name, author=getpass.getuser())
    return Answer(document, lines(session.say("{source} is disabled.", source=document["name"])))


def enable(context: Context, name: Name) -> Answer:
    """Go on where it was disabled, as far back as changes are kept."""
    session = session_of(context)
    document = ask(session, "destinations_enable", name=name, author=getpass.getuser())
    return Answer(document, lines(session.say("{name} is told of everything after position {position}.", **document)))


def replay(
    context: Context,
    name: Name,
    position: Annotated[int, Option("--from", metavar="POSITION", min=1, help="The first it is told of once more.")],
    dry_run: Annotated[bool, Option("--dry-run", help="Only say how many letters that would be.")] = False,
) -> Answer:
    """Tell it once more of everything from a position on, under the same ids."""
    session = session_of(context)
    if dry_run:
        document = ask(session, "destinations_replay_preview", name=name, position=position)
        told = "{letters} letters." if document["complete"] else "At least {letters} letters."
        return Answer(document, lines(session.say(told, **document)))
    document = ask(session, "destinations_replay", name=name, position=position, author=getpass.getuser())
    return Answer(document, lines(session.say("{name} is told of everything after position {position}.", **document)))


def dead_list(
    context: Context,
    destination: Annotated[str | None, Option("--destination", metavar="NAME", help="Only this one's.")] = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many at most.")] = 100,
) -> Answer:
    """Show letters that were given up, newest first, with the reason and the message."""
    session = session_of(context)
    letters = ask(session, "destinations_dead", name=destination, limit=limit)
    shown = [text for letter in letters for text in _letter(letter)]
    return Answer({"letters": letters}, lines(*(shown or [session.say("There is no dead letter.")])))


def _letter(letter: dict[str, Any]) -> tuple[str, str]:
    head = f"{letter['id']}  {letter['letter_id']}  {letter['died_at'][:16].replace('T', ' ')}  {letter['reason']}"
    return head, "    " + as_yaml(letter["message"]).replace("\n", "\n    ")


def dead_retry(
    context: Context,
    destination: Annotated[str | None, Argument(metavar="[NAME]", help="Only this destination's.")] = None,
    id: Annotated[int | None, Option("--id", help="Only this one, by its number in the list.")] = None,
) -> Answer:
    """Try dead letters again, all of them or those named. They come after what was told meanwhile."""
    session = session_of(context)
    document = ask(session, "destinations_retry", name=destination, id=id, author=getpass.getuser())
    return Answer(document, lines(session.say("{letters} letters are tried again.", **document)))
