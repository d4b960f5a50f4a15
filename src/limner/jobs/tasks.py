"""What processes beside the server are asked to do: plain values, left for them in a file of their folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from limner.audiences.package import Package
from limner.audiences.parcel import Changes
from limner.collect.mapping import Mapping
from limner.fold.formats import Format
from limner.learn.declaration import Declaration
from limner.learn.persona.answers import Answers, Codes
from limner.learn.steps import Shelved
from limner.model.column import Folded
from limner.model.condition import Condition
from limner.model.tracking import Tracking

TASK = "task.pickle"
"""In the task's folder."""
TYPES = "types.pickle"
"""In the folder of a `TypesTask`: what was found."""


@dataclass(frozen=True, slots=True)
class ImportTask:
    """Read files, and write what the log takes of them as numbered pieces into the task's folder."""

    files: Sequence[str]
    mapping: Mapping | None
    tracking: Tracking
    zone: str
    after: int
    """Pieces that need not be written again."""


@dataclass(frozen=True, slots=True)
class FoldTask:
    """Fold everybody of the moment in the task's folder."""

    as_of: int
    """µs UTC."""
    census: Path
    """Folder of the dated population summaries."""
    threads: int
    seq: int
    versions: dict[str, str]
    columns: Path
    """The folder to save the columns in."""


@dataclass(frozen=True, slots=True)
class ExportTask:
    """Fold everybody of the moment, and write those who meet the condition to a file."""

    as_of: int
    census: Path
    threads: int
    condition: Condition | None
    hidden: Sequence[str]
    """Columns of what the condition asks for inline."""
    names: Sequence[str]
    """The tags to be written."""
    held: Folded | None
    """Customers who are shown as they were."""
    out: Path
    format: Format


@dataclass(frozen=True, slots=True)
class CompactTask:
    """Merge the moment's tail into its base; new shards go into the timelines' folder, where nothing names them yet."""

    timelines: Path
    generation: int


@dataclass(frozen=True, slots=True)
class LearnTask:
    """Fit, evaluate or predict with a model, over the study in the task's folder."""

    action: str
    declaration: Declaration
    shelved: Shelved | None
    """The version's files; None = it is fitted now."""
    census: Path
    out: Path
    """An empty folder for what comes of it."""


@dataclass(frozen=True, slots=True)
class PackTask:
    """Write a package's file: these customers of the moment in the task's folder."""

    package: Package
    customers: npt.NDArray[np.int32]
    """Ascending."""
    changes: Changes | None
    as_of: int
    census: Path
    threads: int
    out: Path


@dataclass(frozen=True, slots=True)
class TrendTask:
    """Fold everybody of the moment at each instant, and measure those who meet the condition."""

    instants: Sequence[int]
    census: Path
    threads: int
    condition: Condition
    hidden: Sequence[str]
    """Columns of what the condition asks for inline."""
    tags: Sequence[str]
    """Whose means are asked for."""
    smallest_cell: int


@dataclass(frozen=True, slots=True)
class TypesTask:
    """Seek types among answers, see `limner.learn.persona.finding.find_types`."""

    answers: Answers
    count: int | None
    former: tuple[Sequence[str], Codes] | None
    seed: int


Task = ImportTask | FoldTask | ExportTask | CompactTask | LearnTask | PackTask | TrendTask | TypesTask


def piece_path(folder: Path, number: int) -> Path:
    """Where an import leaves a piece."""
    return folder / f"piece-{number:08}"
