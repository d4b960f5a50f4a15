"""A recommender that has learned from a workspace's events: `limner.learn.contract.Fitted`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from limner.errors import DataError
from limner.learn.contract import MAIN, Evaluation, Reason, Said, Study
from limner.learn.declaration import Declaration
from limner.learn.learned import read_learned, reading_files, write_learned
from limner.learn.recommend.ease import Ease
from limner.learn.recommend.evaluation import evaluate
from limner.learn.recommend.factors import Factors
from limner.learn.recommend.gather import Seen, find_excluded, gather, micros_of
from limner.learn.recommend.interactions import Interactions, weigh_histories
from limner.learn.recommend.neighbours import ItemToItem
from limner.learn.recommend.options import AUTO, Options
from limner.learn.recommend.popularity import Popularity
from limner.learn.recommend.recommender import NOTHING, Recommender
from limner.learn.recommend.scene import Scenes
from limner.model.column import TagColumn, ValueType

RECOMMENDERS: Mapping[str, type[Ease] | type[Factors] | type[ItemToItem] | type[Popularity]] = {
    kind.name: kind for kind in (ItemToItem, Factors, Ease, Popularity)
}
SMALL = 2_000
"""Items up to which EASE is chosen."""
LEAST_ITEMS = 2
K = 10
ARRAYS = "arrays.npz"


class LearnedRecommender:
    def __init__(
        self, recommender: Recommender, popularity: Popularity, scenes: Scenes, said: Mapping[str, Any]
    ) -> None:
        self.recommender, self.popularity, self.scenes = recommender, popularity, scenes
        self.said = said
        """algorithm, items (their names), sizes."""
        self.items: tuple[str, ...] = tuple(said["items"])
        self._place = {item: place for place, item in enumerate(self.items)}

    @classmethod
    def fit(cls, declaration: Declaration, study: Study) -> Self:
        options: Options = declaration.options
        study.tell("interactions", 0, 0)
        seen = gather(study.slices(), study.vocabulary(), options, study.last)
        known = read_interactions(seen, options, study.last)
        customers, items = known.matrix.shape
        if customers < declaration.least["customers"] or items < LEAST_ITEMS:
            raise DataError(
                f"{declaration.name}: too little to learn from: {customers} customers had to do with {items} items; at "
                f"least {declaration.least['customers']} and {LEAST_ITEMS} are needed.",
                hint="Declare more events as interactions, or wait for more data.",
            )
        name = choose_algorithm(options.algorithm, items)
        study.tell(name, 0, 0)
        model = RECOMMENDERS[name]().fit(known.matrix)
        place = {item: number for number, item in enumerate(known.items)}
        scenes = fit_scenes(seen, place)
        sizes = {
            "customers": customers,
            "items": items,
            "interactions": len(known.item),
            "pairs": int(known.matrix.nnz),
        }
        said = {"algorithm": name, "items": list(known.items), "sizes": sizes}
        return cls(model, Popularity().fit(known.matrix), scenes, said)

    def about(self) -> dict[str, Any]:
        return {"algorithm": self.said["algorithm"], "sizes": self.said["sizes"], "leaks": []}

    def evaluate(self, declaration: Declaration, study: Study) -> Evaluation:
        """Fitted anew to what came before the test, and held against what was taken up from then on."""
        options: Options = declaration.options
        if study.dates.test is None:
            return Evaluation({}, {}, missing=["The data is too short to test it on time it was not fitted on."])
        seen = gather(study.slices(), study.vocabulary(), options, study.last)
        try:
            known = read_interactions(seen, options, study.last)
            model = RECOMMENDERS[self.said["algorithm"]]()
            found, popular = evaluate(known, study.dates.test, [model], K, micros_of(options.half_life))
        except DataError as error:
            return Evaluation({}, {}, missing=[error.message])
        metrics = {
            f"recall_at_{K}": found.recall,
            f"ndcg_at_{K}": found.ndcg,
            f"coverage_at_{K}": found.coverage,
            f"popularity_ndcg_at_{K}": popular.ndcg,
            "over_popularity": found.ndcg / popular.ndcg if popular.ndcg else float(found.ndcg > 0),
        }
        return Evaluation(metrics, {"customers": found.customers})

    def predict(self, declaration: Declaration, study: Study) -> Said:
        """The item that goes best with each customer."""
        options: Options = declaration.options
        seen = gather(study.slices(), study.vocabulary(), options, study.last)
        customers = np.unique(seen.customer)
        histories, exclude = self.histories(seen, options, study.last, customers)
        best = self.recommender.top(histories, 1, exclude).items[:, 0]
        column = TagColumn(ValueType.TEXT, np.where(best >= 0, best, NOTHING).astype(np.int32), dictionary=self.items)
        return Said(customers.astype(np.int32), {MAIN: column})

    def explain(self, declaration: Declaration, study: Study, customer: int) -> list[Reason]:
        """What of the customer's history speaks for the item that goes best with it."""
        options: Options = declaration.options
        seen = gather(study.slices(), study.vocabulary(), options, study.last)
        history, exclude = self.histories(seen, options, study.last, np.array([customer]))
        best = int(self.recommender.top(history, 1, exclude).items[0, 0])
        if best < 0:
            return []
        return [
            Reason(item, share, {"zh": f"接触过 {item}", "en": f"had to do with {item}"})
            for item, share in ((self.items[place], share) for place, share in self.recommender.reasons(history, best))
        ]

    def histories(
        self, seen: Seen, options: Options, now: int, customers: npt.NDArray[np.int64]
    ) -> tuple[csr_matrix, csr_matrix]:
        """Of these ascending customers over the items it knows: their histories, and what is not to be offered."""
        place = np.array([self._place.get(item, -1) for item in seen.items], np.int64)
        item = place[seen.item] if len(place) else seen.item
        row = np.searchsorted(customers, seen.customer)
        kept = (item >= 0) & (customers[np.minimum(row, len(customers) - 1)] == seen.customer)
        shape, weights = (len(customers), len(self.items)), seen.weights(options.sources)
        half_life = micros_of(options.half_life)
        histories = weigh_histories(row[kept], item[kept], weights[kept], seen.time[kept], shape, now, half_life)
        out = kept & find_excluded(seen, options, now)
        exclude = csr_matrix((np.ones(int(out.sum()), np.float32), (row[out], item[out])), shape=shape)
        exclude.sum_duplicates()
        return histories, exclude

    def save(self, folder: Path) -> None:
        arrays = {f"model_{name}": array for name, array in self.recommender.arrays().items()}
        arrays |= {f"popularity_{name}": array for name, array in self.popularity.arrays().items()}
        arrays |= {"scene_period": self.scenes.period, "scene_place": self.scenes.place}
        np.savez(folder / ARRAYS, allow_pickle=False, **arrays)
        said = {**self.said, "places": list(self.scenes.places)}
        write_learned(folder, said)

    @classmethod
    def load(cls, folder: Path) -> Self:
        said = read_learned(folder)
        with reading_files():
            with np.load(folder / ARRAYS, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            kind = RECOMMENDERS[said["algorithm"]]
            parts = {
                part: {name.removeprefix(part): array for name, array in arrays.items() if name.startswith(part)}
                for part in ("model_", "popularity_")
            }
            scenes = Scenes(arrays["scene_period"], arrays["scene_place"], tuple(said.pop("places")))
            return cls(kind.of_arrays(parts["model_"]), Popularity.of_arrays(parts["popularity_"]), scenes, said)


def read_interactions(seen: Seen, options: Options, now: int) -> Interactions:
    weights = seen.weights(options.sources)
    half_life = micros_of(options.half_life)
    return Interactions.of_codes(seen.customer, seen.item, seen.items, weights, seen.time, now=now, half_life=half_life)


def fit_scenes(seen: Seen, place: Mapping[str, int]) -> Scenes:
    known = np.array([place.get(item, -1) for item in seen.items], np.int64)[seen.item]
    kept = known >= 0
    return Scenes.of(known[kept], len(place), seen.day[kept], seen.hour[kept], seen.place[kept], seen.places)


def choose_algorithm(asked: str, items: int) -> str:
    if asked != AUTO:
        return asked
    return Ease.name if items <= SMALL else ItemToItem.name
