"""Mapping files: how the rows of a table become events, traits and items (DESIGN section 7)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping as Fields
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limner.errors import DataError
from limner.model.place import Place
from limner.model.yaml_text import dump_yaml, load_yaml

KNOWN = ("source", "event", "event_id", "time", "identify", "properties", "traits", "items", "join", "where", "fill",
         "encoding", "delimiter", "sheet", "table")  # fmt: skip
IDENTIFIER_TYPE = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class Time:
    column: str | None
    constant: str | None = None
    """ISO 8601, instead of a column: for rows that have no date of their own."""
    timezone: str | None = None
    """IANA zone of times without an offset; None = the workspace's."""
    format: str | None = None
    """strptime's, when the usual forms do not do."""


@dataclass(frozen=True, slots=True)
class Join:
    file: Path
    on: tuple[str, ...]
    """Columns of the same name on both sides; the joined file has one row for each of their values."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file, read but not yet held against the columns of a data file."""

    name: str
    """Of the file, for messages."""
    text: str
    """The mapping as it can be read again from anywhere: joined files are absolute."""
    source: str
    event: str | None = None
    """The constant name of the events; None with ``event_column``, or when rows only describe items."""
    event_column: str | None = None
    event_id: tuple[str, ...] = ()
    time: Time | None = None
    identify: tuple[tuple[str, str], ...] = ()
    """(identifier type, column); a type may come twice."""
    properties: Fields[str, str] = field(default_factory=dict)
    traits: Fields[str, str] = field(default_factory=dict)
    items: Fields[str, str] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    where: str | None = None
    """SQL condition; rows that do not meet it are skipped."""
    fill: tuple[str, ...] = ()
    """Columns whose empty cells take the value of the row above, as merged cells of a sheet mean it."""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    table: str | None = None

    @property
    def gives_events(self) -> bool:
        return self.event is not None or self.event_column is not None


def read_mapping(path: Path) -> Mapping:
    """DataError when there is no such file, DefinitionError with everything that is wrong in it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"The mapping {path} cannot be opened: {error.strerror}.") from error
    return parse_mapping(content, path.name, path.absolute().parent)


def parse_mapping(content: bytes | str, name: str = "mapping.yaml", folder: Path | None = None) -> Mapping:
    """``folder`` is where joined files are looked for. Raises DefinitionError with everything that is wrong."""
    data = load_yaml(content, name, fields=frozenset({"on"}))
    place = Place(name)
    fields = place.mapping(data, "a mapping") or {}
    place.raise_problems()
    place.only(fields, KNOWN, "a mapping")
    mapping = _Reader(fields, place, folder or Path.cwd()).read(name)
    place.raise_problems()
    return mapping


@dataclass(frozen=True, slots=True)
class _Reader:
    fields: Fields[str, object]
    place: Place
    folder: Path

    def read(self, name: str) -> Mapping:
        event, event_column = self._event()
        items = self._expressions("items")
        mapping = Mapping(
            name=name,
            text=self._portable(),
            source=self._text("source") or Path(name).stem,
            event=event,
            event_column=event_column,
            event_id=self._names("event_id"),
            time=self._time(),
            identify=self._identify(),
            properties=self._expressions("properties"),
            traits=self._expressions("traits"),
            items=items,
            joins=self._joins(),
            where=self._text("where"),
            fill=self._names("fill"),
            encoding=self._encoding(),
            delimiter=self._delimiter(),
            sheet=self._text("sheet"),
            table=self._text("table"),
        )
        if items and "id" not in items:
            self.place.at("items").wrong("the item's id is missing.", "Write items: {id: COLUMN, ...}.")
        if not mapping.gives_events and not items:
            self.place.wrong("it makes neither events nor items.", "Give event: NAME, or event: {column: COLUMN}.")
        if mapping.gives_events and mapping.time is None and "time" not in self.fields:
            self.place.wrong("an event needs a time.", "Give time: {column: COLUMN, timezone: ZONE}.")
        return mapping

    def _event(self) -> tuple[str | None, str | None]:
        """Rows with traits and no event of their own are identify events."""
        given = self.fields.get("event")
        if given is None:
            return ("identify" if "traits" in self.fields else None), None
        place = self.place.at("event")
        if isinstance(given, Fields):
            place.only(given, ("column",), "event")
            return None, place.at("column").text(given.get("column"), "a column")
        return place.text(given, "an event's name"), None

    def _time(self) -> Time | None:
        given = self.fields.get("time")
        if given is None:
            return None
        place = self.place.at("time")
        fields = {"column": given} if isinstance(given, str) else place.mapping(given, "a time")
        if fields is None:
            return None
        place.only(fields, ("column", "constant", "timezone", "format"), "time")
        column = constant = None
        if "constant" not in fields:
            column = place.at("column").text(fields.get("column"), "a column")
        elif "column" in fields:
            place.wrong("it has both a column and a constant.", "Leave one of them out.")
        elif not is_instant(constant := str(fields["constant"])):
            place.at("constant").wrong(f"{constant!r} is no time.", "Give ISO 8601, such as 2026-11-01.")
        zone, form = (fields.get(part) for part in ("timezone", "format"))
        if zone is not None:
            zone = place.at("timezone").text(zone, "a time zone")
            if zone and not is_zone(zone):
                place.at("timezone").wrong(f"there is no time zone {zone!r}.", "Give an IANA name: Asia/Shanghai.")
        if form is not None:
            form = place.at("format").text(form, "a format")
            if form and "%" not in form:
                place.at("format").wrong(f"{form!r} is no strptime format.", "Such as %d/%m/%Y %H:%M.")
        return Time(column, constant, zone, form) if column or constant else None

    def _identify(self) -> tuple[tuple[str, str], ...]:
        place = self.place.at("identify")
        given = self.fields.get("identify")
        fields = {} if given is None else place.mapping(given, "identify") or {}
        found = []
        for kind, columns in fields.items():
            if not IDENTIFIER_TYPE.fullmatch(kind):
                place.at(kind).wrong("an identifier type is a word of a-z, 0-9 and _.", "Such as customer_no.")
            found += [(kind, column) for column in _names(columns, place.at(kind))]
        return tuple(found)

    def _expressions(self, name: str) -> dict[str, str]:
        place = self.place.at(name)
        given = self.fields.get(name)
        fields = {} if given is None else place.mapping(given, name) or {}
        found = {}
        for key, sql in fields.items():
            text = str(sql) if isinstance(sql, int | float) else place.at(key).text(sql, "an SQL expression")
            if text:
                found[key] = text
        return found

    def _joins(self) -> tuple[Join, ...]:
        given = self.fields.get("join") or []
        joins = []
        for number, entry in enumerate(given if isinstance(given, list) else [given]):
            place = self.place.at("join").at(number)
            fields = place.mapping(entry, "a join")
            if fields is None:
                continue
            place.only(fields, ("file", "on"), "a join")
            file = place.at("file").text(fields.get("file"), "a file")
            on = _names(fields.get("on"), place.at("on"))
            if file and on:
                joins.append(Join(self.folder / file, on))
        return tuple(joins)

    def _encoding(self) -> str | None:
        name = self._text("encoding")
        try:
            return codecs.lookup(name).name if name else None
        except LookupError:
            self.place.at("encoding").wrong(f"there is no encoding {name!r}.", "Such as utf-8 or gb18030.")
            return None

    def _delimiter(self) -> str | None:
        given = self.fields.get("delimiter")
        if given is None or (isinstance(given, str) and len(given) == 1):
            return given
        self.place.at("delimiter").wrong("a delimiter is one character.", r'Such as ";" or "\t" in double quotes.')
        return None

    def _text(self, name: str) -> str | None:
        given = self.fields.get(name)
        return None if given is None else self.place.at(name).text(given, name)

    def _names(self, name: str) -> tuple[str, ...]:
        given = self.fields.get(name)
        return () if given is None else _names(given, self.place.at(name))

    def _portable(self) -> str:
        """The mapping as YAML with absolute paths of joined files."""
        data = dict(self.fields)
        if isinstance(data.get("join"), Fields):
            data["join"] = [data["join"]]
        if isinstance(data.get("join"), list):
            data["join"] = [
                {**entry, "file": str(self.folder / str(entry.get("file")))} if isinstance(entry, Fields) else entry
                for entry in data["join"]  # type: ignore[attr-defined]
            ]
        return dump_yaml(data)


def is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _names(given: object, place: Place) -> tuple[str, ...]:
    """One name or a list of names."""
    entries = given if isinstance(given, list) else [given]
    found = [place.text(entry, "a column") for entry in entries]
    return tuple(name for name in found if name)
