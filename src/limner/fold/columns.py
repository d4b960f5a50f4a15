"""Tag columns on disk: what the last full fold worked out, mapped into memory when it is asked for.

A folder holds one generation, a file per tag, and a manifest that names it. A save writes the next generation beside
the current one, replaces the manifest atomically and removes the old one, so a crash at any point leaves a whole
generation. All of it is derived: what cannot be read counts as absent and is folded again.
"""

from __future__ import annotations

import errno
import json
import logging
import mmap
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limner.errors import DataError, Unavailable
from limner.model.column import Folded, TagColumn, ValueType

FORMAT = 1
"""Of the files. A reader refuses newer ones, which then are folded again."""
MANIFEST = "manifest.json"
GENERATION = "generation-"
ALIGNMENT = 64
HEAD = b"limner columns\n".ljust(ALIGNMENT, b"\0")
"""Begins every file, so that none is empty and all arrays are aligned."""
CHEAP = 256 << 20
"""Bytes whose checksums are verified at every load; a larger store is checked by ``verify=True`` (doctor)."""

log = logging.getLogger(__name__)
Array = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class StoredColumns:
    """A saved fold. Its arrays are read-only memory maps, which outlive the next save."""

    folded: Folded
    seq: int
    """Rows of the log the fold had consumed."""
    versions: Mapping[str, str]
    """Hash of the definition each tag was folded by."""


def save_columns(folder: Path, folded: Folded, seq: int, versions: Mapping[str, str]) -> None:
    """Make this fold the folder's one generation. Unavailable when the disk is full, the old generation then stays."""
    folder.mkdir(parents=True, exist_ok=True)
    generation = _next_generation(folder)
    try:
        generation.mkdir()
        contents = _write_generation(generation, folded)
        described = {"as_of": folded.as_of, "events": folded.events, "seq": seq, "versions": dict(versions)}
        _replace_manifest(folder, described | {"generation": generation.name} | contents)
    except OSError as error:
        shutil.rmtree(generation, ignore_errors=True)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        hint = "Free some space and fold again; the columns saved before are untouched."
        raise Unavailable(f"The disk is full: the tag columns do not fit in {folder}.", hint=hint) from error
    _remove_others(generation)


def adopt_columns(folder: Path, saved: Path) -> None:
    """Make what was saved in another folder, on the same disk, this folder's one generation."""
    folder.mkdir(parents=True, exist_ok=True)
    described, generation = _open_manifest((saved / MANIFEST).read_bytes()), _next_generation(folder)
    (saved / described["generation"]).rename(generation)
    _sync_folder(folder)
    _replace_manifest(folder, described | {"generation": generation.name})
    _remove_others(generation)


def load_columns(folder: Path, verify: bool | None = None) -> StoredColumns | None:
    """The saved fold, or None when there is none or it is torn, corrupt or newer than this version (said in the log).

    Sizes are always checked. Checksums are with ``verify=True``, and by default when that reads at most 256 MB.
    """
    text: bytes | None = None
    while True:
        earlier = text
        try:
            text = (folder / MANIFEST).read_bytes()
            return _read_generation(folder, text, verify)
        except FileNotFoundError as error:
            if text is None:
                return None
            if text != earlier:
                continue  # another thread's save removed this generation meanwhile: read its successor
            reason = f"{error.filename} is missing"
        except (DataError, OSError) as error:
            reason = str(error)
        log.warning("The tag columns in %s cannot be used, the tags will be folded again: %s", folder, reason)
        return None


def _generations(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"{GENERATION}*") if path.name.removeprefix(GENERATION).isdigit()]


def _next_generation(folder: Path) -> Path:
    return folder / f"{GENERATION}{1 + max(map(_number, _generations(folder)), default=0)}"


def _remove_others(generation: Path) -> None:
    for other in _generations(generation.parent):
        if other != generation:
            shutil.rmtree(other, ignore_errors=True)


def _number(generation: Path) -> int:
    return int(generation.name.removeprefix(GENERATION))


# --- writing ---------------------------------------------------------------------------------------------------------


def _write_generation(generation: Path, folded: Folded) -> dict[str, Any]:
    """Write every array; the part of the manifest that describes them."""
    dictionaries: dict[int, tuple[str, ...]] = {}
    for column in folded.columns.values():
        if column.dictionary:
            dictionaries[id(column.dictionary)] = column.dictionary  # tags of one property share it: written once
    places = {key: place for place, key in enumerate(dictionaries)}
    jobs: list[tuple[Path, dict[str, Array]]] = [(generation / "customers", {"customers": folded.customers})]
    jobs += [(generation / f"dictionary-{place}", _pack(words)) for place, words in enumerate(dictionaries.values())]
    jobs += [(generation / f"tag-{place}", _arrays(column)) for place, column in enumerate(folded.columns.values())]
    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(lambda job: _write_arrays(*job), jobs))
    _sync_folder(generation)
    rest = iter(written[1 + len(dictionaries) :])
    tags = {
        name: {
            "type": column.type.value,
            "scale": column.scale,
            "since_last": column.since_last,
            "dictionary": places.get(id(column.dictionary)),
            "file": next(rest),
        }
        for name, column in folded.columns.items()
    }
    return {"customers": written[0], "dictionaries": written[1 : 1 + len(dictionaries)], "tags": tags}


def _arrays(column: TagColumn) -> dict[str, Array]:
    found = {"values": column.values, "offsets": column.offsets, "confidence": column.confidence}
    return {name: array for name, array in found.items() if array is not None}


def _pack(words: Sequence[str]) -> dict[str, Array]:
    packed = pa.array(words, pa.large_string())
    _, offsets, text = packed.buffers()
    return {
        "ends": np.frombuffer(offsets, np.int64, len(words) + 1),
        "text": np.frombuffer(text, np.uint8) if text is not None else np.empty(0, np.uint8),
    }


def _write_arrays(path: Path, arrays: Mapping[str, Array]) -> dict[str, Any]:
    """One file of aligned arrays, on the disk when this returns; its part of the manifest."""
    described: dict[str, Any] = {}
    with path.open("wb") as file:
        file.write(HEAD)
        for name, array in arrays.items():
            data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
            described[name] = {
                "dtype": array.dtype.str,
                "shape": array.shape,
                "at": file.tell(),
                "checksum": zlib.crc32(data),
            }
            file.write(data)
            file.write(b"\0" * (-file.tell() % ALIGNMENT))
        size = file.tell()
        file.flush()
        os.fsync(file.fileno())
    return {"name": path.name, "size": size, "arrays": described}


def _replace_manifest(folder: Path, described: Mapping[str, Any]) -> None:
    body = json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()
    fresh = folder / f"{MANIFEST}.new"
    with fresh.open("wb") as file:
        file.write(json.dumps({"format": FORMAT, "checksum": zlib.crc32(body)}).encode() + b"\n" + body)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MANIFEST)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make renames and new names of a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- reading ---------------------------------------------------------------------------------------------------------


def _read_generation(folder: Path, manifest: bytes, verify: bool | None) -> StoredColumns:
    described = _open_manifest(manifest)
    generation = folder / described["generation"]
    files = [described["customers"], *described["dictionaries"], *(tag["file"] for tag in described["tags"].values())]
    thorough = sum(file["size"] for file in files) <= CHEAP if verify is None else verify
    with ThreadPoolExecutor(2) as pool:
        arrays = dict(zip([f["name"] for f in files], pool.map(lambda f: _map_arrays(generation, f, thorough), files)))
    dictionaries = [_unpack(arrays[file["name"]]) for file in described["dictionaries"]]
    columns = {
        name: TagColumn(
            type=ValueType(tag["type"]),
            scale=tag["scale"],
            since_last=tag["since_last"],
            dictionary=() if tag["dictionary"] is None else dictionaries[tag["dictionary"]],
            **arrays[tag["file"]["name"]],
        )
        for name, tag in described["tags"].items()
    }
    customers = arrays[described["customers"]["name"]]["customers"]
    folded = Folded(customers, columns, described["as_of"], described["events"])
    return StoredColumns(folded, described["seq"], described["versions"])


def _open_manifest(manifest: bytes) -> dict[str, Any]:
    head, _, body = manifest.partition(b"\n")
    described: dict[str, Any] = {}
    with suppress(ValueError, TypeError, KeyError):
        known = json.loads(head)
        if known["format"] > FORMAT:
            raise DataError(
                f"a newer version of Limner wrote them (format {known['format']}, this one reads {FORMAT})."
            )
        if known["checksum"] == zlib.crc32(body):
            described = json.loads(body)
    if not described:
        raise DataError(f"{MANIFEST} is damaged.")
    return described


def _map_arrays(generation: Path, described: Mapping[str, Any], verify: bool) -> dict[str, Any]:
    path = generation / described["name"]
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size != described["size"]:
            raise DataError(f"{path} has {size:,} bytes where {described['size']:,} were written.")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return dict(_slice_arrays(path, mapped, described["arrays"], verify))


def _slice_arrays(
    path: Path, mapped: mmap.mmap, arrays: Mapping[str, Any], verify: bool
) -> Iterator[tuple[str, Array]]:
    for name, described in arrays.items():
        shape = tuple(described["shape"])
        array = np.ndarray(shape, np.dtype(described["dtype"]), mapped, described["at"])
        if verify and zlib.crc32(array.reshape(-1).view(np.uint8).data) != described["checksum"]:
            raise DataError(f"{path} is damaged (the checksum of its {name} differs).")
        yield name, array


def _unpack(arrays: Mapping[str, Array]) -> tuple[str, ...]:
    ends, text = arrays["ends"], arrays["text"]
    packed = pa.LargeStringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(text))
    return tuple(packed.to_pylist())
