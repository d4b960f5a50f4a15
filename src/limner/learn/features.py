"""Which tags a model reads: those it names, or, by itself, every published tag and what each event has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from limner.errors import DefinitionError, Problem, did_you_mean
from limner.learn.contract import Known, Study
from limner.learn.declaration import Declaration
from limner.model.fold import Fold, Measure, Selection, Span, Window
from limner.model.labels import Labels
from limner.model.references import tags_read
from limner.model.tag import Layer, Predicted, Tag
from limner.model.words import say

MOST_EVENTS = 20
"""Events that `AUTO` folds by itself, in the order of the alphabet."""
WINDOWS = (30, 90)
PERSONAL = frozenset({"name", "phone", "email", "address", "id_card"})
LANGUAGES = ("zh", "en")
AGO: Mapping[str, str] = {"zh": "距上次{title}的天数", "en": "days since the last of: {title}"}
AUTOMATIC = "auto."
"""Before the names of folds that nobody declared."""


def choose_features(
    declaration: Declaration, known: Known, hidden: Iterable[str] = (), parts: Iterable[str] = ()
) -> list[Tag]:
    """The tags to be read, those of its own among them. ``hidden``: tags that would tell the answer, and with them all
    that rest on them; ``parts``: what the answer is put together from, which by itself is none.

    DefinitionError when it names a tag that is not there, or one that a model predicts.
    """
    tags = {tag.name: tag for tag in known.tags}
    if declaration.features is not None:
        return name_all(_named(declaration, declaration.features, tags), known.labels)
    told = find_told(tags, hidden)
    published = [tag for tag in known.tags if tag.name not in told and tag.layer is not Layer.PREDICTION]
    left_out = {*declaration.without, *parts}
    strange = [name for name in declaration.without if name not in tags and not name.startswith(AUTOMATIC)]
    if strange:
        hint = did_you_mean(strange[0], tags)
        raise DefinitionError([Problem(declaration.name, "without", f"there is no tag {strange[0]!r}.", hint)])
    same = [tags[name].definition for name in left_out & {*tags}]
    automatic = [fold for name in sorted(known.events)[:MOST_EVENTS] for fold in fold_event(name)]
    fresh = [fold for fold in automatic if fold.definition not in same]
    chosen = [tag for tag in (*published, *fresh) if tag.name not in left_out and tag.name not in PERSONAL]
    return name_all(chosen, known.labels)


def feature_tags(study: Study) -> list[Tag]:
    """Of what a study asks, that which a model goes by: what it asks for itself has a colon in its name."""
    return [tag for tag in study.asks if ":" not in tag.name]


def title_tags(study: Study) -> dict[str, dict[str, str]]:
    """The titles of these, by name, to be told reasons by."""
    return {tag.name: dict(tag.title) for tag in feature_tags(study)}


def title_values(study: Study) -> dict[str, dict[str, dict[str, str]]]:
    """By tag and value, what their values are called where that is not what they are."""
    titled = {tag.name: {str(value): dict(title) for value, title in tag.values.items()} for tag in feature_tags(study)}
    return {name: values for name, values in titled.items() if any(values.values())}


def name_all(tags: Sequence[Tag], labels: Labels) -> list[Tag]:
    """The same, each with a title in both languages: reasons are told by it."""
    return [replace(tag, title={language: name_tag(tag, language, labels) for language in LANGUAGES}) for tag in tags]


def name_tag(tag: Tag, language: str, labels: Labels) -> str:
    """Its title, else what it is."""
    if tag.title:
        return tag.says(language)
    definition = tag.definition
    if isinstance(definition, Fold) and tag.name.startswith(AUTOMATIC) and definition.measure is Measure.SINCE:
        (event,) = definition.selection.names
        return AGO[language].format(title=labels.event(event, language))
    return say(definition, language, labels)


def _named(declaration: Declaration, features: Sequence[str | Tag], tags: Mapping[str, Tag]) -> list[Tag]:
    problems = [
        Problem(declaration.name, "features", f"there is no tag {name!r}.", did_you_mean(name, tags))
        for name in features
        if isinstance(name, str) and name not in tags
    ]
    taken = [one.name for one in features if isinstance(one, Tag) and one.name in tags]
    problems += [
        Problem(declaration.name, "features", f"{name} is a published tag already.", "Call the fold otherwise.")
        for name in taken
    ]
    if problems:
        raise DefinitionError(problems)
    return [tags[one] if isinstance(one, str) else one for one in features]


def find_told(tags: Mapping[str, Tag], hidden: Iterable[str] = ()) -> set[str]:
    """Tags that rest on what models said, or on one of ``hidden``; those themselves included."""
    told = {*hidden, *(name for name, tag in tags.items() if isinstance(tag.definition, Predicted))}
    grown = True
    while grown:
        more = {name for name, tag in tags.items() if name not in told and told & {*tags_read(tag.definition)}}
        told |= more
        grown = bool(more)
    return told


def fold_event(name: str) -> list[Tag]:
    """How often lately, how long ago, on how many days: of one event."""
    chosen = Selection((name,))
    folds = {
        **{f"count_{days}d": Fold(Measure.COUNT, chosen, Window(within=Span(days, "d"))) for days in WINDOWS},
        "days_90d": Fold(Measure.DAYS, chosen, Window(within=Span(90, "d"))),
        "since": Fold(Measure.SINCE, chosen),
    }
    return [Tag(f"{AUTOMATIC}{name}.{part}", Layer.FACT, fold) for part, fold in folds.items()]


def with_all_inputs(tags: Sequence[Tag], published: Sequence[Tag]) -> list[Tag]:
    """These tags and all published ones that they are worked out from, each once."""
    known = {tag.name: tag for tag in published}
    found: dict[str, Tag] = {}
    waiting = list(tags)
    while waiting:
        tag = waiting.pop(0)
        if tag.name not in found:
            found[tag.name] = tag
            waiting += [known[name] for name in tags_read(tag.definition) if name in known]
    return list(found.values())
