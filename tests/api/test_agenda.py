"""What is due by schedule while a workspace is served."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

import pytest

import limner
from limner.api.agenda import agenda
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
