"""Which properties folds read, and as what: a number, a text or a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from limner.fold.comparison import DATED, literals
from limner.model.condition import Did
from limner.model.fold import Fold, Measure, Op, PropertyTest, Selection
from limner.model.references import conditions_in, leaves
from limner.model.tag import Tag
from limner.model.timeline import Kind

Seen = Callable[[str], frozenset[str]]
"""Property path to the JSON types that make it up: ``number``, ``string``, ``boolean``."""
Kinds = Callable[[str], Kind]
"""Property path to its own kind."""
NUMERIC = frozenset({Measure.SUM, Measure.AVG, Measure.MEDIAN})
TEXTUAL = frozenset({Op.CONTAINS, Op.STARTS_WITH}) | DATED
TIME = "time"


def kinds_seen(seen: Seen) -> Kinds:
    """A property's own kind: a number if numbers make it up (see `limner.model.sighting`)."""

    def kind(path: str) -> Kind:
        if path == TIME:
            return Kind.TIME
        return Kind.NUMBER if seen(path) == {"number"} else Kind.TEXT

    return kind


def measured_kind(fold: Fold, kinds: Kinds) -> Kind | None:
    """The kind in which a fold reads its property; None if it reads none."""
    if fold.path is None:
        return None
    return Kind.NUMBER if fold.measure in NUMERIC else kinds(fold.path)


def tested_kind(test: PropertyTest, kinds: Kinds) -> Kind:
    """The kind in which ``where`` reads a property: as the literal is."""
    if test.path == TIME:
        return Kind.TIME
    if test.op is Op.IS_NULL:
        return kinds(test.path)
    if test.op in TEXTUAL or any(isinstance(value, str | bool) for value in literals(test.operand)):
        return Kind.TEXT
    return Kind.NUMBER


def selections_of(fold: Fold) -> Iterator[Selection]:
    """Every selection a fold evaluates over the rows of its own grain."""
    if fold.measure is Measure.SEQUENCE:
        yield from (step.selection for step in fold.steps)
    else:
        yield fold.selection


def properties_of(fold: Fold, kinds: Kinds) -> Iterator[tuple[str, Kind]]:
    """Properties a fold reads, its anchor's included; ``time`` is not one."""
    kind = measured_kind(fold, kinds)
    if fold.path is not None and kind is not None:
        yield fold.path, kind
    if fold.weight is not None:
        yield fold.weight, Kind.NUMBER
    if fold.same is not None:
        yield fold.same, kinds(fold.same)
    anchors = [fold.window.anchor] if fold.window.anchor else []
    for selection in [*selections_of(fold), *anchors]:
        for test in selection.where:
            yield test.path, tested_kind(test, kinds)


def list_grains(paths: Iterable[str | None]) -> list[str]:
    """The lists whose elements these paths look into, such as ``products[]``."""
    heads = (path.partition("[]") for path in paths if path)
    return list(dict.fromkeys(head + bracket for head, bracket, _ in heads if bracket))


def grains_of(fold: Fold) -> list[str]:
    """The list grains a fold looks into; it can run over one at most."""
    tested = [test.path for selection in selections_of(fold) for test in selection.where]
    return list_grains([fold.path, fold.weight, fold.same, *tested])


def fold_key(fold: Fold) -> str:
    """Equal for folds that compute the same. (``==`` alone would take ``where: {a: 1}`` for ``where: {a: true}``.)"""
    return repr(fold) if fold.half_life is None else f"{fold!r} half_life={fold.half_life}d"


def folds_of(tags: Sequence[Tag]) -> dict[str, tuple[Fold, list[str]]]:
    """Every distinct fold the tags need, inline behaviour included, by key, and the tags that read it."""
    found: dict[str, tuple[Fold, list[str]]] = {}
    for tag in tags:
        tests = (leaf for condition in conditions_in(tag.definition) for leaf in leaves(condition))
        folds = [leaf.fold for leaf in tests if isinstance(leaf, Did)]
        for fold in [tag.definition, *folds] if isinstance(tag.definition, Fold) else folds:
            found.setdefault(fold_key(fold), (fold, []))[1].append(tag.name)
    return found


def needs(tags: Sequence[Tag], seen: Seen) -> set[tuple[str, Kind]]:
    """Promoted properties the tags need: (path, kind)."""
    kinds = kinds_seen(seen)
    pairs = (pair for fold, _ in folds_of(tags).values() for pair in properties_of(fold, kinds))
    return {(path, kind) for path, kind in pairs if path != TIME}


def needs_seen(tags: Sequence[Tag], seen: Seen) -> set[tuple[str, Kind]]:
    """Those of them that have values: nothing could be put in a column of others. For what is asked once; a tag that is
    published has its column before the first value comes."""
    return {(path, kind) for path, kind in needs(tags, seen) if seen(path)}
