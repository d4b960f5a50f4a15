"""The engine on a cluster: Spark shuffles and sorts, the same kernels fold inside `mapInArrow`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from limner.adapters.parquet.manifest import MANIFEST, Manifest, name_links, read_manifest
from limner.adapters.spark.batches import read_folded, spell_schema
from limner.adapters.spark.task import (
    CLAIMS_SCHEMA,
    WEIGHTS_SCHEMA,
    Recipe,
    fold_rows,
    hear_rows,
    join_said,
    join_weighed,
    spell_tags,
    weigh_rows,
)
from limner.errors import DataError, MissingExtra, NotFound, Unavailable
from limner.fold.census import asks_for_lift
from limner.fold.claims import asks_for_trust, learn_from
from limner.fold.embedded import empty_slice, find_population
from limner.fold.fold import fold
from limner.fold.plan import build_plan, needs
from limner.fold.population import Population
from limner.fold.program import BASE
from limner.model.clock import iso_time
from limner.model.column import Folded
from limner.model.tag import Imported, Quantiles, Queried, Tag
from limner.model.timeline import Column, Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ORDER = ("customer", "time", "event_id", "source_name")
KEYS = (
    "fragment int, seq bigint, event_id string, time bigint, received_at bigint, "
    "day int, hour tinyint, name int, source smallint"
)
CAUSE = re.compile(r"^limner\.errors\.\w+: (.+)$", re.MULTILINE)
"""The line of a worker's traceback that says what was wrong."""
Work = Callable[[Recipe, Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class SparkEngine:
    """`ports.engine.Engine` over a lake that the driver and all workers see by one name (a path or a URI).

    Without a ``session`` it takes the current one, or starts one as Spark is configured (plainly: all local cores).
    ``census`` is a folder of the driver's for dated population summaries; without it each fold that asks makes one.
    """

    def __init__(
        self, lake: str | os.PathLike[str], session: SparkSession | None = None, census: Path | None = None
    ) -> None:
        self._session = open_session() if session is None else session
        name = os.fspath(lake)
        self._lake = name.rstrip("/") if "://" in name else os.path.abspath(name)
        self._census = census
        self.manifest: Manifest = self._read_manifest()
        # Read once: listing the files of all days costs more than many a fold.
        self._events = self._read_events()

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Those published when the lake was made."""
        return self.manifest.tags

    def fold(self, tags: Sequence[Tag], as_of: int, known_at: int | None = None) -> Folded:
        """Fold every customer of the lake up to ``as_of`` (µs UTC). DataError when the lake lacks a property a tag
        reads, or the links of ``known_at``."""
        manifest = self.manifest
        refuse_unfoldable(tags)
        plan = build_plan(tags, manifest.vocabulary, manifest.seen)
        rows = self._read_rows(self._columns(tags), known_at)
        recipe = Recipe(spell_tags(tags), manifest.vocabulary, manifest.types, as_of, known_at)

        def weigh_all(instant: int, known: int | None) -> Population:
            asked = replace(recipe, as_of=instant, known_at=known)
            weights, trust = {}, {}
            if asks_for_lift(plan):
                weights = join_weighed(self._run(rows, weigh_rows, asked, WEIGHTS_SCHEMA))
            if asks_for_trust(plan):
                said = join_said(self._run(rows, hear_rows, asked, CLAIMS_SCHEMA))
                trust = learn_from(plan, [said], manifest.priors, instant)
            return Population(instant, weights, trust, manifest.priors)

        population = find_population(self._census, plan, as_of, known_at, manifest.priors, weigh_all)
        empty = fold(plan, empty_slice(), as_of, known_at, population)
        found = self._run(rows, fold_rows, replace(recipe, population=population), spell_schema(empty))
        return read_folded(found, empty)

    def _columns(self, tags: Sequence[Tag]) -> list[Column]:
        """The promoted columns these tags read."""
        wanted, known = needs(tags, self.manifest.seen), self.manifest.vocabulary.columns
        missing = sorted({path for path, kind in wanted if (path, kind) not in known})
        if missing:
            raise DataError(
                f"The lake {self._lake} has no column for {', '.join(missing)}.",
                hint="Publish the tags, or give them as `tags` of export_lake, and export the lake again.",
            )
        return [known[key] for key in sorted(wanted)]

    def _read_rows(self, columns: Sequence[Column], known_at: int | None) -> DataFrame:
        """Each customer's rows in one partition, in order: what a fold reads, and ``customer``."""
        from pyspark.sql.functions import broadcast

        links = name_links(known_at)
        if links not in self.manifest.links:
            assert known_at is not None, "every lake has the links of its own moment"
            moment = iso_time(known_at, self.manifest.vocabulary.zone)
            raise DataError(
                f"The lake {self._lake} has no links as known at {moment}.",
                hint="Give that instant as `known_at` of export_lake, and export the lake again.",
            )
        file = f"{self._lake}/{self.manifest.generation}/customers/{links}.parquet"
        customers = self._session.read.schema("fragment int, customer int").parquet(file)
        sources = list(enumerate(self.manifest.vocabulary.sources))
        named = self._session.createDataFrame(sources, "source smallint, source_name string")
        rows = self._events.join(customers, "fragment").join(broadcast(named), "source")
        rows = rows.repartition("customer").sortWithinPartitions(*ORDER)
        return rows.select("customer", *BASE, *(column.name for column in columns))

    def _read_events(self) -> DataFrame:
        columns = self.manifest.vocabulary.columns.values()
        schema = ", ".join([KEYS, *(f"{column.name} {sql_type(column)}" for column in columns)])
        return self._session.read.schema(schema).parquet(f"{self._lake}/{self.manifest.generation}/events")

    def _run(self, rows: DataFrame, work: Work, recipe: Recipe, schema: str) -> pa.Table:
        """Everything the tasks gave, in no order."""
        from pyspark.errors import PythonException

        shipped = self._session.sparkContext.broadcast(recipe)

        def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return work(shipped.value, batches)

        try:
            return rows.mapInArrow(run, schema).toArrow()
        except PythonException as error:
            cause = CAUSE.findall(str(error))
            if not cause:
                raise
            raise DataError(cause[-1]) from error
        finally:
            shipped.destroy()

    def _read_manifest(self) -> Manifest:
        """By Spark, which reads wherever the lake is."""
        from pyspark.errors import AnalysisException

        try:
            lines = self._session.read.text(f"{self._lake}/{MANIFEST}", wholetext=True).collect()
        except AnalysisException as error:
            hint = "Make one with limner.cluster.export_lake, where the driver and all workers can read it."
            raise NotFound(f"{self._lake} is not a lake: it has no {MANIFEST}.", hint=hint) from error
        return read_manifest(lines[0][0], self._lake)


def refuse_unfoldable(tags: Sequence[Tag]) -> None:
    """What needs more than a lake has: null would be a lie."""
    beyond = [tag.name for tag in tags if isinstance(tag.definition, Imported | Queried | Quantiles)]
    if beyond:
        raise DataError(
            f"A lake does not hold what {', '.join(beyond)} is made of: imports, queries and quantiles stay in the "
            "workspace.",
            hint="Fold them there, and the rest on the cluster.",
        )


def sql_type(column: Column) -> str:
    scalar = "int" if column.kind is Kind.TEXT else "bigint"
    return f"array<{scalar}>" if column.grain else scalar


def open_session() -> Any:
    """The current session, or one as Spark is configured; its workers run this very Python."""
    try:
        import pandas  # noqa: F401  (Spark's Arrow functions ask for it)
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise MissingExtra("Folding on Spark", "spark") from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return SparkSession.builder.appName("limner").getOrCreate()
    except PySparkRuntimeError as error:
        hint = "It needs Java 17 or newer, on the PATH or in JAVA_HOME; what it said itself is above."
        raise Unavailable("Spark could not be started.", hint=hint) from error
