"""Commands about models: list, check, fit, evaluate, show, publish, explain."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any, Literal

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, View, grid, lines, session_of, stacked
from limner.cli.door import ask, whole
from limner.cli.jobs import minute
from limner.cli.words import AsOf, Key

Name = Annotated[str, Argument(metavar="NAME", help="The model's name, as models/*.yaml has it.")]
Version = Annotated[int | None, Option("--version", min=1, help="A version; the newest unless given.")]
SHOWN = 10
"""Features of a card that are shown."""


def register(app: Typer) -> None:
    models = Typer(help="Models: declared in files, fitted on the past, published as tags.")
    models.command("list")(list_)
    models.command("check")(check)
    models.command("fit")(fit)
    models.command("evaluate")(evaluate)
    models.command("show")(show)
    models.command("publish")(publish)
    models.command("explain")(explain)
    models.command("plot")(plot)
    app.add_typer(models, name="models")


def list_(context: Context) -> Answer:
    """List models, how good the newest version is, and which one is published."""
    session = session_of(context)
    found = ask(session, "models_list")
    if not found:
        return Answer({"models": found}, lines(session.say("There are no models: declare one in models/*.yaml.")))
    heads = [session.say(head) for head in ("model", "kind", "version", "fitted", "quality", "published", "tags")]
    rows = [
        (
            model["name"],
            model["kind"],
            model["version"] or "-",
            minute(model["fitted_at"]) if model["fitted_at"] else "-",
            _quality(session, model),
            f"v{model['published']}" if model["published"] else "-",
            ", ".join(model["tags"]),
        )
        for model in found
    ]
    return Answer({"models": found}, grid(heads, rows))


def _quality(session: Session, model: dict[str, Any]) -> str:
    """Whether it may be published, and by which figures."""
    if model["passed"] is None:
        return "-"
    said = session.say("passed") if model["passed"] else session.say("not good enough")
    figures = ", ".join(
        f"{name} {value:.3g}" for name, value in list(model["metrics"].items())[:2] if value is not None
    )
    return f"{said} ({figures})" if figures else said


def check(context: Context) -> Answer:
    """Check the files of models; what is wrong is said with its place."""
    session = session_of(context)
    document = ask(session, "models_check")
    return Answer(document, lines(session.say("{count} models, nothing is wrong.", count=document["models"])))


def fit(context: Context, name: Name, as_of: AsOf = None) -> Answer:
    """Fit a new version on what was known at past instants, and test it on later ones."""
    session = session_of(context)
    card = ask(session, "models_fit", name=name, as_of=as_of, author=getpass.getuser())
    return Answer(card, _card(session, card))


def evaluate(context: Context, name: Name, version: Version = None, as_of: AsOf = None) -> Answer:
    """Test a version again, on the latest time whose outcome is known."""
    session = session_of(context)
    asked = {"version": version, "as_of": as_of, "author": getpass.getuser()}
    card = ask(session, "models_evaluate", name=name, **asked)
    return Answer(card, _card(session, card))


def show(context: Context, name: Name, version: Version = None) -> Answer:
    """Show a model: its versions, and the card of one of them."""
    session = session_of(context)
    document = ask(session, "models_show", name=name, version=version)
    if document["card"] is None:
        said = session.say("{name} was never fitted: `limner models fit {name}` does.", name=name)
        return Answer(document, lines(said))
    heads = [session.say(head) for head in ("version", "fitted", "quality", "published", "author")]
    rows = [
        (
            one["version"],
            minute(one["fitted_at"]),
            session.say("passed") if one["passed"] else session.say("not good enough"),
            minute(one["published_at"]) if one["published_at"] else "-",
            one["author"],
        )
        for one in document["versions"]
    ]
    return Answer(document, stacked(grid(heads, rows), lines(""), _card(session, document["card"])))


def publish(context: Context, name: Name, version: Version = None, as_of: AsOf = None) -> Answer:
    """Write what a version says of everybody into the tags that show it; refused below the stated quality."""
    session = session_of(context)
    asked = {"version": version, "as_of": as_of, "author": getpass.getuser()}
    document = ask(session, "models_publish", name=name, **asked)
    heads = [session.say(head) for head in ("tag", "customers")]
    return Answer(document, grid(heads, list(document["tags"].items())))


def explain(context: Context, name: Name, key: Key, version: Version = None) -> Answer:
    """Say why a customer's prediction would be what it is now."""
    session = session_of(context)
    document = ask(session, "models_explain", name=name, key=key, version=version)
    told = [reason["words"][session.language] for reason in document["reasons"]]
    nobody = session.say("The model says nothing of this customer.")
    return Answer(document, lines(document["customer_id"], *(told or [nobody])))


def plot(
    context: Context,
    name: Name,
    out: Annotated[Path, Option("--out", metavar="DIR", help="The folder for the files.")] = Path("plots"),
    format: Annotated[Literal["svg", "png"], Option("--format", metavar="svg|png", help="What to draw.")] = "svg",
    version: Version = None,
) -> Answer:
    """Draw the curves of a version's card: calibration, gain, survival ..."""
    session = session_of(context)
    document = ask(
        session, "models_plot", name=name, out=whole(out), version=version, format=format, language=session.language
    )
    return Answer(document, lines(*(document["files"].values() or [session.say("There is no curve to draw.")])))


def _card(session: Session, card: dict[str, Any]) -> View:
    """A version's figures, what it rests on, and what is missing."""
    head = f"{card['name']} v{card['version']}  {session.say('passed') if card['passed'] else session.say('refused')}"
    figures = [(name, "-" if value is None else round(value, 4)) for name, value in card["metrics"].items()]
    sizes = [(session.say("examples" if name == "rows" else name), count) for name, count in card["sizes"].items()]
    features = [
        (_title(session, feature), f"{feature['share']:.1%}") for feature in card["about"].get("features", [])[:SHOWN]
    ]
    shown = [lines(head, *card["missing"]), grid([], figures), grid([], sizes)]
    if features:
        shown += [lines(""), grid([session.say("feature"), session.say("weight")], features)]
    return stacked(*shown)


def _title(session: Session, feature: dict[str, Any]) -> str:
    name, _, part = feature["feature"].partition("[")
    return f"{feature['title'].get(session.language) or name} {part.removesuffix(']')}".rstrip()
