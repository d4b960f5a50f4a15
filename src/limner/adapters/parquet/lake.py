"""The lake: the log's timeline rows as plain hive-partitioned Parquet, for engines that run elsewhere.

    LAKE/manifest.json                              what the codes mean; names the generation
    LAKE/rows-1/events/dt=2026-11-01/*.parquet      rows by local day; missing values are Parquet nulls
    LAKE/rows-1/customers/now.parquet               fragment to customer, under the links of one moment

A row never says whose it is, only its fragment: so a merge or a split changes the small table alone, and one set of
rows serves every known_at. An export writes the next generation and then replaces the manifest, so a crash leaves the
lake as it was.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from limner.adapters.parquet.manifest import MANIFEST, Manifest, dump_manifest, name_links
from limner.errors import Unavailable
from limner.ports.log import Log, Progress
from limner.timeline.zone import local_days, local_hours

CHUNK = 4_000_000
"""Rows read from the log and written at a time: about half a GB, and at most one file per day of each chunk."""
GENERATION = "rows-"
MOST_DAYS = 1 << 17
Numbers = npt.NDArray[np.int32]


def write_lake(
    folder: Path, log: Log, contents: Manifest, links: Mapping[int | None, Numbers], progress: Progress
) -> Manifest:
    """Make the rows up to the seq of ``contents`` the folder's one generation; what the manifest then says.

    ``links`` has per known_at (None = all links) the customer of each fragment, -1 = not known then. Unavailable when
    the disk is full; the lake then stays as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    earlier = [path for path in folder.glob(f"{GENERATION}*") if path.name.removeprefix(GENERATION).isdigit()]
    number = 1 + max((int(path.name.removeprefix(GENERATION)) for path in earlier), default=0)
    generation = folder / f"{GENERATION}{number}"
    tables = {name_links(known_at): tabulate_links(placement) for known_at, placement in links.items()}
    manifest = replace(contents, generation=generation.name, links=tuple(tables))
    try:
        (generation / "customers").mkdir(parents=True)
        for name, table in tables.items():
            pq.write_table(table, generation / "customers" / f"{name}.parquet")
        write_events(generation / "events", log, manifest.seq, manifest.vocabulary.zone, progress)
        replace_manifest(folder, dump_manifest(manifest))
    except OSError as error:
        shutil.rmtree(generation, ignore_errors=True)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        hint = "Free some space and export again; the lake is as it was before."
        raise Unavailable(f"The disk is full: the lake does not fit in {folder}.", hint=hint) from error
    for path in earlier:
        shutil.rmtree(path, ignore_errors=True)
    return manifest


def write_events(folder: Path, log: Log, until: int, zone: str, progress: Progress) -> None:
    folder.mkdir()
    for count, after in enumerate(range(0, until, CHUNK)):
        last = min(after + CHUNK, until)
        ds.write_dataset(
            add_days(log.tail(after, last), zone),
            folder,
            format="parquet",
            partitioning=ds.partitioning(pa.schema([("dt", pa.string())]), flavor="hive"),
            basename_template=f"part-{count}-{{i}}.parquet",
            file_options=ds.ParquetFileFormat().make_write_options(compression="zstd"),
            max_partitions=MOST_DAYS,
            existing_data_behavior="overwrite_or_ignore",
        )
        progress("lake", last, until)


def add_days(rows: pa.Table, zone: str) -> pa.Table:
    """The rows with their local ``day`` and ``hour``, and the day as text in ``dt``."""
    times = rows.column("time").to_numpy()
    day = pa.array(local_days(times, zone))
    rows = rows.append_column("day", day).append_column("hour", pa.array(local_hours(times, zone)))
    return rows.append_column("dt", day.cast(pa.date32()).cast(pa.string()))


def tabulate_links(placement: Numbers) -> pa.Table:
    """Columns fragment and customer, without those that are not known."""
    fragments = np.flatnonzero(placement >= 0)
    return pa.table(
        {"fragment": pa.array(fragments, pa.int32()), "customer": pa.array(placement[fragments], pa.int32())}
    )


def replace_manifest(folder: Path, text: str) -> None:
    fresh = folder / f"{MANIFEST}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MANIFEST)
