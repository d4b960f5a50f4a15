"""Commands about a whole workspace: init, demo, serve, doctor, bench."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, counts, grid, lines, session_of
from limner.cli.door import ask, open_door
from limner.cli.progress import progress_on_stderr
from limner.cli.words import AsOf
from limner.settings import PublicUrl, ServerSettings

if TYPE_CHECKING:
    from rich.console import Console

SAMPLE = 200
NO_CONSOLE = "The console is not part of this installation: install again where Node 20.19 or newer is. The API is."
Port = Annotated[int | None, Option("--port", min=1, max=65535, help="Port to listen on; else PORT, else 8300.")]
Host = Annotated[str | None, Option("--host", help="Address to listen on; this machine only unless given.")]
Public = Annotated[
    str | None,
    Option("--public-url", metavar="URL", help="Where browsers reach it; else public_url of limner.toml."),
]


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
    user: Annotated[
        str | None, Option("--user", metavar="NAME", help="Also make the console's first administrator.")
    ] = None,
) -> Answer:
    """Make a workspace and print its keys, once."""
    import limner
    from limner.govern.users import check_name

    session = session_of(context)
    if user is not None:
        check_name(user)
    keys = limner.init(folder, timezone=timezone)
    document = {"write_key": keys.write_key, "api_key": keys.api_key}
    texts = [
        session.say("Made the workspace {folder}.", folder=folder),
        session.say("write key (for collecting): {key}", key=keys.write_key),
        session.say("API key (for reading):      {key}", key=keys.api_key),
    ]
    if user is not None:
        with limner.open(folder) as workspace:
            password = workspace.users_add(user, "admin", author=user).password or ""
        document |= {"user": user, "password": password}
        texts += [session.say("user:     {user}", user=user), session.say("password: {password}", password=password)]
    kept = "Keep both now: only their hashes are stored." if user is None else "Keep them now: only hashes are stored."
    return Answer(document, lines(*texts, session.say(kept)))


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


def serve(context: Context, port: Port = None, host: Host = None, public_url: Public = None) -> Answer:
    """Serve the workspace over HTTP, in the foreground, until interrupted."""
    session = session_of(context)
    settings = _server_settings(port, host, public_url)
    return Answer({"url": settings.url}, lines(), serve=partial(_serve, session, session.folder, settings))


def _server_settings(port: int | None, host: str | None, public_url: str | None = None) -> ServerSettings:
    read = ServerSettings.read(os.environ)
    public = None if public_url is None else PublicUrl.parse(public_url, "--public-url")
    return ServerSettings(host=host or read.host, port=port or read.port, public_url=public)


def _serve(session: Session, folder: Path, settings: ServerSettings, show: Callable[[], None]) -> None:
    from limner.api.console import find_console
    from limner.api.server import serve_workspace

    def announce() -> None:
        show()
        text = session.say("Serving {folder} at {url} (Ctrl-C stops it).", folder=folder, url=settings.url)
        print(text, file=sys.stderr, flush=True)  # noqa: T201
        if find_console() is None:
            print(session.say(NO_CONSOLE), file=sys.stderr, flush=True)  # noqa: T201

    serve_workspace(folder, settings, announce)
    sys.stdout.flush()
    os._exit(0)  # all is closed and on the disk; to take a server apart only takes time, and its drivers complain of it


def doctor(
    context: Context,
    parity: Annotated[
        bool, Option("--parity", help="Fold a sample of customers from the log and compare: 1 if anything differs.")
    ] = False,
    sample: Annotated[int, Option("--sample", min=0, help="With --parity: how many customers by lot.")] = SAMPLE,
    as_of: AsOf = None,
) -> Answer:
    """Look the workspace over: versions, files, sizes, and what to do about what is wrong."""
    session = session_of(context)
    if parity:
        return _parity(session, ask(session, "doctor_parity", sample=sample, as_of=as_of))
    document = ask(session, "doctor")
    facts = {name: value for name, value in document.items() if name not in {"advice", "bytes", "heavy"}}
    sizes = {f"{name} (bytes)": size for name, size in document["bytes"].items()}
    shown = counts(session, facts | sizes, facts | sizes)

    def view(console: Console) -> None:
        shown(console)
        lines("", *(f"! {advice}" for advice in document["advice"]))(console)

    return Answer(document, view)


def _parity(session: Session, document: dict[str, Any]) -> Answer:
    """What was compared and, a line each, what differs."""
    facts = counts(session, document, ("as_of", "customers", "tags", "compared", "differing", "unsettled", "seconds"))
    heads = [session.say(head) for head in ("customer", "tag", "where", "live", "log")]
    rows = [(d["customer_id"], d["tag"], d["where"], d["live"], d["log"]) for d in document["differences"]]

    def view(console: Console) -> None:
        facts(console)
        if rows:
            grid(heads, rows)(console)

    return Answer(document, view, status=1 if document["differing"] else 0)


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
