"""Commands that compare audiences: insight, differences, cross, overlap, trend."""

from __future__ import annotations

import json
from typing import Annotated, Any

from typer import Argument, Context, Option, Typer

from limner.cli.answer import Answer, Session, counts, grid, session_of, stacked
from limner.cli.audiences import read_rule
from limner.cli.door import ask
from limner.cli.tag_words import call_tag, call_value
from limner.cli.words import AsOf, Rule

Base = Annotated[str | None, Option("--base", metavar="JSON", help="The rule of those compared with; else everybody.")]
Tags = Annotated[list[str] | None, Option("--tag", metavar="TAG", help="A tag; may be repeated.")]


def register(audience: Typer) -> None:
    audience.command("insight")(insight)
    audience.command("differences")(differences)
    audience.command("cross")(cross)
    audience.command("overlap")(overlap)
    audience.command("trend")(trend)


def insight(context: Context, rule: Rule, tag: Tags = None, base: Base = None, as_of: AsOf = None) -> Answer:
    """Compare the distribution of tags with that of a base: share and TGI of each value."""
    session = session_of(context)
    asked = {"rule": read_rule(rule), "base": base and read_rule(base), "tags": tag or [], "as_of": as_of}
    document = ask(session, "audience_insight", **asked)
    heads = [session.say(head) for head in ("tag", "value", "count", "share", "TGI")]
    words = _Words(session)
    rows = [
        (words.tag(name), words.value(name, each["value"]), each["count"], _percent(each["share"]), _whole(each["tgi"]))
        for name, shown in document["tags"].items()
        for each in shown["values"]
    ]
    return Answer(document, stacked(counts(session, document, ("size", "base_size", "as_of")), grid(heads, rows)))


def differences(context: Context, rule: Rule, tag: Tags = None, base: Base = None, as_of: AsOf = None) -> Answer:
    """Find what tells those who meet the rule from the rest most, with tests of significance."""
    session = session_of(context)
    asked = {"rule": read_rule(rule), "base": base and read_rule(base), "tags": tag, "as_of": as_of}
    document = ask(session, "audience_differences", **asked)
    heads = [session.say(head) for head in ("tag", "value", "share", "rest", "effect", "q")]
    words = _Words(session)
    rows = [
        (
            words.tag(each["tag"]),
            words.value(each["tag"], each["value"]),
            _percent(each["share"]),
            words.value(each["tag"], each["rest_value"]) if each["kind"] == "order" else _percent(each["rest_share"]),
            f"{each['effect']:+.2f}",
            f"{each['q']:.1e}",
        )
        for each in document["differences"]
    ]
    return Answer(document, stacked(counts(session, document, ("size", "rest", "as_of")), grid(heads, rows)))


def cross(
    context: Context,
    tag: Annotated[str, Argument(metavar="TAG", help="The tag of the rows.")],
    other: Annotated[str, Argument(metavar="TAG", help="The tag of the columns.")],
    rule: Rule,
    as_of: AsOf = None,
) -> Answer:
    """Count those who meet the rule by the values of two tags."""
    session = session_of(context)
    document = ask(session, "audience_cross", rule=read_rule(rule), tags=[tag, other], as_of=as_of)
    words = _Words(session)
    rows = [
        (words.value(tag, name), *("…" if count is None else count for count in line))
        for name, line in zip(document["rows"], document["counts"], strict=True)
    ]
    columns = [words.value(other, name) for name in document["columns"]]
    return Answer(document, grid([f"{words.tag(tag)} / {words.tag(other)}", *columns], rows))


def overlap(
    context: Context,
    names: Annotated[list[str], Argument(metavar="NAME...", help="Audiences, from 2 to 20.")],
    as_of: AsOf = None,
) -> Answer:
    """Count who is in two of several audiences."""
    session = session_of(context)
    document = ask(session, "audience_overlap", audiences=names, as_of=as_of)
    rows = [(*each["audiences"], "…" if each["both"] is None else each["both"]) for each in document["pairs"]]
    return Answer(document, grid([session.say("name"), "", session.say("both")], rows))


def trend(
    context: Context,
    name: Annotated[str, Argument(metavar="NAME", help="An audience.")],
    tag: Tags = None,
    first: Annotated[str | None, Option("--first", metavar="TIME", help="Twelve steps ago unless given.")] = None,
    last: Annotated[str | None, Option("--last", metavar="TIME", help="Now unless given.")] = None,
    days: Annotated[int, Option("--days", metavar="N", help="Days of a step.")] = 7,
) -> Answer:
    """Show the size of an audience over time, and the means of tags of its members."""
    session = session_of(context)
    document = ask(session, "audience_trend", rule=name, tags=tag or [], first=first, last=last, days=days)
    rows = [
        (each["as_of"], each["size"], *(None if mean is None else f"{mean:.4g}" for mean in each["means"].values()))
        for each in document["points"]
    ]
    return Answer(document, grid([session.say("as_of"), session.say("size"), *(tag or [])], rows))


class _Words:
    """Tags and their values by their titles, where they have some."""

    def __init__(self, session: Session) -> None:
        self._tags = {tag["name"]: tag for tag in ask(session, "tags_list")}
        self._language = session.language

    def tag(self, name: str) -> str:
        return call_tag(name, self._tags, self._language)

    def value(self, tag: str, value: Any) -> str:
        return call_value(tag, value, self._tags, self._language) or _say(value)


def _say(value: Any) -> str:
    return value if isinstance(value, str) else "—" if value is None else json.dumps(value, ensure_ascii=False)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _whole(number: float | None) -> str:
    return "" if number is None else f"{number:.0f}"
