"""A model as it is declared: ``models/*.yaml``, under ``models:``, by name.

.. code-block:: yaml

    models:
      churn:
        kind: churn
        title: {zh: 流失风险, en: Churn risk}
        event: order_paid                     # the kind's own fields: `Kind.fields`
        horizon: 60d
        population: {did: order_paid, within: 180d}
        features: auto                        # or a list of tags, and of folds with a name
        quality: {auc: 0.7}
        schedule: {fit: 30d, publish: 1d}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from limner.errors import DataError
from limner.learn.contract import Kind
from limner.model.condition import Condition
from limner.model.fold import Span
from limner.model.parse_condition import read_condition
from limner.model.parse_tag import check_name, read_tag, read_title
from limner.model.parse_value import read_number, read_span
from limner.model.place import Place
from limner.model.tag import Tag

AUTO = "auto"
WORDS = ("title", "owner", "description")
FIELDS = (
    "kind",
    *WORDS,
    "horizon",
    "population",
    "features",
    "without",
    "trust",
    "dates",
    "every",
    "quality",
    "least",
    "schedule",
)
"""What every model may have, whatever its kind."""
HORIZON = Span(30, "d")
DATES = 5
MOST_DATES = 24
LEAST: Mapping[str, int] = {"customers": 200, "positives": 30}
SCHEDULED = ("fit", "publish")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One model. ``options`` is whatever its kind reads of its own fields."""

    name: str
    kind: str
    options: Any = None
    title: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    description: str | None = None
    horizon: Span = HORIZON
    """How far it looks ahead, in local days."""
    population: Condition | None = None
    """Whom it is about, as of the instant it is asked at; None = everybody."""
    features: tuple[str | Tag, ...] | None = None
    """Names of published tags, and folds of its own; None = `AUTO`."""
    without: tuple[str, ...] = ()
    """Features that `AUTO` is to leave out."""
    trust: tuple[str, ...] = ()
    """Features that look as if they knew the future, and do not: somebody looked."""
    dates: int = DATES
    """How many past instants it learns from."""
    every: Span | None = None
    """Days between two of them; None = as the kind thinks."""
    quality: Mapping[str, float] = field(default_factory=dict)
    """Demanded before it is published: bounds by metric, the kind's own ones included."""
    least: Mapping[str, int] = field(default_factory=lambda: dict(LEAST))
    """Fewest customers, and positives among them, to learn from."""
    schedule: Mapping[str, Span] = field(default_factory=dict)
    """How often a served workspace fits and publishes it by itself."""
    written: Mapping[str, Any] = field(default_factory=dict)
    """As it stands in the file."""

    @property
    def digest(self) -> str:
        """SHA-256 of what was written."""
        text = json.dumps(self.written, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def says(self, language: str) -> str:
        """The title in that language, else in any, else the name."""
        return self.title.get(language) or next(iter(self.title.values()), self.name)

    def own_tag(self, part: str) -> str:
        """The name of a fold of the model's own; no published tag has a colon."""
        return f"{self.name}:{part}"


Kinds = Mapping[str, Kind]


@contextmanager
def naming(declaration: Declaration) -> Iterator[None]:
    """What is too little, or cannot be used, is said of the model by its name."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{declaration.name}: {error.message}", hint=error.hint) from error


def parse_model(name: str, data: object, kinds: Kinds) -> Declaration:
    """One model. Raises `DefinitionError`."""
    place = Place(name)
    model = read_model(name, data, place, kinds)
    place.raise_problems()
    assert model is not None, "a model that cannot be read has a problem"
    return model


def read_model(name: str, data: object, place: Place, kinds: Kinds) -> Declaration | None:
    """None after telling the place everything that is wrong."""
    before = len(place.problems)
    check_name(name, place, "a model")
    fields = place.mapping(data, "a model")
    if fields is None:
        return None
    kind = kinds.get(str(fields.get("kind")))
    if "kind" not in fields:
        place.at("kind").wrong("the kind is missing.", f"One of {', '.join(kinds)}.")
    elif kind is None:
        place.at("kind").unknown("kind", fields["kind"], kinds)
    if kind is None:
        return None
    place.only(fields, (*FIELDS, *kind.fields), f"a model of the kind {kind.name}")
    words = {key: place.at(key).text(fields[key], key) for key in WORDS[1:] if fields.get(key) is not None}
    horizon = _read_days(fields, "horizon", place) or HORIZON
    declared = Declaration(
        name=name,
        kind=kind.name,
        options=kind.read({key: fields[key] for key in kind.fields if key in fields}, place),
        title=read_title(fields["title"], place.at("title")) if "title" in fields else kind.title,
        horizon=horizon,
        population=_read_population(fields, place),
        features=_read_features(fields.get("features", AUTO), place.at("features")),
        without=_read_names(fields.get("without", []), place.at("without")),
        trust=_read_names(fields.get("trust", []), place.at("trust")),
        dates=_read_count(fields.get("dates", DATES), place.at("dates")),
        every=_read_days(fields, "every", place),
        quality={**kind.quality, **_read_bounds(fields.get("quality", {}), kind.measures, place.at("quality"))},
        least={**LEAST, **_read_least(fields.get("least", {}), place.at("least"))},
        schedule=_read_schedule(fields.get("schedule", {}), place.at("schedule")),
        written=dict(fields),
        **words,
    )
    return declared if len(place.problems) == before else None


def _read_population(fields: Mapping[str, object], place: Place) -> Condition | None:
    return read_condition(fields["population"], place.at("population")) if "population" in fields else None


def _read_days(fields: Mapping[str, object], key: str, place: Place) -> Span | None:
    if key not in fields:
        return None
    span = read_span(fields[key], place.at(key))
    if span is not None and span.unit != "d":
        place.at(key).wrong("models look in whole days.", f"Write {max(1, round(span.length / 24))}d.")
        return None
    return span


def _read_features(data: object, place: Place) -> tuple[str | Tag, ...] | None:
    """``auto``, or names of tags and ``{name: {count: '*', of: ...}}`` for a fold of the model's own."""
    if data == AUTO:
        return None
    if not isinstance(data, list | tuple) or not data:
        place.wrong(
            "features are auto, or a list of tags and folds.", "Write [orders_90d, {visits: {count: '*', of: page}}]."
        )
        return ()
    found: list[str | Tag] = []
    for i, item in enumerate(data):
        here = place.at(i)
        if isinstance(item, Mapping) and len(item) == 1:
            ((name, fold),) = item.items()
            tag = read_tag(name, {"layer": "fact", "fold": fold}, here)
            found += [] if tag is None else [tag]
        elif (name := here.text(item, "a feature")) is not None:
            found.append(name)
    names = [one if isinstance(one, str) else one.name for one in found]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        place.wrong(f"{name} is there twice.")
    return tuple(found)


def _read_names(data: object, place: Place) -> tuple[str, ...]:
    if not isinstance(data, list | tuple):
        place.wrong("a list of names is wanted.", "Write [name, name].")
        return ()
    names = [place.at(i).text(item, "a name") for i, item in enumerate(data)]
    return tuple(name for name in names if name is not None)


def _read_count(data: object, place: Place) -> int:
    if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= MOST_DATES:
        place.wrong(f"a whole number from 1 to {MOST_DATES} is wanted.")
        return DATES
    return data


def _read_bounds(data: object, known: Iterable[str], place: Place) -> dict[str, float]:
    fields = place.mapping(data, "quality") or {}
    place.only(fields, tuple(known), "quality")
    read = {key: read_number(value, place.at(key), -1e12, 1e12) for key, value in fields.items() if key in known}
    return {key: value for key, value in read.items() if value is not None}


def _read_least(data: object, place: Place) -> dict[str, int]:
    fields = place.mapping(data, "least") or {}
    place.only(fields, tuple(LEAST), "least")
    read = {key: read_number(value, place.at(key), 1, 1e12) for key, value in fields.items() if key in LEAST}
    return {key: int(value) for key, value in read.items() if value is not None}


def _read_schedule(data: object, place: Place) -> dict[str, Span]:
    fields = place.mapping(data, "schedule") or {}
    place.only(fields, SCHEDULED, "schedule")
    read = {key: read_span(value, place.at(key)) for key, value in fields.items() if key in SCHEDULED}
    return {key: value for key, value in read.items() if value is not None}
