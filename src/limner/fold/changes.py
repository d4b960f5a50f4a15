"""How a fold differs from what stands: the changes that others are told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from limner.fold.portrait import FoldedRow, Row
from limner.fold.standing import Standing
from limner.model.audience import AUDIENCE
from limner.model.change import Changed
from limner.model.column import Folded
from limner.model.portrait import TagValue

Numbers = npt.NDArray[np.int32]


def find_changes(standing: Standing, folded: Folded, gone: Numbers, names: Sequence[str], zone: str) -> list[Changed]:
    """How the fold, and the absence of those who are ``gone``, differs from what stands, in these columns."""
    if not names:
        return []
    rows = standing.find(folded.customers)
    masks = standing.compare(folded, rows, names)
    found = []
    for place in np.flatnonzero(np.any(list(masks.values()), axis=0)).tolist():
        changed = [name for name in names if masks[name][place]]
        after, row = FoldedRow(folded, place, zone), int(rows[place])
        before = read_values(None if row < 0 else standing.row(row, standing.as_of, zone), changed)
        found.append(describe(after.customer, before, read_values(after, changed)))
    for customer, row in zip(gone.tolist(), standing.find(gone).tolist()):
        if row >= 0:
            last = read_values(standing.row(row, standing.as_of, zone), names)
            found.append(describe(customer, last, read_values(None, names)))
    return [one for one in found if one.tags or one.entered or one.exited]


def read_values(row: Row | None, names: Sequence[str]) -> dict[str, TagValue]:
    """The values of a row; nobody has none."""
    return {name: None if row is None else row.value(name) for name in names}


def describe(customer: int, before: Mapping[str, TagValue], after: Mapping[str, TagValue]) -> Changed:
    """Values by name, of audiences whether they have the customer."""
    audiences = [name for name in after if name.startswith(AUDIENCE)]
    return Changed(
        customer,
        {n: (before[n], after[n]) for n in after if not n.startswith(AUDIENCE) and before[n] != after[n]},
        tuple(n.removeprefix(AUDIENCE) for n in audiences if after[n] and not before[n]),
        tuple(n.removeprefix(AUDIENCE) for n in audiences if before[n] and not after[n]),
    )
