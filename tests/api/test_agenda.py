"""What is due by schedule while a workspace is served."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

import pytest

import limner
from limner.api.agenda import LONGEST, RESTS, GivenUp, Unhurried, agenda
from limner.errors import Unavailable
from limner.jobs.errand import Errand
from limner.ports.jobs import SCHEDULE, Kind


def test_what_fails_holds_up_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    limner.init(tmp_path / "shop")
    done = Event()

    def fail() -> None:
        raise Unavailable("Not now.")

    with limner.open(tmp_path / "shop") as workspace:
        monkeypatch.setattr(workspace, "audience_refresh", fail)
        monkeypatch.setattr(workspace, "package_round", done.set)
        with agenda(workspace, every=0.01):
            assert done.wait(30)
    assert "it is tried again" in caplog.text


def test_who_waits_for_a_job_holds_up_neither_the_others_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limner.init(tmp_path / "shop")
    begun, done = Event(), Event()

    def fold_for_ever(errand: Errand) -> dict[str, int]:
        while True:
            errand.tell("fold", 0, 0)
            begun.set()
            time.sleep(0.01)

    with limner.open(tmp_path / "shop") as workspace:
        workspace.desk.learn(Kind.FOLD, fold_for_ever)
        workspace.desk.open()

        def wait() -> None:
            workspace.desk.finish(workspace.desk.submit(Kind.FOLD, {}, "", SCHEDULE), lambda *told: None)

        def note() -> None:
            if begun.is_set():
                done.set()

        monkeypatch.setattr(workspace, "audience_refresh", wait)
        monkeypatch.setattr(workspace, "models_round", note)
        with agenda(workspace, every=0.01):
            assert done.wait(30)
        assert [job["state"] for job in workspace.jobs_list()] == ["failed"]


def test_what_nobody_waits_for_rests_three_times_as_long_as_it_works_and_ends_with_the_server() -> None:
    stopping = Event()
    rest = Unhurried(stopping)
    least, began = 0.0, time.monotonic()
    for _ in range(10):
        piece = time.monotonic()
        while time.monotonic() - piece < 0.01:
            pass
        least += 0.01 + min(RESTS * 0.01, LONGEST)
        rest()
    assert time.monotonic() - began >= least - 0.01
    began = time.monotonic()
    for _ in range(1000):
        rest()
    assert time.monotonic() - began < 1, "pieces of nothing are not rested after"
    stopping.set()
    time.sleep(0.01)
    with pytest.raises(GivenUp):
        rest()


def test_a_look_at_the_health_of_tags_ends_with_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limner.init(tmp_path / "shop")
    begun, ended = Event(), Event()

    def examine(rest: Unhurried) -> None:
        begun.set()
        try:
            while True:
                time.sleep(0.005)
                rest()
        finally:
            ended.set()

    with limner.open(tmp_path / "shop") as workspace:
        monkeypatch.setattr(workspace, "tags_health_due", lambda: True)
        monkeypatch.setattr(workspace, "tags_examine", examine)
        with agenda(workspace, every=0.01):
            assert begun.wait(30)
        assert ended.is_set()
