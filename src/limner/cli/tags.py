"""Commands about tags as code: check, plan, apply, list, show, templates."""

from __future__ import annotations

import getpass
import json
from datetime import datetime
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, as_yaml, grid, lines, session_of
from limner.cli.door import ask

Name = Annotated[str, Argument(metavar="NAME", help="The tag's name.")]
Prune = Annotated[bool, Option("--prune", help="Take out tags that are absent from the files.")]


def register(app: Typer) -> None:
    tags = Typer(help="The tag system, as YAML files in tags/.")
    tags.command("check")(check)
    tags.command("plan")(plan)
    tags.command("apply")(apply)
    tags.command("list")(list_)
    tags.command("show")(show)
    tags.command("templates")(templates)
    app.add_typer(tags, name="tags")


def check(context: Context) -> Answer:
    """Read the files and say everything that is wrong with them."""
    session = session_of(context)
    document = ask(session, "tags_check")
    warnings = [f"{session.say('Note')}: {warning}" for warning in document["warnings"]]
    return Answer(document, lines(*warnings, session.say("{n} tags are right.", n=document["tags"])))


def plan(context: Context, prune: Prune = False) -> Answer:
    """Show what apply would change."""
    session = session_of(context)
    document = ask(session, "tags_plan", prune=prune)
    return Answer(document, _changes(session, document))


def apply(context: Context, prune: Prune = False) -> Answer:
    """Publish the tags as the files have them. What is absent from the files stays, unless --prune."""
    session = session_of(context)
    document = ask(session, "tags_apply", prune=prune, author=getpass.getuser())
    return Answer(document, _changes(session, document))


def _changes(session: Session, document: dict[str, Any]) -> View:
    """A line per tag that changes, with its changed fields under it."""
    texts = []
    for kind in ("added", "restored", "changed", "removed", "absent"):
        for name in document[kind]:
            texts.append(f"{session.say(kind)}  {name}")
            texts += [_field(change) for change in document["fields"].get(name, ())]
    nothing = not any(document[kind] for kind in ("added", "restored", "changed", "removed"))
    return lines(*texts, *([session.say("Nothing changes.")] if nothing else []))


def _field(change: dict[str, Any]) -> str:
    before, after = (json.dumps(change[when], ensure_ascii=False) for when in ("before", "after"))
    return f"    {change['field']}: {before} -> {after}"


def list_(context: Context) -> Answer:
    """List the tags by group."""
    session = session_of(context)
    tags = ask(session, "tags_list")
    return Answer({"tags": tags}, _catalogue(session, tags))


def show(context: Context, name: Name) -> Answer:
    """Show one tag: what it says, its definition, what it reads, who reads it, its history."""
    session = session_of(context)
    document = ask(session, "tags_show", name=name)
    shown = {part: document[part] for part in ("definition", "needs", "used_by") if document[part]}
    past = [_version(version) for version in document["history"]]
    return Answer(document, lines(document["says"][session.language], "", as_yaml(shown), "", *past))


def _version(version: dict[str, Any]) -> str:
    """One line of a tag's history, then what it changed."""
    day = datetime.fromtimestamp(version["published_at"] / 1e6).astimezone().date()
    told = f"v{version['version']}  {day}  {version['author']}  {version['reason']}"
    return "\n".join([told, *map(_field, version["fields"])])


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


def _catalogue(session: Session, tags: list[dict[str, Any]]) -> View:
    rows = [(tag.get("group"), tag["name"], tag.get("layer"), _title(session, tag)) for tag in tags]
    return grid([session.say(head) for head in ("group", "name", "layer", "title")], rows)


def _title(session: Session, tag: dict[str, Any]) -> str:
    titles = tag.get("title") or {}
    return titles.get(session.language) or next(iter(titles.values()), "")
