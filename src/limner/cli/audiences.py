"""Commands about audiences: count, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer import Context, Typer

from limner.cli.answer import Answer, counts, session_of
from limner.cli.door import ask, whole
from limner.cli.words import AsOf, Out, Rule
from limner.errors import DefinitionError, Problem


def register(app: Typer) -> None:
    audience = Typer(help="Who meets a condition.")
    audience.command("count")(count)
    audience.command("export")(export)
    app.add_typer(audience, name="audience")


def count(context: Context, rule: Rule, as_of: AsOf = None) -> Answer:
    """Count the customers who meet the rule."""
    session = session_of(context)
    document = ask(session, "audience_count", rule=read_rule(rule), as_of=as_of)
    return Answer(document, counts(session, document, ("count", "as_of")))


def export(context: Context, out: Out, rule: Rule, as_of: AsOf = None) -> Answer:
    """Write those who meet the rule to a Parquet file, as export does."""
    session = session_of(context)
    document = ask(session, "audience_export", rule=read_rule(rule), out=whole(out), as_of=as_of)
    return Answer(document, counts(session, document, document))


def read_rule(text: str) -> Any:
    """The condition in the words of ``--rule``: JSON, or ``@FILE`` with JSON in it. Raises DefinitionError."""
    where = "--rule"
    if text.startswith("@"):
        where = text[1:]
        text = Path(where).read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        hint = """Write it as JSON, such as '{"value_tier": "high"}'."""
        raise DefinitionError([Problem(where, place, f"this is not JSON: {error.msg}.", hint)]) from error
