"""Commands about a whole workspace: init, demo, serve, doctor, bench."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, counts, lines, session_of
from limner.cli.door import ask, open_door
from limner.cli.progress import progress_on_stderr
from limner.settings import ServerSettings

if TYPE_CHECKING:
    from rich.console import Console

Port = Annotated[int | None, Option("--port", min=1, max=65535, help="Port to listen on; else PORT, else 8300.")]
Host = Annotated[str | None, Option("--host", help="Address to listen on; this machine only unless given.")]


def register(app: Typer) -> None:
    app.command("init")(init)
    app.command("demo")(demo)
    app.command("serve")(serve)
    app.command("doctor")(doctor)
    app.command("bench")(bench)


def init(
    context: Context,
    folder: Annotated[Path, Argument(metavar="DIR", help="The folder to make; it may exist if it is empty.")],
    timezone: Annotated[str, Option("--timezone", metavar="ZONE", help="Whose days these are.")] = "Asia/Shanghai",
) -> Answer:
    """Make a workspace and print its keys, once."""
    import limner

    session = session_of(context)
    keys = limner.init(folder, timezone=timezone)
    document = {"write_key": keys.write_key, "api_key": keys.api_key}
    return Answer(
        document,
        lines(
            session.say("Made the workspace {folder}.", folder=folder),
            session.say("write key (for collecting): {key}", key=keys.write_key),
            session.say("API key (for reading):      {key}", key=keys.api_key),
            session.say("Keep both now: only their hashes are stored."),
        ),
    )


def demo(
    context: Context,
    folder: Annotated[Path, Argument(metavar="DIR", help="The folder to make; one made before is kept.")],
    serve_it: Annotated[bool, Option("--serve/--no-serve", help="Serve it afterwards.")] = True,
    port: Port = None,
    host: Host = None,
) -> Answer:
    """Make a demo shop with 13 months of events and a starter tag system, then serve it."""
    session = session_of(context)
    settings = _server_settings(port, host)
    from limner.api.port import check_port
    from limner.demo.build import build_demo

    if serve_it:
        check_port(settings)
    with progress_on_stderr() as progress:
        made = build_demo(folder, progress=progress)
    view = lines(
        session.say("The demo shop is in {folder}.", folder=folder),
        session.say("user:     {user}", user=made.user),
        session.say("password: {password}", password=made.password),
        session.say("API key:  {key}", key=made.api_key),
    )
    document = {"user": made.user, "password": made.password, "api_key": made.api_key}
    serving = partial(_serve, session, folder.absolute(), settings) if serve_it else None
    return Answer(document, view, serve=serving)


def serve(context: Context, port: Port = None, host: Host = None) -> Answer:
    """Serve the workspace over HTTP, in the foreground, until interrupted."""
    session = session_of(context)
    settings = _server_settings(port, host)
    return Answer({"url": settings.url}, lines(), serve=partial(_serve, session, session.folder, settings))


def _server_settings(port: int | None, host: str | None) -> ServerSettings:
    read = ServerSettings.read(os.environ)
    return ServerSettings(host=host or read.host, port=port or read.port)


def _serve(session: Session, folder: Path, settings: ServerSettings, show: Callable[[], None]) -> None:
    from limner.api.server import serve_workspace

    def announce() -> None:
        show()
        text = session.say("Serving {folder} at {url} (Ctrl-C stops it).", folder=folder, url=settings.url)
        print(text, file=sys.stderr, flush=True)  # noqa: T201

    serve_workspace(folder, settings, announce)


def doctor(context: Context) -> Answer:
    """Look the workspace over: versions, files, sizes, and what to do about what is wrong."""
    session = session_of(context)
    document = ask(session, "doctor")
    facts = {name: value for name, value in document.items() if name not in {"advice", "bytes"}}
    sizes = {f"{name} (bytes)": size for name, size in document["bytes"].items()}
    shown = counts(session, facts | sizes, facts | sizes)

    def view(console: Console) -> None:
        shown(console)
        lines("", *(f"! {advice}" for advice in document["advice"]))(console)

    return Answer(document, view)


def bench(
    context: Context,
    reads: Annotated[int, Option("--reads", min=1, help="How many portraits to read.")] = 200,
) -> Answer:
    """Measure this workspace on this machine: fold all, read portraits, count an audience."""
    from limner.cli.bench import measure_workspace

    session = session_of(context)
    with progress_on_stderr() as progress, open_door(session.folder) as door:
        document = measure_workspace(door, reads, progress)
    return Answer(document, counts(session, document, document))
