"""What `ports.jobs.Jobs` promises. A new adapter is done when it is added to `store`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from limner.adapters.catalog import SqlCatalog
from limner.errors import Conflict
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import Job, Kind, State

NEW = Job(0, Kind.IMPORT, "安娜", "orders.csv", "sealed", State.WAITING, 5)


def test_they_come_back_as_they_were_the_newest_first(store: SqlCatalog) -> None:
    assert store.jobs() == []
    one, two = store.add_job(NEW), store.add_job(replace(NEW, kind=Kind.FOLD, report={"读": [1]}))
    assert 0 < one.id < two.id
    assert store.jobs() == [two, one]
    assert store.jobs(limit=1) == [two]
    assert (store.jobs(before=two.id), store.jobs(before=one.id)) == ([one], [])
    assert (store.find_job(one.id), store.find_job(two.id + 1)) == (one, None)
    assert (store.jobs()[0].kind, store.jobs()[0].state) == (Kind.FOLD, State.WAITING)
    assert isinstance(store.jobs()[0].state, State)


def test_all_of_a_job_may_change(store: SqlCatalog) -> None:
    job = store.add_job(NEW)
    changed = replace(job, state=State.FAILED, started_at=6, ended_at=7, doing="import", done=3, total=1 << 40)
    changed = replace(changed, position=2, report={"read": 9}, error="No such file.")
    store.put_job(changed)
    assert store.jobs() == [changed]


def test_those_that_have_not_ended_are_known_oldest_first(store: SqlCatalog) -> None:
    kept = {state: store.add_job(replace(NEW, state=state)) for state in reversed(State)}
    assert store.unended_jobs() == [kept[State.RUNNING], kept[State.WAITING]]


def test_old_ones_that_have_ended_are_forgotten_and_their_numbers_with_them(store: SqlCatalog) -> None:
    waiting = store.add_job(NEW)
    ended = [store.add_job(replace(NEW, state=State.DONE)) for _ in range(4)]
    assert store.prune_jobs(1) == [ended[2].id, ended[1].id, ended[0].id]
    assert store.jobs() == [ended[3], waiting]
    assert store.prune_jobs(0) == [ended[3].id]
    assert store.add_job(NEW).id > ended[3].id


def test_a_job_and_its_audit_are_kept_together_or_not_at_all(store: SqlCatalog) -> None:
    entry = AuditEntry(5, "ada", "job.import", "orders.csv")
    store.add_job(NEW, [entry])
    assert store.audit("orders.csv") == [entry]
    with pytest.raises(Conflict):
        store.add_job(NEW, [replace(entry, who=None)])  # type: ignore[arg-type]
    assert len(store.jobs()) == 1
