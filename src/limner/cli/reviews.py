"""Commands about the way of a tag: draft, submit, approve, refuse, publish, rollback, deprecate, retire, and more."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, as_text, grid, lines, session_of
from limner.cli.door import ask
from limner.cli.words import Author, Reason
from limner.errors import DataError

Name = Annotated[str, Argument(metavar="NAME", help="The tag's name.")]
Force = Annotated[bool, Option("--force", help="Even though it is in use; with a reason.")]


def register(tags: Typer) -> None:
    tags.command("pull")(pull)
    tags.command("draft")(draft)
    tags.command("discard")(discard)
    tags.command("submit")(submit)
    tags.command("withdraw")(withdraw)
    tags.command("approve")(approve)
    tags.command("refuse")(refuse)
    tags.command("reviews")(reviews)
    tags.command("publish")(publish)
    tags.command("rollback")(rollback)
    tags.command("deprecate")(deprecate)
    tags.command("restore")(restore)
    tags.command("retire")(retire)
    tags.command("versions")(versions)
    tags.command("diff")(diff)


def pull(
    context: Context,
    names: Annotated[
        list[str] | None, Argument(metavar="[NAME]...", help="These tags; else all that are behind.")
    ] = None,
    force: Annotated[bool, Option("--force", help="Also over what the files changed themselves.")] = False,
) -> Answer:
    """Write into the files what was published by another door since they agreed."""
    session = session_of(context)
    document = ask(session, "tags_pull", names=names or [], force=force)
    told = [f"{name}  v{version}" for name, version in document["written"].items()]
    told += [f"{session.say('removed')}  {name}" for name in document["removed"]]
    told += [f"{session.say('conflicting')}  {name}" for name in document["kept"]]
    return Answer(document, lines(*(told or [session.say("Nothing changes.")])))


def draft(
    context: Context,
    name: Name,
    definition: Annotated[str, Argument(metavar="DEFINITION", help="As in a tags file, YAML or JSON; @FILE reads it.")],
    author: Author = "",
) -> Answer:
    """Write a draft of a tag, to be submitted for review. What is published stays as it is."""
    return _draft(context, "tags_draft", name, author, definition=read_definition(definition))


def discard(context: Context, name: Name, author: Author = "", reason: Reason = "") -> Answer:
    """Forget a draft. What is published stays."""
    session = session_of(context)
    ask(session, "tags_discard", name=name, author=author or getpass.getuser(), reason=reason)
    return Answer({"name": name}, lines(session.say("The draft of {name} is gone.", name=name)))


def submit(context: Context, name: Name, author: Author = "", reason: Reason = "") -> Answer:
    """Ask somebody else to review the draft; it needs a title, a group and an owner by now."""
    return _draft(context, "tags_submit", name, author, reason=reason)


def withdraw(context: Context, name: Name, author: Author = "", reason: Reason = "") -> Answer:
    """Take a submission back; it is a draft again."""
    return _draft(context, "tags_withdraw", name, author, reason=reason)


def approve(context: Context, name: Name, author: Author = "", reason: Reason = "") -> Answer:
    """Let a submission of somebody else be published."""
    return _draft(context, "tags_approve", name, author, reason=reason)


def refuse(context: Context, name: Name, author: Author = "", reason: Reason = "") -> Answer:
    """Send a submission back, with a reason; it is a draft again."""
    return _draft(context, "tags_refuse", name, author, reason=reason)


def reviews(context: Context) -> Answer:
    """List what waits for a reviewer, or for publication, oldest first."""
    session = session_of(context)
    waiting = ask(session, "tags_reviews")
    heads = [session.say(head) for head in ("name", "state", "who", "why")]
    rows = [(each["name"], session.say(each["stage"]), each["submitter"], each["reason"]) for each in waiting]
    return Answer({"reviews": waiting}, grid(heads, rows))


def publish(context: Context, name: Name, author: Author = "", reason: Reason = "") -> Answer:
    """Make an approved draft what is computed from now on."""
    return _published(context, "tags_publish", name, author, reason=reason)


def rollback(
    context: Context,
    name: Name,
    version: Annotated[int, Argument(metavar="VERSION", help="Whose definition is published again.")],
    author: Author = "",
    reason: Reason = "",
) -> Answer:
    """Publish the definition of an older version as a new version."""
    return _published(context, "tags_rollback", name, author, version=version, reason=reason)


def deprecate(context: Context, name: Name, author: Author = "", reason: Reason = "", force: Force = False) -> Answer:
    """Advise against a tag, which is computed as before. Says who uses it."""
    return _stood(context, "tags_deprecate", name, author, reason=reason, force=force)


def restore(context: Context, name: Name, author: Author = "", reason: Reason = "") -> Answer:
    """Publish a deprecated or retired tag again, as it was."""
    return _stood(context, "tags_restore", name, author, reason=reason)


def retire(context: Context, name: Name, author: Author = "", reason: Reason = "", force: Force = False) -> Answer:
    """Compute a tag no more; its versions stay. Says who uses it; forced, the tags that read it go with it."""
    return _stood(context, "tags_retire", name, author, reason=reason, force=force)


def versions(context: Context, name: Name) -> Answer:
    """List the versions of a tag, oldest first, with what each changed."""
    found = ask(session_of(context), "tags_versions", name=name)
    return Answer({"versions": found}, lines(*map(show_version, found)))


def diff(
    context: Context,
    name: Name,
    before: Annotated[int | None, Option("--from", metavar="VERSION", help="Else the one before --to.")] = None,
    after: Annotated[int | None, Option("--to", metavar="VERSION", help="Else the draft, or the newest.")] = None,
) -> Answer:
    """Compare the draft with what is published, or two versions, field by field."""
    session = session_of(context)
    document = ask(session, "tags_diff", name=name, before=before, after=after)
    told = [show_change(change) for change in document["fields"]]
    return Answer(document, lines(*(told or [session.say("Nothing changes.")])))


def read_definition(text: str) -> Any:
    """YAML or JSON, or what stands in the file after @. Raises `DefinitionError`, `DataError`."""
    from limner.model.yaml_text import load_yaml

    if not text.startswith("@"):
        return load_yaml(text, "DEFINITION")
    try:
        return load_yaml(Path(text[1:]).read_bytes(), text[1:])
    except OSError as error:
        raise DataError(f"{text[1:]} cannot be read: {error.strerror}.") from error


def show_change(change: dict[str, Any]) -> str:
    """One field, before and after."""
    return f"    {change['field']}: {as_text(change['before'])} -> {as_text(change['after'])}"


def show_version(version: dict[str, Any]) -> str:
    """One line of a tag's history, then what it changed."""
    day = datetime.fromtimestamp(version["published_at"] / 1e6).astimezone().date()
    who = " / ".join(filter(None, (version["author"], version["reviewer"])))
    return "\n".join(
        [f"v{version['version']}  {day}  {who}  {version['reason']}", *map(show_change, version["fields"])]
    )


def show_draft(session: Session, document: dict[str, Any]) -> list[str]:
    """How far it has come, and what it would change."""
    who = " / ".join(filter(None, (document["author"], document["submitter"], document["reviewer"])))
    told = [session.say("The draft is {stage} ({who}).", stage=session.say(document["stage"]), who=who)]
    if document["remark"]:
        told.append(f"    {document['remark']}")
    if document["behind"]:
        told.append(session.say("Something else was published since it was written."))
    return [*told, *map(show_change, document["fields"])]


def _draft(context: Context, verb: str, name: str, author: str, **asked: Any) -> Answer:
    session = session_of(context)
    document = ask(session, verb, name=name, author=author or getpass.getuser(), **asked)
    return Answer(document, lines(*show_draft(session, document)))


def _published(context: Context, verb: str, name: str, author: str, **asked: Any) -> Answer:
    session = session_of(context)
    document = ask(session, verb, name=name, author=author or getpass.getuser(), **asked)
    told = session.say(
        "{name} is published as version {version}.", **{key: document[key] for key in ("name", "version")}
    )
    return Answer(document, lines(told))


def _stood(context: Context, verb: str, name: str, author: str, **asked: Any) -> Answer:
    session = session_of(context)
    document = ask(session, verb, name=name, author=author or getpass.getuser(), **asked)
    told = [session.say("{name} is {status}.", name=name, status=session.say(document["status"]))]
    told += [f"    {session.say('removed')}  {other}" for other in document["with_it"]]
    return Answer(document, lines(*told))
