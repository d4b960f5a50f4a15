"""Saved columns come back as they were, and anything less than whole counts as absent."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from limner.errors import Unavailable
from limner.fold import columns as module
from limner.fold.columns import load_columns, save_columns
from limner.model.column import NULL_CODE, NULL_NUMBER, Folded, TagColumn, ValueType

CITIES = ("上海", "", "Zürich")


def example(customers: int = 3, as_of: int = 1_700_000_000_000_000) -> Folded:
    numbers = np.arange(customers, dtype=np.int64)
    codes = np.resize(np.array([2, NULL_CODE, 0], np.int32), customers)
    ends = np.minimum(np.arange(customers + 1, dtype=np.int64), 2)
    hours = np.zeros((customers, 24), np.int32)
    hours[0, 23] = 7
    return Folded(
        customers=(numbers * 2).astype(np.int32),
        columns={
            "orders": TagColumn(ValueType.INTEGER, np.where(numbers == 1, NULL_NUMBER, numbers)),
            "spend": TagColumn(ValueType.DECIMAL, numbers * 12345, scale=4),
            "ratio": TagColumn(ValueType.FLOAT, np.where(numbers == 2, np.nan, numbers / 3)),
            "city": TagColumn(ValueType.TEXT, codes, dictionary=CITIES, confidence=np.full(customers, 0.5, np.float32)),
            "home": TagColumn(ValueType.TEXT, codes[::-1].copy(), dictionary=CITIES),
            "vip": TagColumn(ValueType.BOOL, np.resize(np.array([0, 1, -1], np.int8), customers)),
            "seen": TagColumn(ValueType.TIME, numbers * 10**15),
            "idle": TagColumn(ValueType.INTEGER, numbers + 19_000, since_last=True),
            "skus": TagColumn(ValueType.TEXTS, np.array([1, 0], np.int32), dictionary=("b", "a"), offsets=ends),
            "sizes": TagColumn(ValueType.NUMBERS, np.array([15, 25], np.int64), scale=1, offsets=ends),
            "hours": TagColumn(ValueType.COUNTS, hours),
        },
        as_of=as_of,
        events=99,
    )


def assert_same(found: Folded, expected: Folded) -> None:
    assert (found.as_of, found.events) == (expected.as_of, expected.events)
    np.testing.assert_array_equal(found.customers, expected.customers)
    assert list(found.columns) == list(expected.columns)
    for name, column in expected.columns.items():
        other = found.columns[name]
        for field in ("type", "scale", "dictionary", "since_last"):
            assert getattr(other, field) == getattr(column, field), (name, field)
        for field in ("values", "offsets", "confidence"):
            left, right = getattr(other, field), getattr(column, field)
            assert (left is None) == (right is None), (name, field)
            if right is not None:
                assert left.dtype == right.dtype
                np.testing.assert_array_equal(left, right)


def test_saved_columns_come_back_as_they_were(tmp_path: Path) -> None:
    save_columns(tmp_path / "columns", example(), seq=41, versions={"orders": "abc"})
    stored = load_columns(tmp_path / "columns")
    assert stored is not None
    assert_same(stored.folded, example())
    assert (stored.seq, stored.versions) == (41, {"orders": "abc"})
    assert stored.folded.columns["city"].dictionary is stored.folded.columns["home"].dictionary


def test_columns_of_nobody_come_back(tmp_path: Path) -> None:
    nobody = Folded(np.empty(0, np.int32), {"n": TagColumn(ValueType.INTEGER, np.empty(0, np.int64))}, 1, 0)
    save_columns(tmp_path, nobody, seq=0, versions={})
    stored = load_columns(tmp_path)
    assert stored is not None
    assert_same(stored.folded, nobody)


def test_a_folder_without_columns_is_absent(tmp_path: Path) -> None:
    assert load_columns(tmp_path / "nowhere") is None


def test_a_save_replaces_the_generation_and_leaves_open_maps_readable(tmp_path: Path) -> None:
    save_columns(tmp_path, example(as_of=1), seq=1, versions={})
    first = load_columns(tmp_path)
    save_columns(tmp_path, example(as_of=2), seq=2, versions={})
    second = load_columns(tmp_path)
    assert first is not None
    assert second is not None
    assert (first.folded.as_of, second.folded.as_of) == (1, 2)
    assert_same(first.folded, example(as_of=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["generation-2", "manifest.json"]


def test_a_save_that_died_midway_changes_nothing_and_is_cleared_by_the_next(tmp_path: Path) -> None:
    save_columns(tmp_path, example(as_of=1), seq=1, versions={})
    (tmp_path / "generation-2").mkdir()
    (tmp_path / "generation-2" / "customers").write_bytes(b"half")
    stored = load_columns(tmp_path)
    assert stored is not None
    assert stored.folded.as_of == 1
    save_columns(tmp_path, example(as_of=3), seq=3, versions={})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["generation-3", "manifest.json"]


def spoil_size(folder: Path) -> None:
    path = folder / "generation-1" / "tag-0"
    path.write_bytes(path.read_bytes()[:-8])


def spoil_bit(folder: Path) -> None:
    path = folder / "generation-1" / "tag-0"
    content = bytearray(path.read_bytes())
    content[64] ^= 1
    path.write_bytes(content)


def spoil_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"seq":1', b'"seq":7'))


def empty_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"")


def lose_file(folder: Path) -> None:
    (folder / "generation-1" / "tag-3").unlink()


def make_newer(folder: Path) -> None:
    path = folder / "manifest.json"
    _, body = path.read_bytes().split(b"\n", 1)
    path.write_bytes(json.dumps({"format": 2}).encode() + b"\n" + body)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_size, "bytes where"),
        (spoil_bit, "checksum of its values differs"),
        (spoil_manifest, "manifest.json is damaged"),
        (empty_manifest, "manifest.json is damaged"),
        (lose_file, "tag-3 is missing"),
        (make_newer, "newer version"),
    ],
)
def test_what_is_not_whole_counts_as_absent_and_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: object, said: str
) -> None:
    save_columns(tmp_path, example(), seq=1, versions={})
    assert callable(spoil)
    spoil(tmp_path)
    assert load_columns(tmp_path) is None
    assert said in caplog.text
    assert "folded again" in caplog.text


def test_large_stores_are_verified_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_columns(tmp_path, example(), seq=1, versions={})
    spoil_bit(tmp_path)
    monkeypatch.setattr(module, "CHEAP", 0)
    assert load_columns(tmp_path) is not None
    assert load_columns(tmp_path, verify=True) is None


def test_a_full_disk_is_said_and_keeps_the_columns_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_columns(tmp_path, example(as_of=1), seq=1, versions={})

    def refuse(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        with pytest.raises(Unavailable, match="disk is full"):
            save_columns(tmp_path, example(as_of=2), seq=2, versions={})
    stored = load_columns(tmp_path)
    assert stored is not None
    assert stored.folded.as_of == 1
    assert not (tmp_path / "generation-2").exists()
