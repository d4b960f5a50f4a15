"""Why somebody entered or left an audience: the tests of its rule that changed, with what was tested then and now."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.portrait import read_value
from limner.fold.predicate import evaluate
from limner.fold.properties import fold_key
from limner.identity.snapshot import customer_id
from limner.model.column import Folded
from limner.model.condition import Condition, Did, TagTest
from limner.model.dump import dump_condition
from limner.model.references import leaves


def find_reasons(
    condition: Condition, customers: npt.NDArray[np.int32], before: Folded, after: Folded, zone: str
) -> list[dict[str, Any]]:
    """Per customer ``{customer_id, changed: [{test, before, after}]}``; the folds have the columns of all tests, and
    those of the customers who existed by then."""
    tests = list(dict.fromkeys(leaves(condition)))
    told: dict[int, list[dict[str, Any]]] = {customer: [] for customer in customers.tolist()}
    for test in tests:
        then, now = (_read(test, folded, zone) for folded in (before, after))
        for customer, changes in told.items():
            (held, was), (holds, value) = then.get(customer, NOBODY), now.get(customer, NOBODY)
            if held != holds:
                changes.append({"test": dump_condition(test), "before": was, "after": value})
    return [{"customer_id": customer_id(customer), "changed": changed} for customer, changed in told.items()]


NOBODY: tuple[bool, Any] = (False, None)


def _read(test: TagTest | Did, folded: Folded, zone: str) -> dict[int, tuple[bool, Any]]:
    """By customer: does the test hold, and of which value."""
    column = folded.columns[fold_key(test.fold) if isinstance(test, Did) else test.tag]
    holds = evaluate(test, folded.columns, folded.as_of, zone, folded.columns, size=len(folded.customers))
    return {
        customer: (bool(holds[row]), read_value(column, row, folded.as_of, zone))
        for row, customer in enumerate(folded.customers.tolist())
    }
