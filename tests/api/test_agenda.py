"""What is due by schedule while a workspace is served."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

import limner
from limner.api.agenda import agenda
from limner.errors import Unavailable


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
