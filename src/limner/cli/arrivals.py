"""Commands about what is coming in: events tail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from typer import Context, Option, Typer

from limner.cli.answer import Answer, Session, View, grid, lines, session_of
from limner.cli.progress import progress_on_stderr
from limner.cli.served import connect
from limner.errors import Unavailable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

COLOURS = {"stored": "green", "refused": "red", "violates": "yellow"}
Event = Mapping[str, Any]


def register(app: Typer) -> None:
    events = Typer(help="What clients are sending.")
    events.command("tail")(tail)
    events.command("violations")(violations)
    app.add_typer(events, name="events")


def tail(
    context: Context,
    source: Annotated[str | None, Option("--source", help="Only what comes from this source.")] = None,
    refused: Annotated[bool, Option("--refused", help="Only what was refused, and why.")] = False,
    follow: Annotated[bool, Option("--follow", "-f", help="Go on as more comes in, until interrupted.")] = False,
    limit: Annotated[int, Option("--limit", "-n", min=1, max=1000, help="How many of the last ones to show.")] = 20,
) -> Answer:
    """Show what just came in through a running server, from whom, and what became of it."""
    session = session_of(context)
    asked = {"source": source, "outcome": "refused" if refused else None, "limit": limit}
    if follow:
        return Answer({}, _view(session, []), following=_follow(session, asked))
    with connect(session.folder) as served, progress_on_stderr() as progress:
        if served is None:
            raise _unserved(session)
        page = served.call("events_recent", asked, progress)
    return Answer({"events": page["events"]}, _view(session, page["events"] or None))


def violations(
    context: Context,
    source: Annotated[str | None, Option("--source", help="Only what comes from this source.")] = None,
) -> Answer:
    """Show how often the tracking plan was broken since the server started, by event and property."""
    session = session_of(context)
    with connect(session.folder) as served, progress_on_stderr() as progress:
        if served is None:
            raise _unserved(session)
        found = served.call("events_violations", {"source": source}, progress)
    heads = ("source", "event", "property", "fault", "events")
    rows = [[one[head] for head in heads] for one in found]
    nothing = lines(session.say("The tracking plan was not broken."))
    return Answer({"violations": found}, grid([session.say(head) for head in heads], rows) if rows else nothing)


def _follow(session: Session, asked: Mapping[str, Any]) -> Iterator[Answer]:
    with connect(session.folder) as served:
        if served is None:
            raise _unserved(session)
        for page in served.follow(asked):
            if page["lost"]:
                told = session.say("{n} more came in between, too fast to be shown.", n=page["lost"])
                yield Answer({"lost": page["lost"]}, _lost(told))
            for event in page["events"]:
                yield Answer(event, _view(session, [event]))


def _unserved(session: Session) -> Unavailable:
    return Unavailable(
        session.say("No server serves {folder}.", folder=session.folder),
        hint=session.say("Events are watched through a running server: start `limner serve`."),
    )


def _view(session: Session, events: Iterable[Event] | None) -> View:
    """An event a line, and under those that were not simply stored the reason. None = there are none at all."""

    def view(console: Console) -> None:
        if events is None:
            console.print(session.say("Nothing has come in since the server started."), highlight=False)
            return
        for event in events:
            console.print(_line(session, event), soft_wrap=True)

    return view


def _line(session: Session, event: Event) -> Text:
    from rich.text import Text

    colour = COLOURS[event["outcome"]]
    who = "  ".join(f"{each['type']}:{each['value']}" for each in event["identifiers"])
    parts = [
        (event["at"][11:19], "dim"),
        (session.say(event["outcome"]), colour),
        (event["source"], "cyan"),
        (event["name"] or "?", "bold"),
        (who, ""),
    ]
    line = Text("  ").join(Text(_printable(text), style) for text, style in parts if text)
    if event["reason"] is not None:
        line.append(f"\n    {_printable(event['reason'])}", colour)
    return line


def _printable(text: str) -> str:
    """Without what a client could play on a terminal with."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _lost(text: str) -> View:
    def view(console: Console) -> None:
        console.print(text, style="yellow", markup=False, highlight=False)

    return view
