"""Packages: which of an audience's customers leave, with which columns, how identifiers are shown, in which form, and
where to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from limner.audiences.disclosure import Disclosure, PhoneForm
from limner.audiences.schedule import check_schedule
from limner.errors import DataError
from limner.model.place import Place

NAME = re.compile(r"\w[\w-]{0,63}", re.ASCII)
"""Names that can stand in the name of a file."""


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    NDJSON = "ndjson"


class Encoding(StrEnum):
    """Of CSV."""

    UTF8 = "utf-8"
    UTF8_BOM = "utf-8-bom"
    """Excel reads it as UTF-8."""
    GB18030 = "gb18030"
    """What Chinese Excel takes a CSV for."""


class Header(StrEnum):
    NAME = "name"
    ZH = "zh"
    EN = "en"


class Mode(StrEnum):
    FULL = "full"
    INCREMENTAL = "incremental"
    """After the first: who was added and removed since the last that was delivered, in the column ``change``."""


FIELDS = (
    "name",
    "audience",
    "columns",
    "identifiers",
    "phone",
    "format",
    "encoding",
    "header",
    "labels",
    "mode",
    "schedule",
    "target",
)


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    audience: str
    columns: tuple[str, ...] = ()
    """Tags."""
    identifiers: Mapping[str, str] | None = None
    """Types, and how they are disclosed."""
    phone: str = PhoneForm.NATIONAL
    format: str = Form.CSV
    encoding: str = Encoding.UTF8_BOM
    header: str = Header.NAME
    labels: Mapping[str, Mapping[str, str]] | None = None
    """By tag: what is written in the place of a value."""
    mode: str = Mode.FULL
    schedule: str | None = None
    """As an audience's; None = only when it is asked for."""
    target: Mapping[str, Any] | None = None
    """``kind`` and what it needs; None = it is only fetched."""

    @property
    def is_plain(self) -> bool:
        """Does it show identifiers to which somebody needs the right?"""
        return Disclosure.PLAIN in (self.identifiers or {}).values()

    @property
    def ending(self) -> str:
        return str(self.format)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "columns": list(self.columns)}


def read_package(data: Mapping[str, Any], audiences: Collection[str], tags: Collection[str], zone: str) -> Package:
    """Raises DefinitionError with everything that is wrong."""
    place = Place(f"package {data.get('name')}"[:80])
    place.only(data, FIELDS, "a package")
    name = data.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        place.at("name").wrong("a name has letters and digits of ASCII, _ and -, 64 at most.")
    if data.get("audience") not in audiences:
        place.at("audience").unknown("audience", data.get("audience"), audiences)
    for column in data.get("columns") or ():
        if column not in tags:
            place.at("columns").unknown("tag", column, tags)
    for type, how in (data.get("identifiers") or {}).items():
        _check_word(how, Disclosure, place.at("identifiers").at(type))
    for field, words in (("phone", PhoneForm), ("format", Form), ("encoding", Encoding), ("header", Header)):
        _check_word(data.get(field), words, place.at(field))
    _check_word(data.get("mode"), Mode, place.at("mode"))
    for tag in data.get("labels") or {}:
        if tag not in (data.get("columns") or ()):
            place.at("labels").unknown("column", tag, data.get("columns") or ())
    if data.get("schedule"):
        try:
            check_schedule(data["schedule"], zone)
        except DataError as error:
            place.at("schedule").wrong(error.message, error.hint)
        if not data.get("target"):
            place.at("schedule").wrong("a package that is brought nowhere has no schedule.", "Give it a target.")
    place.raise_problems()
    given = {field: data[field] for field in FIELDS if data.get(field) not in (None, "")}
    return Package(**{**given, "columns": tuple(given.get("columns", ()))})


def _check_word(word: Any, known: type[StrEnum], place: Place) -> None:
    if word is not None and word not in list(known):
        place.unknown("word", word, list(known))
