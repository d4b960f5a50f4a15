"""What runs in Spark's Python workers: the plan made once per process, then the same kernels as anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from limner.adapters.spark.batches import cut_customers, read_slice, write_folded
from limner.errors import DefinitionError
from limner.fold.claims import find_claims, gather_claims, plan_of_claims
from limner.fold.fold import fold, weigh
from limner.fold.plan import Plan, build_plan
from limner.fold.population import Population, Weights, join_weights
from limner.fold.presence import count_events, drop_absent
from limner.fold.trust import Claims
from limner.model.dump import dump_tag
from limner.model.parse import parse_tags
from limner.model.tag import Tag
from limner.model.timeline import Vocabulary

WEIGHTS_SCHEMA = "key string, value bigint, weight bigint"
CLAIMS_SCHEMA = "key string, customer int, source smallint, value bigint, time bigint"


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """All of a fold but the rows, fixed by the driver: the codes of a vocabulary mean the same to every worker."""

    tags: str
    """Canonical definitions by name, as JSON."""
    vocabulary: Vocabulary
    types: Mapping[str, frozenset[str]]
    as_of: int
    known_at: int | None
    population: Population | None = None

    def grains(self) -> dict[str, str]:
        return {column.name: column.grain for column in self.vocabulary.columns.values() if column.grain}


def spell_tags(tags: Iterable[Tag]) -> str:
    return json.dumps({tag.name: dump_tag(tag) for tag in tags}, ensure_ascii=False)


@lru_cache(maxsize=2)
def plan_of(recipe: Recipe) -> Plan:
    """A worker keeps what was broadcast to it from task to task, and so the plan."""
    tags, problems = parse_tags(json.loads(recipe.tags), "lake")
    if problems:
        raise DefinitionError(problems)
    return build_plan(tags, recipe.vocabulary, lambda path: recipe.types.get(path, frozenset()))


def fold_rows(recipe: Recipe, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows sorted by (customer, time, event_id) to the columns of `write_folded`."""
    plan, grains = plan_of(recipe), recipe.grains()
    for table in cut_customers(batches):
        part = read_slice(table, grains)
        folded = fold(plan, part, recipe.as_of, recipe.known_at, recipe.population)
        counts = count_events(part, recipe.as_of, recipe.known_at)
        yield from write_folded(drop_absent(folded, counts), counts[counts > 0])


def weigh_rows(recipe: Recipe, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows to this task's part of the population's summary."""
    slices = (read_slice(table, recipe.grains()) for table in cut_customers(batches))
    for key, found in weigh(plan_of(recipe), slices, recipe.as_of, recipe.known_at).weights.items():
        yield pa.record_batch(
            {
                "key": pa.array([key] * len(found.values), pa.string()),
                "value": pa.array(found.values),
                "weight": pa.array(found.weights),
            }
        )


def join_weighed(table: pa.Table) -> dict[str, Weights]:
    """The weights of all tasks together, by fold."""
    keys = np.asarray(table.column("key").to_pylist(), object)
    values, weights = table.column("value").to_numpy(), table.column("weight").to_numpy()
    return {
        key: join_weights([Weights(values[keys == key], weights[keys == key])]) for key in sorted(set(keys.tolist()))
    }


def hear_rows(recipe: Recipe, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows to what sources claim, of no more customers than are learned from."""
    plan = plan_of_claims(plan_of(recipe))
    parts = (
        find_claims(plan, read_slice(table, recipe.grains()), recipe.as_of, recipe.known_at)
        for table in cut_customers(batches)
    )
    for key, claims in gather_claims(parts).items():
        yield pa.record_batch(
            {
                "key": pa.array([key] * len(claims.customers), pa.string()),
                "customer": pa.array(claims.customers),
                "source": pa.array(claims.sources),
                "value": pa.array(claims.values),
                "time": pa.array(claims.times),
            }
        )


def join_said(table: pa.Table) -> dict[str, Claims]:
    """The claims of all tasks together, by fold."""
    keys = np.asarray(table.column("key").to_pylist(), object)
    names = {"customer": np.int32, "source": np.int16, "value": np.int64, "time": np.int64}
    whole = Claims(*(table.column(name).to_numpy().astype(kind) for name, kind in names.items()))
    return {key: whole.take(np.flatnonzero(keys == key)) for key in sorted(set(keys.tolist()))}
