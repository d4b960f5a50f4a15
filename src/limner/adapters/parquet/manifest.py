"""The lake's manifest: what its codes mean, which links it has, and the tags published when it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from limner.errors import Conflict, DataError, DefinitionError
from limner.model.dump import dump_tag
from limner.model.parse import parse_tags
from limner.model.reliability import UNCONFIGURED, Reliabilities, dump_reliabilities, parse_reliabilities
from limner.model.tag import Tag
from limner.model.timeline import Column, Kind, Vocabulary

FORMAT = 1
"""Of the lake. A reader refuses newer ones."""
MANIFEST = "manifest.json"
NOW = "now"
"""Names the links of the moment of the export; others are named by their known_at, µs UTC."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a fold over the lake needs besides the rows themselves."""

    seq: int
    """Rows of the log up to here are in the lake."""
    vocabulary: Vocabulary
    types: Mapping[str, frozenset[str]]
    """Property path to the JSON types that make it up."""
    tags: tuple[Tag, ...]
    generation: str = ""
    """The folder of the rows, inside the lake's."""
    links: tuple[str, ...] = ()
    """Names of the tables that say whose each fragment is."""
    priors: Reliabilities = UNCONFIGURED
    """How far sources are believed to begin with."""

    def seen(self, path: str) -> frozenset[str]:
        return self.types.get(path, frozenset())


def name_links(known_at: int | None) -> str:
    return NOW if known_at is None else str(known_at)


def dump_manifest(manifest: Manifest) -> str:
    """As JSON, which `read_manifest` takes back."""
    vocabulary = manifest.vocabulary
    columns = [
        {"name": column.name, "path": column.path, "kind": column.kind.value, "scale": column.scale}
        for column in vocabulary.columns.values()
    ]
    plain = {
        "format": FORMAT,
        "generation": manifest.generation,
        "seq": manifest.seq,
        "zone": vocabulary.zone,
        "links": list(manifest.links),
        "names": list(vocabulary.names),
        "sources": list(vocabulary.sources),
        "columns": columns,
        "dictionaries": {name: list(words) for name, words in vocabulary.dictionaries.items()},
        "seen": {path: sorted(types) for path, types in manifest.types.items()},
        "tags": {tag.name: dump_tag(tag) for tag in manifest.tags},
        "reliabilities": dump_reliabilities(manifest.priors),
    }
    return json.dumps(plain, ensure_ascii=False, indent=1)


def read_manifest(text: str, where: str) -> Manifest:
    """``where`` names the lake in messages. DataError: not a manifest; Conflict: a newer Limner's."""
    try:
        plain = msgspec.json.decode(text)
        known = plain["format"]
        if known > FORMAT:
            raise Conflict(
                f"The lake {where} has format {known}; this Limner reads up to {FORMAT}.",
                hint="A newer Limner made it: upgrade this one. Nothing was changed.",
            )
        return _build_manifest(plain, where)
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{where}/{MANIFEST} is no manifest of a lake: {error}.", hint="Export the lake anew."
        ) from error


def _build_manifest(plain: Mapping[str, Any], where: str) -> Manifest:
    columns = [Column(c["name"], c["path"], Kind(c["kind"]), c["scale"]) for c in plain["columns"]]
    tags, problems = parse_tags(plain["tags"], where)
    if problems:
        raise DefinitionError(problems)
    return Manifest(
        seq=plain["seq"],
        vocabulary=Vocabulary(
            names=tuple(plain["names"]),
            sources=tuple(plain["sources"]),
            columns={(column.path, column.kind): column for column in columns},
            dictionaries={name: tuple(words) for name, words in plain["dictionaries"].items()},
            zone=plain["zone"],
        ),
        types={path: frozenset(types) for path, types in plain["seen"].items()},
        tags=tuple(tags),
        generation=plain["generation"],
        links=tuple(plain["links"]),
        priors=parse_reliabilities(plain.get("reliabilities"), where),  # lakes of before have none
    )
