"""Which events the selections of a pass name, by event code, and which are therefore dealt to one list of rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from limner.fold.kernel import ALL_ROWS, BY_NAME
from limner.fold.program import Table
from limner.model.fold import Selection


def name_table(selections: Sequence[Selection], names: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Per selection and event code: is it selected? The last column is for codes newer than the plan."""
    table = np.zeros((len(selections), len(names) + 1), np.uint8)
    codes = {name: code for code, name in enumerate(names)}
    for i, selection in enumerate(selections):
        if not selection.names:
            table[i] = 1
        table[i, [codes[name] for name in selection.names if name in codes]] = 1
    return table


def classify(selections: Sequence[Selection], names: npt.NDArray[np.uint8]) -> tuple[Table, list[int]]:
    """Events that the same selections name are of one class; 0 = named by none.

    Returns the class by event code, and per selection where its rows are found: in the one class it names, among all
    rows, or, naming events of several classes, by their names.
    """
    named = [i for i, selection in enumerate(selections) if selection.names]
    codes: dict[bytes, int] = {bytes(len(named)): 0}
    classes = [codes.setdefault(column.tobytes(), len(codes)) for column in names[named].T]
    found = [{c for c, is_named in zip(classes, row) if is_named} for row in names]
    sources = [
        ALL_ROWS if i not in named else next(iter(found[i])) if len(found[i]) == 1 else BY_NAME
        for i in range(len(selections))
    ]
    return np.array(classes, np.int64), sources
