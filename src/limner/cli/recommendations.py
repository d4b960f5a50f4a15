"""Commands about offers: recommend."""

from __future__ import annotations

from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, grid, session_of
from limner.cli.door import ask
from limner.cli.words import Key


def register(app: Typer) -> None:
    app.command("recommend")(recommend)


def recommend(
    context: Context,
    key: Key,
    candidates: Annotated[
        list[str] | None, Argument(metavar="[ITEM]...", help="Rank these items instead of choosing some.")
    ] = None,
    n: Annotated[int, Option("-n", min=1, max=200, help="How many items.")] = 10,
    model: Annotated[str | None, Option("--model", help="The model; may be left out where one is declared.")] = None,
    scene: Annotated[str | None, Option("--scene", metavar="time:now,place:VALUE", help="When and where.")] = None,
) -> Answer:
    """Offer a customer the items that go best with them, each with its reason."""
    session = session_of(context)
    told: dict[str, Any] = {"key": key, "model": model, "scene": scene}
    if candidates:
        document = ask(session, "rank_candidates", candidates=candidates, **told)
    else:
        document = ask(session, "recommendations", n=n, **told)
    return Answer(document, _items(session, document))


def _items(session: Session, document: dict[str, Any]) -> View:
    rows = [
        [
            one["item"],
            one["attributes"].get("title", ""),
            round(one["score"], 3),
            one["reason"].get(session.language) or "",
        ]
        for one in document["items"]
    ]
    return grid([session.say(head) for head in ("item", "title", "score", "reason")], rows)
