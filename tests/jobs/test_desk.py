"""The desk: how many work at once, what is marked and what goes on after a restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from limner.adapters.catalog import open_catalog
from limner.errors import Conflict, DataError, Unavailable
from limner.govern.seal import Seal
from limner.jobs import desk
from limner.jobs.desk import Desk
from limner.jobs.errand import Errand
from limner.ports.jobs import SCHEDULE, Job, Kind, State


class Office:
    """A desk whose jobs last until they are let go."""

    def __init__(self, folder: Path, most: int = 1) -> None:
        self.catalog = open_catalog(folder / "catalog.sqlite")
        self.desk = Desk(self.catalog, Seal(folder / "key"), folder / "jobs", most)
        self.go = Event()
        for kind in Kind:
            self.desk.learn(kind, self.work)

    def work(self, errand: Errand) -> Mapping[str, Any]:
        while not self.go.wait(0.005):
            errand.tell("working", 1, 2)
        if "fail" in errand.request:
            raise DataError(errand.request["fail"])
        if "crash" in errand.request:
            raise ZeroDivisionError(errand.request["crash"])
        return {"did": errand.request["n"]}

    def states(self) -> list[str]:
        return [job.state.value for job in reversed(self.desk.list(100))]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    office.desk.open()
    yield office
    office.go.set()
    office.desk.close()
    office.catalog.close()


def quiet(what: str, done: int, total: int) -> None:
    """Nobody watches."""


def running(errand: Errand) -> None:
    """Wait until it is."""
    for _ in range(1000):
        if errand.job.doing:
            return
        Event().wait(0.005)
    raise AssertionError("it does not run")


def test_one_at_a_time_and_compactions_besides(office: Office) -> None:
    errands = [office.desk.submit(Kind.FOLD, {"n": n}, "", "ada") for n in range(3)]
    compaction = office.desk.submit(Kind.COMPACTION, {"n": 9}, "", "")
    running(errands[0])
    running(compaction)
    assert office.states() == ["running", "waiting", "waiting", "running"]
    told: list[tuple[str, int, int]] = []
    office.go.set()
    assert [office.desk.finish(each, lambda *far: told.append(far)) for each in errands] == [
        {"did": 0}, {"did": 1}, {"did": 2}
    ]  # fmt: skip
    assert told[0] == ("working", 1, 2)
    assert office.desk.finish(compaction, quiet) == {"did": 9}
    assert [entry.action for entry in office.catalog.audit()] == ["job.fold"] * 3


def test_what_people_asked_for_waits_for_nothing_the_server_does_by_itself(office: Office) -> None:
    own = [office.desk.submit(Kind.MODEL, {"n": n}, "", SCHEDULE) for n in range(2)]
    asked = [office.desk.submit(Kind.IMPORT, {"n": n}, "", "ada") for n in range(2)]
    running(own[0])
    running(asked[0])
    assert office.states() == ["running", "waiting", "running", "waiting"]
    office.go.set()
    assert [office.desk.finish(each, quiet) for each in (*own, *asked)] == [{"did": n} for n in (0, 1, 0, 1)]


def test_a_job_may_be_cancelled_while_it_waits_and_while_it_runs(office: Office) -> None:
    first, second = (office.desk.submit(Kind.FOLD, {"n": n}, "", "") for n in range(2))
    running(first)
    assert office.desk.cancel(second.job.id).state is State.CANCELLED
    assert office.desk.cancel(first.job.id).state is State.CANCELLED
    with pytest.raises(Conflict, match="jobs resume"):
        office.desk.finish(first, quiet)
    office.go.set()
    again = office.desk.resume(first.job.id)
    assert office.desk.finish(again, quiet) == {"did": 0}


def test_what_goes_wrong_is_a_sentence(office: Office) -> None:
    office.go.set()
    failed = office.desk.submit(Kind.FOLD, {"fail": "The file is torn."}, "", "")
    with pytest.raises(DataError, match="torn"):
        office.desk.finish(failed, quiet)
    crashed = office.desk.submit(Kind.FOLD, {"crash": "by zero"}, "", "")
    with pytest.raises(Unavailable, match="ZeroDivisionError: by zero"):
        office.desk.finish(crashed, quiet)
    assert [job.error for job in office.desk.list(2)][1] == "The file is torn."


def test_what_a_dead_server_left_goes_on_or_is_marked(tmp_path: Path) -> None:
    office = Office(tmp_path)
    sealed = Seal(tmp_path / "key").close('{"n": 7}')
    jobs = [Job(0, kind, "ada", "", sealed, State.RUNNING, 1) for kind in (Kind.IMPORT, Kind.EXPORT)]
    kept = [office.catalog.add_job(job) for job in jobs]
    left = tmp_path / "jobs" / "running" / "2"
    left.mkdir(parents=True)
    assert office.states() == ["running", "running"]
    office.desk.open()
    assert not left.exists()
    office.go.set()
    office.desk.close()
    office.desk.open()
    while office.desk._errands:
        Event().wait(0.01)
    marked = office.desk.find(kept[1].id)
    assert (marked.state, marked.error) == (State.FAILED, "The server stopped while it ran.")
    assert office.desk.find(kept[0].id).report == {"did": 7}
    office.desk.close()
    office.catalog.close()


def test_a_closed_desk_takes_nothing(office: Office) -> None:
    office.go.set()
    office.desk.close()
    with pytest.raises(Unavailable):
        office.desk.submit(Kind.FOLD, {"n": 1}, "", "")


def test_old_jobs_are_forgotten_with_what_they_were_given(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "KEPT", 3)
    office.go.set()
    (tmp_path / "given").write_text("x")
    office.desk.finish(office.desk.submit(Kind.IMPORT, {"n": 0}, "", "", tmp_path / "given"), quiet)
    assert (office.desk.folder_of(1) / "given").exists()
    for n in range(6):
        office.desk.finish(office.desk.submit(Kind.FOLD, {"n": n}, "", ""), quiet)
    kept = [job.report["did"] for job in office.desk.list(1000)]
    assert kept in ([5, 4, 3, 2], [5, 4, 3]), "the last one may have ended before the old ones were looked for"
    assert not office.desk.folder_of(1).exists()
