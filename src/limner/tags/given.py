"""Tags whose values come from outside: which they are, what may be said of them, and where an event says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from limner.errors import DataError, NotFound, did_you_mean
from limner.model.fold import Fold, Measure, Scalar
from limner.model.parse_given import SET, read_given
from limner.model.tag import Imported, Queried, Tag


def find_given(name: str, kind: type[Imported] | type[Queried], tags: Sequence[Tag]) -> Tag:
    """The tag of that name. NotFound, or DataError when it gets its values in another way."""
    known = {tag.name: tag for tag in tags}
    word = "imported: text" if kind is Imported else "sql: SELECT ..."
    if name not in known:
        hint = did_you_mean(name, known) or f"Declare it: {{layer: fact, {word}}}, and `limner tags apply`."
        raise NotFound(f"There is no tag {name!r}.", hint=hint)
    if not isinstance(known[name].definition, kind):
        raise DataError(f"{name} is worked out otherwise.", hint=f"Its definition must be {{{word}}}.")
    return known[name]


def read_entry(name: str, value: Any, tags: Mapping[str, Tag]) -> Scalar | None:
    """The value somebody entered, as it is stored; None takes it away. NotFound, DataError."""
    if name not in tags:
        raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, tags))
    tag = tags[name]
    fold = tag.definition
    takes = isinstance(fold, Fold) and fold.measure is Measure.TRAIT and not fold.selection.where
    if not takes or not isinstance(fold, Fold) or (fold.selection.names and SET not in fold.selection.names):
        enterable = [tag.name for tag in tags.values() if isinstance(tag.definition, Fold) and tag.definition.hand]
        hint = f"Those are: {', '.join(enterable)}." if enterable else "Declare one: {layer: fact, hand: text}."
        raise DataError(f"{name} is worked out and cannot be entered by hand.", hint=hint)
    if value is None:
        return None
    try:
        read = read_given(value, fold.hand) if fold.hand is not None else as_trait(value)
    except DataError as error:
        raise DataError(f"{name}: {error.message}", hint=error.hint) from error
    check_value(tag, read, name)
    return read


def as_trait(value: Any) -> Scalar:
    if isinstance(value, str | int | float | bool) and value != "":
        return value
    raise DataError("text, a number, true or false is wanted.")


def check_value(tag: Tag, value: Scalar, where: str) -> None:
    """DataError unless it is one of the values the tag may have."""
    if tag.values and value not in tag.values:
        known = [str(one) for one in tag.values]
        raise DataError(f"{where}: {tag.name} is never {value!r}.", hint=did_you_mean(str(value), known))


def place_traits(values: Mapping[str, Scalar], tags: Mapping[str, Tag]) -> dict[str, Any]:
    """The traits of an event that says these values, each where its tag reads it."""
    traits: dict[str, Any] = {}
    for name, value in values.items():
        fold = tags[name].definition
        assert isinstance(fold, Fold), "only folds of traits are entered"
        assert fold.path is not None
        *outer, last = fold.path.removeprefix("traits.").split(".")
        inside = traits
        for part in outer:
            inside = inside.setdefault(part, {})
        inside[last] = value
    return traits
