"""Commands that compute and read portraits: fold, profile, export."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Annotated, Any

from typer import Context, Option, Typer

from limner.cli.answer import Answer, Session, counts, lines, session_of, stacked
from limner.cli.door import ask, open_door, whole
from limner.cli.progress import progress_on_stderr
from limner.cli.words import AsOf, FileFormat, Keys, KnownAt, Out


def register(app: Typer) -> None:
    app.command("fold")(fold)
    app.command("profile")(profile)
    app.command("export")(export)


def fold(
    context: Context,
    as_of: AsOf = None,
    explain: Annotated[bool, Option("--explain", help="Print the plan instead of running it.")] = False,
) -> Answer:
    """Fold every customer's timeline into the columns of all tags."""
    session = session_of(context)
    if explain:
        text = ask(session, "explain_fold", language=session.language)
        return Answer({"plan": text}, lines(text))
    document = ask(session, "fold", as_of=as_of, author=getpass.getuser())
    return Answer(document, counts(session, document, ("customers", "events", "tags", "seconds", "as_of")))


def profile(context: Context, keys: Keys, as_of: AsOf = None, known_at: KnownAt = None) -> Answer:
    """Print customers' portraits, by layer. Of one it is the portrait; of several, also who is not known."""
    from limner.cli.portrait_view import portrait_view

    session, instants = session_of(context), {"as_of": as_of, "known_at": known_at}
    with progress_on_stderr() as progress, open_door(session.folder) as door:
        if len(keys) == 1:
            document = door.call("profile", {"key": keys[0], **instants}, progress)
            found = [{"profile": document}]
        else:
            document = door.call("profiles_lookup", {"keys": keys, "evidence": True, **instants}, progress)
            found = document["profiles"]
        tags = {tag["name"]: tag for tag in door.call("tags_list", {}, progress)}
    views = [
        portrait_view(one["profile"], session.language, tags) if one["profile"] else lines(_say_absence(session, one))
        for one in found
    ]
    return Answer(document, stacked(*views), status=int(any("problem" in one for one in found)))


def _say_absence(session: Session, one: Mapping[str, Any]) -> str:
    """Of a key that has no portrait."""
    problem = one.get("problem")
    return str(problem["message"]) if problem else session.say("Nobody is known as {key}.", key=one["key"])


def export(context: Context, out: Out, as_of: AsOf = None, format: FileFormat = None) -> Answer:
    """Write a row per customer to a file: its id, identifiers and tags."""
    session = session_of(context)
    document = ask(session, "export", out=whole(out), as_of=as_of, format=format, author=getpass.getuser())
    return Answer(document, counts(session, document, document))
