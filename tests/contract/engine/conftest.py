"""Two engines over one workspace; one Spark session for all tests of this folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.contract.engine.lives import DAY, START, make_events, make_tags

import limner
from limner.cluster import SparkEngine, export_lake
from limner.fold.embedded import Embedded
from limner.identity.normalise import normalise_batch
from limner.pipeline import Moment
from limner.workspace import Workspace

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KNOWN_AT = START + 80 * DAY
KNOWN_AT_TEXT = "2025-12-28T08:53:20+00:00"

QUICK = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
"""Of ten thousand rows, compiling costs more than running."""


def demand_java() -> None:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17 or newer, and there is none: install it, or set JAVA_HOME")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Ten thousand events, most in the base of the timelines, some in the tail, and a merge by hand."""
    folder = tmp_path_factory.mktemp("engine") / "shop"
    limner.init(folder)
    with limner.open(folder) as opened:
        opened.parts.log.append(normalise_batch(make_events(9_000, 1)))
        opened.moment(extra=make_tags())
        opened.parts.log.append(normalise_batch(make_events(1_000, 2)))
        opened.identity_merge("user_id:u7", "user_id:u8")
        yield opened


@pytest.fixture(scope="session")
def lake(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    export_lake(workspace, folder, known_at=[KNOWN_AT_TEXT], tags=make_tags())
    return folder


@pytest.fixture(scope="session")
def embedded(workspace: Workspace) -> Embedded:
    @cache
    def moment_at(known_at: int | None) -> Moment:
        return workspace.moment(known_at=known_at, extra=make_tags())

    vocabulary = moment_at(None).plan.vocabulary
    return Embedded(vocabulary, workspace.parts.seen, lambda known_at: moment_at(known_at).view.slices())


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Two local cores, nothing on the network, no page to look at."""
    demand_java()
    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]")
    for name, value in QUICK.items():
        builder = builder.config(name, value)
    session = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse"))).getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def spark_engine(lake: Path, spark: SparkSession) -> SparkEngine:
    return SparkEngine(lake, spark)
