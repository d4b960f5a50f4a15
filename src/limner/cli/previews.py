"""The command that tries a draft: what it would say of a sample of customers."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, as_text, grid, lines, session_of, stacked
from limner.cli.door import ask
from limner.cli.words import Author
from limner.errors import DataError, NotFound, did_you_mean

SAMPLE = 1000
SHOWN = 10
"""Values in the table; all are in the document."""


def register(tags: Typer) -> None:
    tags.command("preview")(preview)


def preview(
    context: Context,
    file: Annotated[
        Path | None, Argument(metavar="[FILE]", help="A file of tags, or of one definition; it need not be in tags/.")
    ] = None,
    tag: Annotated[
        str | None,
        Option("--tag", metavar="NAME", help="This tag of the file; without a file its draft, else what is published."),
    ] = None,
    sample: Annotated[int, Option("--sample", min=1, help="How many customers of them are looked at.")] = SAMPLE,
    as_of: Annotated[str | None, Option(help="As things stood then.")] = None,
    seed: Annotated[int, Option("--seed", help="The same seed gives the same customers.")] = 0,
    author: Author = "",
) -> Answer:
    """Try a draft on some customers: distribution, coverage, examples with their evidence. Nothing is changed."""
    session = session_of(context)
    if file is None and tag is None:
        raise DataError("Nothing to preview.", hint="Give a FILE, or --tag NAME.")
    shown = ask(session, "tags_show", name=tag) if file is None else {}
    draft = shown.get("draft")
    definition = _read(file, tag) if file is not None else (draft or shown)["definition"]
    document = ask(session, "tags_preview", tag=definition, sample=sample, as_of=as_of, seed=seed)
    if draft is not None:
        ask(session, "tags_previewed", name=tag, author=author or getpass.getuser())
    return Answer(document, _view(session, document))


def _read(file: Path, name: str | None) -> Mapping[str, Any]:
    """One definition of a file: the one that is named, or the only one."""
    try:
        from limner.model.yaml_text import load_yaml

        content = load_yaml(file.read_bytes(), str(file))
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}.") from error
    tags = content.get("tags") if isinstance(content, dict) else None
    if not isinstance(tags, dict):
        if isinstance(content, dict) and "layer" in content:
            return content
        raise DataError(f"{file} holds no tags.", hint="Write tags: {NAME: {layer: fact, fold: {...}}}.")
    if name is None:
        if len(tags) != 1:
            raise DataError(f"{file} has {len(tags)} tags.", hint=f"Name one with --tag: {', '.join(map(str, tags))}.")
        (name,) = tags
    if name not in tags:
        raise NotFound(f"{file} has no tag {name!r}.", hint=did_you_mean(name, tags))
    if not isinstance(tags[name], dict):
        raise DataError(f"{file}: {name} has no definition.", hint="Write {layer: fact, fold: {...}}.")
    return dict(tags[name])


def _view(session: Session, document: dict[str, Any]) -> View:
    """Size and coverage, the commonest values, some customers, and what to look at."""
    head = session.say(
        "{n} customers, {share} of them have a value.", n=document["size"], share=f"{document['coverage']:.1%}"
    )
    heads = [session.say(word) for word in ("value", "count", "share")]
    values = [(as_text(one["value"]), one["count"], f"{one['share']:.1%}") for one in document["values"][:SHOWN]]
    examples = [(one["customer_id"], as_text(one["value"]), (one["since"] or "")[:10]) for one in document["examples"]]
    notes = [f"{session.say('Note')}: {warning}" for warning in document["warnings"]]
    return stacked(
        lines(head, ""),
        grid(heads, values),
        lines(""),
        grid([session.say(word) for word in ("customer", "value", "since")], examples),
        lines(*notes),
    )
