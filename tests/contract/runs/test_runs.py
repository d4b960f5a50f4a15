"""What `ports.runs.Runs` promises. A new adapter is done when it is added to `store`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from limner.adapters.catalog import SqlCatalog, open_catalog
from limner.errors import Conflict
from limner.model.column import ValueType
from limner.model.run import Run
from limner.ports.catalog import AuditEntry

RUN = Run(0, "等级", 5, ValueType.TEXT, 3, "ada", "list.csv", "双11", 90)


def test_they_come_back_as_they_were_with_ids_that_grow(store: SqlCatalog, place: Path | str) -> None:
    assert store.runs() == []
    kept = [store.add_run(RUN), store.add_run(replace(RUN, tag="score", type=ValueType.DECIMAL, expires_at=None))]
    assert [run.id for run in kept] == [1, 2]
    again = open_catalog(place)
    assert again.runs() == kept
    again.close()


def test_a_run_and_its_audit_are_kept_together_or_not_at_all(store: SqlCatalog) -> None:
    entry = AuditEntry(5, "ada", "tag.import", "等级")
    store.add_run(RUN, [entry])
    assert store.audit("等级") == [entry]
    with pytest.raises(Conflict):
        store.add_run(RUN, [replace(entry, who=None)])  # type: ignore[arg-type]
    assert len(store.runs()) == 1
