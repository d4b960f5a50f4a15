"""What a model said, as files: a dated column an output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.shape import NULLS
from limner.fold.written import Rows, keep_rows, write_rows
from limner.learn.contract import Said
from limner.model.column import ValueType


def write_said(said: Said, folder: Path) -> dict[str, str]:
    """A file in the folder for each output; its name by output."""
    files = {}
    for place, (output, column) in enumerate(said.values.items()):
        files[output] = f"said-{place}.arrow"
        write_rows(folder / files[output], Rows(said.customers, {}, column))
    return files


def drop_silent(rows: Rows) -> Rows:
    """Without the customers of whom nothing is said."""
    values: npt.NDArray[Any] = rows.column.values
    if rows.column.type is ValueType.FLOAT:
        kept = np.flatnonzero(~np.isnan(values))
    else:
        kept = np.flatnonzero(values != NULLS[rows.column.type])
    return rows if len(kept) == len(values) else keep_rows(rows, kept)
