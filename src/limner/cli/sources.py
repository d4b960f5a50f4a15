"""Commands about the sources of traits: how far each is believed."""

from __future__ import annotations

from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, as_yaml, grid, lines, session_of
from limner.cli.door import ask

AsOf = Annotated[str | None, Option(help="As it was learned by then; else by the last midnight.")]


def register(application: Typer) -> None:
    sources = Typer(help="How far sources are believed where they contradict each other.", no_args_is_help=True)
    sources.command("list")(list_sources)
    sources.command("show")(show_source)
    application.add_typer(sources, name="sources")


def list_sources(context: Context, as_of: AsOf = None) -> Answer:
    """List the sources: reliability as configured and as learned, claims compared, agreement with others."""
    session = session_of(context)
    found = ask(session, "sources_list", as_of=as_of)
    return Answer({"sources": found}, _table(session, found))


def show_source(
    context: Context,
    name: Annotated[str, Argument(help="As it stands on events.")],
    as_of: AsOf = None,
) -> Answer:
    """Show one source, trait by trait."""
    document = ask(session_of(context), "sources_show", name=name, as_of=as_of)
    return Answer(document, lines(as_yaml(document)))


def _table(session: Session, found: list[dict[str, Any]]) -> View:
    heads = [session.say(head) for head in ("source", "configured", "reliability", "claims", "agreement")]
    rows = [
        (
            each["source"],
            "" if each["configured"] is None else f"{each['configured']:.2f}",
            f"{each['reliability']:.2f}",
            each["claims"],
            "" if each["agreement"] is None else f"{each['agreement']:.1%}",
        )
        for each in found
    ]
    return grid(heads, rows)
