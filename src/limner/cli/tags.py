"""Commands about tags as code: check, plan, apply, list, show, templates."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli import lineage, previews, reviews, values
from limner.cli.answer import Answer, Session, View, as_yaml, grid, lines, session_of
from limner.cli.door import ask
from limner.cli.reviews import Name, show_change

USERS = {"tags": "used by tags", "audiences": "used by audiences", "destinations": "used by destinations"}
Prune = Annotated[bool, Option("--prune", help="Take out tags that are absent from the files.")]
Force = Annotated[bool, Option("--force", help="The files count, whatever was published by another door.")]
Statuses = Annotated[
    list[str] | None,
    Option(
        "--status",
        metavar="STATUS",
        help="published, deprecated, retired, draft, previewed, submitted or approved; may be repeated.",
    ),
]


def register(app: Typer) -> None:
    tags = Typer(help="The tag system, as YAML files in tags/.")
    tags.command("check")(check)
    tags.command("plan")(plan)
    tags.command("apply")(apply)
    tags.command("list")(list_)
    tags.command("show")(show)
    tags.command("templates")(templates)
    tags.command("add-template")(add_template)
    tags.command("explain")(explain)
    reviews.register(tags)
    values.register(tags)
    lineage.register(tags)
    previews.register(tags)
    app.add_typer(tags, name="tags")


def check(context: Context) -> Answer:
    """Read the files and say everything that is wrong with them."""
    session = session_of(context)
    document = ask(session, "tags_check")
    warnings = [f"{session.say('Note')}: {warning}" for warning in document["warnings"]]
    return Answer(document, lines(*warnings, session.say("{n} tags are right.", n=document["tags"])))


def plan(context: Context, prune: Prune = False, force: Force = False) -> Answer:
    """Show what apply would change, and what was changed by another door meanwhile."""
    session = session_of(context)
    document = ask(session, "tags_plan", prune=prune, force=force)
    return Answer(document, _changes(session, document))


def apply(context: Context, prune: Prune = False, force: Force = False) -> Answer:
    """Publish the tags as the files have them. What is absent from the files stays, unless --prune."""
    session = session_of(context)
    document = ask(session, "tags_apply", prune=prune, force=force, author=getpass.getuser())
    return Answer(document, _changes(session, document))


def _changes(session: Session, document: dict[str, Any]) -> View:
    """A line per tag that changes, with its changed fields under it."""
    texts = []
    for kind in ("added", "restored", "changed", "removed", "absent"):
        for name in document[kind]:
            texts.append(f"{session.say(kind)}  {name}")
            texts += [show_change(change) for change in document["fields"].get(name, ())]
            users = document["affected"].get(name, {})
            texts += [
                f"  {session.say(said)}: {', '.join(users[who])}" for who, said in USERS.items() if users.get(who)
            ]
    for kind in ("behind", "conflicting"):
        texts += [text for name in document[kind] for text in _elsewhere(session, kind, document["elsewhere"][name])]
    nothing = not any(document[kind] for kind in ("added", "restored", "changed", "removed"))
    return lines(*texts, *([session.say("Nothing changes.")] if nothing else []))


def _elsewhere(session: Session, kind: str, found: dict[str, Any]) -> list[str]:
    """Who changed a tag by another door, and what it says there."""
    day = datetime.fromtimestamp(found["at"] / 1e6).astimezone().date()
    told = f"{found['status']} v{found['version']}  {day}  {found['author']}  {found['reason']}"
    return [f"{session.say(kind)}  {found['name']}  ({told.rstrip()})", *map(show_change, found["fields"])]


def list_(context: Context, status: Statuses = None) -> Answer:
    """List the tags by group."""
    session = session_of(context)
    tags = ask(session, "tags_list", **({"statuses": status} if status else {}))
    return Answer({"tags": tags}, _catalogue(session, tags))


def show(context: Context, name: Name) -> Answer:
    """Show one tag: what it says, its definition, what it reads, who reads it, its history."""
    session = session_of(context)
    document = ask(session, "tags_show", name=name)
    shown = {part: document[part] for part in ("definition", "needs", "used_by") if document[part]}
    past = [reviews.show_version(version) for version in document["history"]]
    draft = [] if document["draft"] is None else ["", *reviews.show_draft(session, document["draft"])]
    return Answer(document, lines(document["says"][session.language], "", as_yaml(shown), "", *past, *draft))


def explain(context: Context, name: Name) -> Answer:
    """Say a published tag as one sentence, in Chinese and in English."""
    document = ask(session_of(context), "tags_explain", name=name)
    return Answer(document, lines(document["zh"], document["en"]))


def templates(
    context: Context, name: Annotated[str | None, Argument(metavar="[NAME]", help="Print this one, as YAML.")] = None
) -> Answer:
    """List the starter tag systems, or print one: save it in tags/ and change it."""
    from limner.tags.starters import list_templates, read_template

    if name is not None:
        text = read_template(name)
        return Answer({"name": name, "text": text}, lines(text.rstrip()))
    names = list_templates()
    return Answer({"templates": names}, lines(*names))


def add_template(
    context: Context, name: Annotated[str, Argument(metavar="NAME", help="A starter, as `templates` lists them.")]
) -> Answer:
    """Write a starter tag system into tags/, to be trimmed; nothing is overwritten."""
    session = session_of(context)
    document = ask(session, "template_add", name=name)
    return Answer(
        document, lines(session.say("Wrote {n} tags into {file}.", n=len(document["tags"]), file=document["file"]))
    )


def _catalogue(session: Session, tags: list[dict[str, Any]]) -> View:
    rows = [
        (_group(session, tag), tag["name"], tag.get("layer"), _title(session, tag), _standing(session, tag))
        for tag in tags
    ]
    return grid([session.say(head) for head in ("group", "name", "layer", "title", "state")], rows)


def _standing(session: Session, tag: dict[str, Any]) -> str:
    """What is not as usual about it."""
    told = [session.say(tag["status"])] if tag["status"] != "published" else []
    if tag["preparing"]:
        told.append(session.say("preparing"))
    if tag["draft"] not in (None, tag["status"]):
        told.append(session.say("draft: {stage}", stage=session.say(tag["draft"])))
    return ", ".join(told)


def _title(session: Session, tag: dict[str, Any]) -> str:
    return _in_words(session, tag.get("title"), "")


def _group(session: Session, tag: dict[str, Any]) -> str:
    return _in_words(session, tag.get("group_title"), tag.get("group") or "")


def _in_words(session: Session, titles: dict[str, str] | None, bare: str) -> str:
    return (titles or {}).get(session.language) or next(iter((titles or {}).values()), bare)
