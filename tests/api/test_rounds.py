"""Parity while serving: at its time, in its thread, told by the metrics, over when the server is."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from limner.api.rounds import parity_rounds
from limner.errors import DataError, Unavailable
from limner.parity.checking import Parity
from limner.settings import ParitySettings

SOON = ParitySettings(every=0.01 / 60)
FOUND = Parity("2026-11-20T00:00:00+08:00", 250, 40, 10_000, 3, 0, (), 1.5, 1_790_000_000_000_000)


class Shop:
    def __init__(self, answer: Callable[[Any], Parity]) -> None:
        self.answer = answer
        self.asked = 0

    def doctor_parity(self, progress: Any) -> Parity:
        self.asked += 1
        return self.answer(progress)


def wait_for(shop: Shop, times: int) -> None:
    for _ in range(2_000):
        if shop.asked >= times:
            return
        time.sleep(0.005)
    raise AssertionError("it was not checked")


def test_it_is_checked_again_and_again_and_what_differs_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop(lambda _: FOUND)
    with parity_rounds(shop, SOON):  # type: ignore[arg-type]
        wait_for(shop, 3)
    asked = shop.asked
    time.sleep(0.05)
    assert shop.asked == asked
    assert "3 values differ from the log" in caplog.text


@pytest.mark.parametrize("error", [Unavailable("The log is behind."), ZeroDivisionError("The log is behind.")])
def test_a_check_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    def fail(_: Any) -> Parity:
        raise error

    shop = Shop(fail)
    with parity_rounds(shop, SOON):  # type: ignore[arg-type]
        wait_for(shop, 2)
    assert "could not be checked" in caplog.text
    assert "The log is behind." in caplog.text


def test_a_check_under_way_is_broken_off_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    def long(progress: Any) -> Parity:
        for done in range(100_000):
            progress("compare", done, 100_000)
            time.sleep(0.005)
        raise AssertionError("not broken off")

    shop = Shop(long)
    with parity_rounds(shop, SOON):  # type: ignore[arg-type]
        wait_for(shop, 1)
    assert caplog.text == ""


def test_zero_is_never() -> None:
    shop = Shop(lambda _: FOUND)
    with parity_rounds(shop, ParitySettings(every=0)):  # type: ignore[arg-type]
        time.sleep(0.05)
    assert shop.asked == 0


def test_the_last_result_is_among_the_metrics(client: TestClient) -> None:
    workspace = client.app.state.workspace  # type: ignore[attr-defined]
    workspace.parity = None
    assert "limner_parity" not in client.get("/metrics").text
    workspace.parity = FOUND
    text = client.get("/metrics").text
    workspace.parity = None
    assert "limner_parity_differences 3.0" in text
    assert "limner_parity_compared 10000.0" in text
    assert "limner_parity_checked_at 1.79e+09" in text
    assert "limner_parity_seconds 1.5" in text


@pytest.mark.parametrize(("line", "every"), [("", 60), ("parity_every = 15", 15), ("parity_every = 0", 0)])
def test_how_often_stands_in_the_settings(tmp_path: Path, line: str, every: float) -> None:
    (tmp_path / "limner.toml").write_text(f"format = 1\n{line}\n")
    assert ParitySettings.of_workspace(tmp_path).every == every


@pytest.mark.parametrize("value", ["-1", "true", '"hourly"', "nan"])
def test_what_is_no_number_of_minutes_is_said(tmp_path: Path, value: str) -> None:
    (tmp_path / "limner.toml").write_text(f"parity_every = {value}\n")
    with pytest.raises(DataError, match=r"parity_every in .*limner.toml"):
        ParitySettings.of_workspace(tmp_path)
