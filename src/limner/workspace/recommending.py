"""Verbs that offer items to one customer: by the newest published recommender, and all that happened up to now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from limner.errors import Conflict, DataError, NotFound, did_you_mean
from limner.learn.declaration import Declaration
from limner.learn.kinds import KINDS
from limner.learn.recommend.candidates import rank
from limner.learn.recommend.gather import gather
from limner.learn.recommend.kind import Recommendation
from limner.learn.recommend.learned import LearnedRecommender
from limner.learn.recommend.offering import Offer, Shelf, offer
from limner.learn.recommend.options import Options
from limner.learn.recommend.scene import parse_scene, period_of
from limner.learn.shelf import read_model
from limner.model.clock import iso_time, local_day, local_time, now, read_instant
from limner.model.timeline import Kind, Slice, Vocabulary
from limner.parts import Parts
from limner.pipeline import prepare
from limner.ports.models import ModelVersion
from limner.workspace.modelling import Modelling
from limner.workspace.opened import silent
from limner.workspace.portraying import Portraying
from limner.workspace.shelving import find_published

MOST = 200
"""Items in one answer."""
MOST_CANDIDATES = 1_000
SCENE = ("time", "place")
Candidate = str | Mapping[str, Any]
Scene = str | Mapping[str, str] | None
"""``time:now,place:上海``, or fields."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A recommender that serves, with what the shop has at the moment."""

    declared: Declaration
    version: ModelVersion
    learned: LearnedRecommender
    shelf: Shelf
    allowed: npt.NDArray[np.bool_]
    items: int
    """Revision of the item table."""

    @property
    def options(self) -> Options:
        options: Options = self.declared.options
        return options


class Recommending(Portraying, Modelling):
    """Recommendations."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._recommenders: dict[str, Ready] = {}

    def recommendations(self, key: str, n: int = 10, model: str | None = None, scene: Scene = None) -> dict[str, Any]:
        """The n items that go best with a customer now, each with its reason.

        ``model`` may be left out where one model is declared. ``scene``: time (ISO 8601, or `now`) and place.
        """
        if not 1 <= n <= MOST:
            raise DataError(f"n is 1 to {MOST}, not {n}.")
        ready, history, exclude, lifts, head = self._for(key, model, scene)
        found = offer(ready.shelf, history, n, exclude, ready.allowed, lifts)
        return {**head, "items": show_offers(found, ready.shelf)}

    def rank_candidates(
        self,
        key: str,
        candidates: Sequence[Candidate],
        model: str | None = None,
        scene: Scene = None,
    ) -> dict[str, Any]:
        """Given items in the order in which they go with a customer now: ids, or ``{id, attributes}`` of what is not in
        the item table."""
        listed = read_candidates(candidates)
        ready, history, _, lifts, head = self._for(key, model, scene)
        found = rank(ready.shelf, history, listed, lifts)
        return {**head, "items": show_offers(found, ready.shelf)}

    def _for(
        self, key: str, model: str | None, scene: Scene
    ) -> tuple[Ready, csr_matrix, csr_matrix, npt.NDArray[np.float64] | None, dict[str, Any]]:
        instant = now()
        ready = self._ready(model, instant)
        number, part, vocabulary = self._timeline_of(key, ready.options)
        seen = gather([part], vocabulary, ready.options, instant)
        history, exclude = ready.learned.histories(seen, ready.options, instant, np.array([number]))
        head = {
            "customer_id": f"c{number}",
            "model": ready.declared.name,
            "version": ready.version.version,
            "as_of": iso_time(instant, self.parts.zone),
            "interactions": len(seen.item),
        }
        return ready, history, exclude, self._lifts(ready, scene, instant), head

    def _lifts(self, ready: Ready, scene: Scene, instant: int) -> npt.NDArray[np.float64] | None:
        said, zone = parse_scene(scene), self.parts.zone
        if not said:
            return None
        if strange := [word for word in said if word not in SCENE]:
            raise DataError(f"A scene has no {strange[0]!r}.", hint="It has time and place.")
        period, place = None, said.get("place")
        if "time" in said:
            at = instant if said["time"] == "now" else read_instant(said["time"], zone)
            period = int(period_of(np.array([local_day(at, zone)]), np.array([local_time(at, zone).hour]))[0])
        if place is not None and ready.options.place is None:
            raise DataError(f"{ready.declared.name} knows no places.", hint="Declare its place: city.")
        return ready.learned.scenes.at(len(ready.learned.items), period, place)

    def _timeline_of(self, key: str, options: Options) -> tuple[int, Slice, Vocabulary]:
        """A customer's events up to this moment, with the columns that are read."""
        with self._settled():
            state = self._state_for([key])
            moment = self.moment() if state is None else state.moment
            vocabulary = self.parts.log.vocabulary()
            part = moment.view.slice_of(np.array([moment.snapshot.resolve(key)], np.int32))
            if not has_columns(part, vocabulary, options):  # the item table was changed, or the log was made anew
                tags = KINDS[Recommendation.name].asks(self._find_recommender(None), self._known())
                moment = prepare(self.parts, self._one_id, tags, silent)
                vocabulary = self.parts.log.vocabulary()
                part = moment.view.slice_of(np.array([moment.snapshot.resolve(key)], np.int32))
            return moment.snapshot.resolve(key), part, vocabulary

    def _ready(self, model: str | None, instant: int) -> Ready:
        """The version that serves: of a model that tags show the one that was published last, else the newest that is
        good enough. Read once, and again when there is a newer one or the item table changes."""
        declared = self._find_recommender(model)
        with self._lock:
            version = self._serving(declared)
            kept, revision = self._recommenders.get(declared.name), self.parts.items.revision()
            if kept is not None and (kept.version.version, kept.declared.digest, kept.items) == (
                version.version,
                declared.digest,
                revision,
            ):
                return kept
            same = kept is not None and kept.version.version == version.version
            learned = kept.learned if kept is not None and same else self._read_recommender(version)
            options: Options = declared.options
            attributes = self.parts.items.known(instant)
            shelf = Shelf(
                learned.items, learned.recommender, learned.popularity, attributes, options.by, options.balance
            )
            ready = Ready(declared, version, learned, shelf, shelf.allowed(options.items), revision)
            self._recommenders[declared.name] = ready
            return ready

    def _read_recommender(self, version: ModelVersion) -> LearnedRecommender:
        shelved = self._shelved(version)
        fitted = read_model(shelved.folder, KINDS[Recommendation.name], shelved.sha256)
        assert isinstance(fitted, LearnedRecommender), "the kind makes no others"
        return fitted

    def _find_recommender(self, name: str | None) -> Declaration:
        declared = {one.name: one for one in self._serving_declared().values() if one.kind == Recommendation.name}
        if name is None and len(declared) == 1:
            return next(iter(declared.values()))
        if name is None and declared:
            raise DataError(f"Which model is to recommend: {', '.join(sorted(declared))}?", hint="Give model=NAME.")
        if name is None or name not in declared:
            hint = did_you_mean(name or "", declared) if name else None
            said = f"There is no model {name!r} that recommends." if name else "No model that recommends is declared."
            raise NotFound(said, hint=hint or "Declare one of kind: recommendation in models/*.yaml.")
        return declared[name]

    def _serving(self, declared: Declaration) -> ModelVersion:
        versions = [one for one in self.parts.models.versions(declared.name) if one.kind == declared.kind]
        if not versions:
            raise NotFound(f"{declared.name} was never fitted.", hint=f"`limner models fit {declared.name}` does.")
        published = find_published(versions)
        good = [one for one in versions if one.card["passed"]]
        if self._shown_by(declared.name) and published is not None:
            return published
        if not good:
            missing = " ".join(versions[-1].card["missing"])
            raise Conflict(f"No version of {declared.name} is good enough to serve: {missing}")
        return good[-1]


def show_offers(found: Sequence[Offer], shelf: Shelf) -> list[dict[str, Any]]:
    """With what the item table says of each."""
    return [{**each.as_dict(), "attributes": dict(shelf.attributes.get(each.item, {}))} for each in found]


def has_columns(part: Slice, vocabulary: Vocabulary, options: Options) -> bool:
    for _, path in options.paths():
        column = vocabulary.columns.get((path, Kind.TEXT))
        if column is None:
            return False
        rows = part.elements.get(column.grain) if column.grain else part
        if rows is None or column.name not in rows.columns:
            return False
    return True


def read_candidates(candidates: Sequence[Candidate]) -> list[tuple[str, Mapping[str, Any]]]:
    if not candidates:
        raise DataError("There are no candidates to be ranked.")
    if len(candidates) > MOST_CANDIDATES:
        raise DataError(f"There are {len(candidates)} candidates; {MOST_CANDIDATES} are ranked at once at most.")
    found: list[tuple[str, Mapping[str, Any]]] = []
    for place, one in enumerate(candidates):
        given: Mapping[str, Any] = {"id": one} if isinstance(one, str) else one
        if not isinstance(given, Mapping) or not isinstance(given.get("id"), str):
            raise DataError(f"Candidate {place} has no id.", hint='Write "SKU1", or {"id": "SKU1", "attributes": {}}.')
        attributes = given.get("attributes") or {}
        if not isinstance(attributes, Mapping):
            raise DataError(f"The attributes of candidate {given['id']!r} are no fields.")
        found.append((given["id"], attributes))
    ids = [item for item, _ in found]
    if len(set(ids)) < len(ids):
        twice = next(item for item in ids if ids.count(item) > 1)
        raise DataError(f"Candidate {twice!r} is there twice.")
    return found
