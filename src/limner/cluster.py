"""The door to a cluster: the log exported as a lake, and the engine that folds it with Spark.

>>> from limner.cluster import SparkEngine, export_lake
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from limner.adapters.parquet.lake import write_lake
from limner.adapters.parquet.manifest import Manifest
from limner.adapters.spark.engine import SparkEngine
from limner.model.clock import read_instant
from limner.model.tag import Tag
from limner.ports.log import Progress
from limner.workspace import Workspace, silent

__all__ = ["Manifest", "SparkEngine", "export_lake"]


def export_lake(
    workspace: Workspace,
    folder: str | os.PathLike[str],
    known_at: Sequence[str] = (),
    tags: Sequence[Tag] = (),
    progress: Progress = silent,
) -> Manifest:
    """Write the workspace's timelines as Parquet, in place of what an earlier export wrote there.

    The lake has the properties the published tags read, and those of further ``tags``; besides the links as they are,
    it has those known at each of the instants ``known_at`` (ISO 8601).
    """
    parts = workspace.parts
    moment = workspace.moment(progress, extra=tags)
    links: dict[int | None, npt.NDArray[np.int32]] = {None: moment.snapshot.graph.customer_of}
    for text in known_at:
        instant = read_instant(text, parts.zone)
        links[instant] = workspace.moment(progress, instant, tags).snapshot.graph.customer_of
    vocabulary = moment.plan.vocabulary
    types = {path: parts.seen(path) for path, _ in vocabulary.columns}
    published = tuple(workspace.tags())
    contents = Manifest(moment.seq, vocabulary, types, published, priors=parts.reliabilities)
    return write_lake(Path(folder), parts.log, contents, links, progress)
