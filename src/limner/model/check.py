"""Check tags together: what they refer to, circles, kinds; and put them in the order they are computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.model.condition import Condition
from limner.model.fold import Fold
from limner.model.kinds import kind_problems
from limner.model.parse_tag import missing_words
from limner.model.references import audiences_read, events_read, folds_read, properties_read, tags_read
from limner.model.tag import Expr, Imported, Predicted, Quantiles, Queried, Rule, Tag, Tiers

AUDIENCE_HINT = "Make the audience's rule a tag, and let both read it."
RULE_FIELDS: Mapping[type, str] = {
    Fold: "fold",
    Expr: "expr",
    Tiers: "when",
    Rule: "if",
    Predicted: "model",
    Imported: "imported",
    Queried: "sql",
    Quantiles: "quantiles",
}
Sources = Mapping[str, str]
"""Tag name to the file it is written in."""


def check_tags(tags: Sequence[Tag], sources: Sources | None = None, unread: Collection[str] = ()) -> list[Problem]:
    """Everything that is wrong between these tags: unknown references, circles, kinds that do not fit.

    ``unread`` names tags that exist but could not be read: to refer to them is no second mistake.
    """
    known = {tag.name: tag for tag in tags}
    problems: list[Problem] = []
    for tag in tags:
        where, field = place_of(tag.name, sources), rule_of(tag)
        problems += [
            Problem(where, field, f"a tag cannot ask for an audience, but this asks for {leaf.name}.", AUDIENCE_HINT)
            for leaf in audiences_read(tag.definition)
        ]
        unknown = [name for name in tags_read(tag.definition) if name not in known]
        problems += [_unknown_tag(name, known, where, field) for name in unknown if name not in unread]
        if not unknown:
            problems += [Problem(where, field, said, hint) for said, hint in kind_problems(tag.definition, known)]
    for circle in find_circles(tags):
        way = " → ".join((*circle, circle[0]))
        problems.append(Problem(place_of(circle[0], sources), "", f"a tag cannot depend on itself: {way}."))
    return problems


def check_condition(condition: Condition, tags: Iterable[Tag], where: str = "condition") -> list[Problem]:
    """The same for the rule of an audience over these tags."""
    known = {tag.name: tag for tag in tags}
    unknown = [name for name in tags_read(condition) if name not in known]
    if unknown:
        return [_unknown_tag(name, known, where, "") for name in unknown]
    return [Problem(where, "", said, hint) for said, hint in kind_problems(Rule(condition), known)]


def _unknown_tag(name: str, known: Mapping[str, Tag], where: str, field: str) -> Problem:
    return Problem(where, field, f"there is no tag {name!r}.", did_you_mean(name, known))


def order_tags(tags: Sequence[Tag]) -> list[Tag]:
    """The tags so that each comes after those it reads, otherwise in the order given.

    Names outside the set are passed over. Raises `DefinitionError` naming a circle.
    """
    if circles := find_circles(tags):
        ways = (" → ".join((*circle, circle[0])) for circle in circles)
        raise DefinitionError(
            [Problem(way.split(" ")[0], "", f"a tag cannot depend on itself: {way}.") for way in ways]
        )
    known = {tag.name: tag for tag in tags}
    needs = {tag.name: [name for name in tags_read(tag.definition) if name in known] for tag in tags}
    placed: dict[str, Tag] = {}
    for tag in tags:
        waiting = [tag.name]
        while waiting:
            name = waiting[-1]
            if name in placed or all(need in placed for need in needs[name]):
                placed.setdefault(waiting.pop(), known[name])
            else:
                waiting += [need for need in reversed(needs[name]) if need not in placed]
    return list(placed.values())


def find_circles(tags: Sequence[Tag]) -> list[list[str]]:
    """Circles of tags that read each other, each told once, beginning with its first tag in the order given."""
    known = {tag.name for tag in tags}
    needs = {tag.name: [name for name in tags_read(tag.definition) if name in known] for tag in tags}
    finished: set[str] = set()
    circles: list[list[str]] = []
    for tag in tags:
        path: list[str] = []
        waiting = [(tag.name, False)]
        while waiting:
            name, leaving = waiting.pop()
            if leaving:
                finished.add(path.pop())
            elif name in path:
                circles.append(path[path.index(name) :])
            elif name not in finished:
                path.append(name)
                waiting.append((name, True))
                waiting += [(need, False) for need in reversed(needs[name])]
    return circles


def warn_tags(
    tags: Sequence[Tag],
    seen_events: Iterable[str] | None = None,
    seen_properties: Iterable[str] | None = None,
    sources: Sources | None = None,
) -> list[Problem]:
    """What is allowed but probably not meant: events and properties no data has, missing titles, groups, owners.

    None for ``seen_*`` = not known yet, nothing is said of them.
    """
    events = None if seen_events is None else set(seen_events)
    properties = None if seen_properties is None else set(seen_properties)
    warnings = []
    for tag in tags:
        where = place_of(tag.name, sources)
        for fold in folds_read(tag.definition):
            if fold.hand is not None:  # people enter it here: it may be that nobody has yet
                continue
            for event in _unseen(events_read(fold), events):
                hint = did_you_mean(event, events or ())
                warnings.append(Problem(where, rule_of(tag), f"no event {event!r} has been seen yet.", hint))
            for path in _unseen(properties_read(fold), properties):
                said = f"no property {path!r} has been seen yet."
                hint = f"{path} is an event: write {{count: '*', of: {path}}}." if path in (events or ()) else None
                warnings.append(Problem(where, rule_of(tag), said, hint or did_you_mean(path, properties or ())))
        warnings += [Problem(where, field, said) for field, said in missing_words(tag)]
    return warnings


def _unseen(names: Iterable[str], seen: set[str] | None) -> list[str]:
    return [] if seen is None else [name for name in names if name not in seen and not name.startswith("item.")]


def place_of(name: str, sources: Sources | None) -> str:
    """``tags/spend.yaml: spend_90d``, or the bare name."""
    return f"{sources[name]}: {name}" if sources and name in sources else name


def rule_of(tag: Tag) -> str:
    """The field the tag's rule is written in."""
    if isinstance(tag.definition, Fold) and tag.definition.hand is not None:
        return "hand"
    return RULE_FIELDS[type(tag.definition)]
