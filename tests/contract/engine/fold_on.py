"""A driver of its own process: fold the lake on a master and keep the columns.

python -m tests.contract.engine.fold_on MASTER LAKE AS_OF OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

from pyspark.sql import SparkSession
from tests.contract.engine.conftest import QUICK
from tests.contract.engine.lives import make_tags

from limner.cluster import SparkEngine
from limner.fold.columns import save_columns

BOTH_WORKERS = {
    "spark.cores.max": "2",
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.executor.extraJavaOptions": QUICK["spark.driver.extraJavaOptions"],
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
}


def main(master: str, lake: str, as_of: str, out: str) -> None:
    builder = SparkSession.builder.master(master)
    for name, value in (QUICK | BOTH_WORKERS).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    folded = SparkEngine(lake, session).fold(make_tags(), int(as_of))
    save_columns(Path(out), folded, 0, {})
    session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
