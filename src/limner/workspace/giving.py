"""Verbs that give tags their values from outside: entered by hand, imported, or worked out by a query."""

from __future__ import annotations

import json
import logging
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from limner.collect.listed import CUSTOMER, Fault, Listed, read_list
from limner.errors import Conflict, DataError, LimnerError, NotFound, did_you_mean
from limner.fold.dated import Rows
from limner.fold.given import encode_given, match_keys, normalise_keys
from limner.identity.normalise import normalise_batch
from limner.identity.snapshot import CUSTOMER_ID
from limner.model.clock import iso_time, now, read_instant
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.model.fold import Fold, Given, Measure, Scalar, Span
from limner.model.form import Form, parse_forms
from limner.model.parse_given import SET, UNSET, read_given
from limner.model.parse_value import read_span
from limner.model.place import Place
from limner.model.run import Run
from limner.model.tag import Imported, Queried, Tag
from limner.model.yaml_text import load_yaml
from limner.parts import Parts
from limner.ports.catalog import AuditEntry
from limner.ports.log import Progress
from limner.ports.sandbox import Exhibit, Limits
from limner.settings import SqlSettings
from limner.workspace.exporting import Exporting
from limner.workspace.opened import silent

SOURCE = "hand"
"""Of events by which people enter values."""
UNITS = {"d": 86_400_000_000, "h": 3_600_000_000}
FORMS = "forms.yaml"
SCHEDULE = "schedule"
"""The author of runs nobody asked for."""
AGAIN = 600.0
"""Seconds before a query that failed is tried again by schedule."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Imports:
    """What became of the rows of an import."""

    run: Run
    zone: str
    unknown: int
    """Rows of identifiers nobody has yet: they count as soon as somebody does."""
    empty: int
    rejected: int
    faults: Sequence[Fault]

    def as_dict(self) -> dict[str, Any]:
        faults = [{"line": fault.line, "reason": fault.reason} for fault in self.faults]
        counts = {"unknown": self.unknown, "empty": self.empty, "rejected": self.rejected}
        return {**self.run.as_dict(self.zone), **counts, "rejects": faults}


class Giving(Exporting):
    """Values people and systems give."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._failed: dict[str, float] = {}
        """Tags whose query failed when it was due, and when that was."""

    # --- by hand ---------------------------------------------------------------------------------------------------

    def tag_set(self, key: str, name: str, value: Any, reason: str = "", author: str = "") -> dict[str, Any]:
        """Enter the value of one tag of a customer: an event on its timeline."""
        return self._enter(key, {name: value}, author, reason)

    def tag_unset(self, key: str, name: str, reason: str = "", author: str = "") -> dict[str, Any]:
        """Take the value of a tag away that was entered, whoever entered it."""
        return self._enter(key, {name: None}, author, reason)

    def forms_list(self) -> list[dict[str, Any]]:
        """The forms of ``forms.yaml``."""
        return [form.as_dict() for form in self._forms().values()]

    def form_fill(
        self, form: str, key: str, values: Mapping[str, Any], reason: str = "", author: str = ""
    ) -> dict[str, Any]:
        """Enter what a form asks of a customer, in one event; fields left out, or null, stay as they are."""
        forms = self._forms()
        if form not in forms:
            raise NotFound(f"There is no form {form!r}.", hint=did_you_mean(form, forms))
        asked, given = forms[form], {name: value for name, value in values.items() if value is not None}
        for name in given:
            if name not in asked.fields:
                raise DataError(f"The form {form} has no field {name!r}.", hint=did_you_mean(name, asked.fields))
        if missing := [name for name in asked.required if name not in given]:
            raise DataError(f"The form {form} needs {', '.join(missing)}.")
        if not given:
            raise DataError(f"Nothing was filled in: the form {form} asks for {', '.join(asked.fields)}.")
        return self._enter(key, given, author, reason, form)

    def _forms(self) -> dict[str, Form]:
        path = self.parts.folder / FORMS
        forms = parse_forms(load_yaml(path.read_bytes(), FORMS)) if path.exists() else []
        return {form.name: form for form in forms}

    def _enter(
        self, key: str, values: Mapping[str, Any], author: str, reason: str, form: str | None = None
    ) -> dict[str, Any]:
        tags = {tag.name: tag for tag in self.tags()}
        written = {name: read_entry(name, value, tags) for name, value in values.items()}
        traits = place_traits({name: (1 if value is None else value) for name, value in written.items()}, tags)
        said = {"author": author, "reason": reason, "form": form}
        with self._settled():
            snapshot = self._one_id.refresh()
            number = snapshot.resolve(key)
            type, value = self._address(number, key)
            instant = now()
            event = {
                "event_id": f"hand-{uuid.uuid4().hex}",
                "source": SOURCE,
                "name": UNSET if None in written.values() else SET,
                "time": instant,
                "received_at": instant,
                "properties": json.dumps({name: text for name, text in said.items() if text}, ensure_ascii=False),
                "traits": json.dumps(traits, ensure_ascii=False),
            }
            batch = pa.Table.from_pylist([event], EVENT_BATCH)
            batch = batch.append_column(f"{IDENTIFIER_PREFIX}{type}", pa.array([value], pa.string()))
            if self.parts.log.append(normalise_batch(batch)).erased:
                raise NotFound(f"{key} was erased.")
        at = iso_time(instant, self.parts.zone)
        return {"customer_id": f"c{number}", "values": written, "event_id": event["event_id"], "time": at}

    def _address(self, number: int, key: str) -> tuple[str, str]:
        """The identifier an event of the customer is to carry: the one it was named by, else its strongest."""
        snapshot = self._one_id.snapshot
        node = snapshot.find(key)
        if not snapshot.graph.shared[node]:
            return snapshot.observations.identifiers([node])[0]
        own = [one for one in snapshot.members(number) if not snapshot.graph.shared[one]]
        if not own:
            raise Conflict(f"All identifiers of c{number} are shared by others: no event can be put on its timeline.")
        return snapshot.observations.identifiers(own[:1])[0]

    # --- imported --------------------------------------------------------------------------------------------------

    def tags_import(
        self,
        name: str,
        file: str | Path,
        key: str,
        value: str | None = None,
        expires: str | None = None,
        reason: str = "",
        author: str = "",
        source: str | None = None,
        progress: Progress = silent,
    ) -> Imports:
        """Give an imported tag the values of a file: a dated column that takes the place of the one before.

        ``key`` is ``type:column``; ``expires`` a length of time (90d) or an instant.
        """
        tag = self._find_given(name, Imported)
        assert isinstance(tag.definition, Imported)
        given = tag.definition.given
        listed = read_list(str(file), key, value, given, self.parts.rows, self.parts.tables, self.parts.zone, progress)
        sort_out(listed, tag)
        if not listed.values:
            first = f" The first says: {listed.faults[0].reason}" if listed.faults else ""
            raise DataError(f"No row of {file} has a value for {name}; nothing was imported.{first}")
        instant = now()
        until = read_expiry(expires, tag.definition.expires, instant, self.parts.zone)
        with self._settled():
            rows = self._place(listed, given)
            run = Run(
                0,
                name,
                instant,
                rows.column.type,
                len(listed.values),
                author,
                source or Path(str(file)).name,
                reason,
                until,
            )
            kept = self.parts.dated.add(run, rows, [AuditEntry(instant, author, "tag.import", name, reason)])
        return Imports(kept, self.parts.zone, len(rows.keys), listed.empty, listed.faulty, listed.faults)

    def _place(self, listed: Listed, given: Given) -> Rows:
        snapshot = self._one_id.refresh()
        if listed.type == CUSTOMER:
            nodes = np.array([snapshot.find(key) for key in listed.keys], np.int32)
            return Rows(nodes, {}, encode_given(listed.values, given))
        nodes = match_keys(listed.type, listed.keys, self.parts.observations)
        unseen = {int(place): (listed.type, listed.keys[place]) for place in np.flatnonzero(nodes < 0)}
        return Rows(nodes, unseen, encode_given(listed.values, given))

    def tags_runs(self, name: str | None = None) -> list[dict[str, Any]]:
        """What imports and queries wrote, the last first."""
        return [run.as_dict(self.parts.zone) for run in reversed(self.parts.dated.runs(name))]

    # --- queried ---------------------------------------------------------------------------------------------------

    def tags_refresh(
        self,
        names: Sequence[str] | str = (),
        due: bool = False,
        author: str = "",
        progress: Progress = silent,
    ) -> list[dict[str, Any]]:
        """Run the queries of SQL tags (of all), each a dated column. ``due``: only of those whose time has come."""
        wanted = [names] if isinstance(names, str) else list(names)
        tags = [self._find_given(name, Queried) for name in wanted] or [
            tag for tag in self.tags() if isinstance(tag.definition, Queried)
        ]
        if due:
            tags = [tag for tag in tags if self._is_due(tag)]
        return [self._query(tag, author, progress).as_dict(self.parts.zone) for tag in tags]

    def tags_round(self) -> list[dict[str, Any]]:
        """Run the queries whose time has come, each whatever became of the others. One that failed is tried again after
        a while."""
        done = []
        for tag in self.tags():
            if not isinstance(tag.definition, Queried) or not self._is_due(tag):
                continue
            if self._failed.get(tag.name, -AGAIN) + AGAIN > time.monotonic():
                continue
            try:
                done += self.tags_refresh(tag.name, author=SCHEDULE)
                self._failed.pop(tag.name, None)
            except LimnerError as error:
                self._failed[tag.name] = time.monotonic()
                log.warning("The query of a tag was not run, and is tried again in ten minutes: %s", error)
        return done

    def _is_due(self, tag: Tag) -> bool:
        assert isinstance(tag.definition, Queried)
        last, every = self.parts.dated.last(tag.name, now()), tag.definition.every
        return every is not None and (last is None or last.at + span_micros(every) <= now())

    def _query(self, tag: Tag, author: str, progress: Progress) -> Run:
        """The copy is made while others go on; the query runs in a process of its own."""
        assert isinstance(tag.definition, Queried)
        query, given = tag.definition.query, tag.definition.given
        settings = SqlSettings.of_workspace(self.parts.folder)
        with tempfile.TemporaryDirectory(prefix=".query-", dir=self.parts.folder) as scratch:
            folder = Path(scratch)
            exhibit = self._exhibit(self.parts.sandbox.check(query), folder, progress)
            progress(tag.name, 0, 0)
            limits = Limits(settings.seconds, f"{settings.memory}MB", len(exhibit.placement))
            try:
                answer = self.parts.sandbox.run(query, exhibit, folder, limits)
                keys, values = read_answer(answer, given, tag)
            except DataError as error:
                raise DataError(f"{tag.name}: {error.message}", hint=error.hint) from error
        with self._settled():
            snapshot = self._one_id.refresh()
            nodes = np.array([snapshot.find(key) for key in keys], np.int32)
            column = encode_given(values, given)
            run = Run(0, tag.name, exhibit.as_of, column.type, len(values), author, "sql")
            audit = [AuditEntry(exhibit.as_of, author, "tag.refresh", tag.name)]
            return self.parts.dated.add(run, Rows(nodes, {}, column), audit)

    def _exhibit(self, views: frozenset[str], folder: Path, progress: Progress) -> Exhibit:
        """Only what the query reads is copied."""
        log, instant = folder / "log.duckdb", now()
        copied = bool(views & {"events", "items", "customers"})
        if copied:
            self.intake.settle()
            with self._same_file:
                self.parts.copies.log(log, lambda: None, progress)
        with self._settled():
            owner = self._one_id.refresh().graph.customer_of
            placed = np.flatnonzero(owner >= 0)
        tags = pa.table({"customer_id": pa.array([], pa.string())})
        if "tags" in views:
            roster = self.open_export(identifiers=False).roster
            tags = pa.Table.from_batches(roster.cuts(max(len(roster), 1)), roster.schema)
        placement = pa.table(
            {"fragment": pa.array(placed, pa.int32()), "customer": pa.array(owner[placed], pa.int32())}
        )
        return Exhibit(log if copied else None, placement, tags, instant, self.parts.zone)

    def _find_given(self, name: str, kind: type[Imported] | type[Queried]) -> Tag:
        """The published tag of that name. NotFound, or DataError when it gets its values in another way."""
        tags = {tag.name: tag for tag in self.tags()}
        word = "imported: text" if kind is Imported else "sql: SELECT ..."
        if name not in tags:
            hint = did_you_mean(name, tags) or f"Declare it: {{layer: fact, {word}}}, and `limner tags apply`."
            raise NotFound(f"There is no tag {name!r}.", hint=hint)
        if not isinstance(tags[name].definition, kind):
            raise DataError(f"{name} is worked out otherwise.", hint=f"Its definition must be {{{word}}}.")
        return tags[name]


def sort_out(listed: Listed, tag: Tag) -> None:
    """Keys as events have them; what is no identifier, or no value of the tag, is left out and said."""
    if tag.values:
        known = ", ".join(str(value) for value in tag.values)
        listed.drop([value in tag.values for value in listed.values], f"{tag.name} is one of {known}.")
    if listed.type == CUSTOMER:
        listed.drop([CUSTOMER_ID.fullmatch(key) is not None for key in listed.keys], "this is no customer id (c123).")
        return
    normal = normalise_keys(listed.type, listed.keys)
    listed.drop([key is not None for key in normal], f"this is no {listed.type}.")
    listed.keys = [key for key in normal if key is not None]


def read_entry(name: str, value: Any, tags: Mapping[str, Tag]) -> Scalar | None:
    """The value somebody entered, as it is stored; None takes it away. NotFound, DataError."""
    if name not in tags:
        raise NotFound(f"There is no tag {name!r}.", hint=did_you_mean(name, tags))
    tag = tags[name]
    fold = tag.definition
    takes = isinstance(fold, Fold) and fold.measure is Measure.TRAIT and not fold.selection.where
    if not takes or not isinstance(fold, Fold) or (fold.selection.names and SET not in fold.selection.names):
        enterable = [tag.name for tag in tags.values() if isinstance(tag.definition, Fold) and tag.definition.hand]
        hint = f"Those are: {', '.join(enterable)}." if enterable else "Declare one: {layer: fact, hand: text}."
        raise DataError(f"{name} is worked out and cannot be entered by hand.", hint=hint)
    if value is None:
        return None
    try:
        read = read_given(value, fold.hand) if fold.hand is not None else as_trait(value)
    except DataError as error:
        raise DataError(f"{name}: {error.message}", hint=error.hint) from error
    check_value(tag, read, name)
    return read


def as_trait(value: Any) -> Scalar:
    if isinstance(value, str | int | float | bool) and value != "":
        return value
    raise DataError("text, a number, true or false is wanted.")


def check_value(tag: Tag, value: Scalar, where: str) -> None:
    """DataError unless it is one of the values the tag may have."""
    if tag.values and value not in tag.values:
        known = [str(one) for one in tag.values]
        raise DataError(f"{where}: {tag.name} is never {value!r}.", hint=did_you_mean(str(value), known))


def place_traits(values: Mapping[str, Scalar], tags: Mapping[str, Tag]) -> dict[str, Any]:
    """The traits of an event that says these values, each where its tag reads it."""
    traits: dict[str, Any] = {}
    for name, value in values.items():
        fold = tags[name].definition
        assert isinstance(fold, Fold), "only folds of traits are entered"
        assert fold.path is not None
        *outer, last = fold.path.removeprefix("traits.").split(".")
        inside = traits
        for part in outer:
            inside = inside.setdefault(part, {})
        inside[last] = value
    return traits


def span_micros(span: Span) -> int:
    return span.length * UNITS[span.unit]


def read_expiry(text: str | None, usual: Span | None, instant: int, zone: str) -> int | None:
    """A length of time from now, or an instant; None = as the definition says."""
    if text is None:
        return None if usual is None else instant + span_micros(usual)
    place = Place("expires")
    span = read_span(text, place)
    until = read_instant(text, zone) if span is None else instant + span_micros(span)
    if until <= instant:
        raise DataError(f"{text} is over already: what is imported now would never hold.")
    return until


def read_answer(answer: pa.Table, given: Given, tag: Tag) -> tuple[list[str], list[Scalar]]:
    """Customer ids and values of a query's rows; rows without a value are left out. DataError on what fits no tag."""
    seen: set[str] = set()
    keys: list[str] = []
    values: list[Scalar] = []
    read = partial(read_value, given=given, tag=tag, known={})
    for key, value in zip(answer.column("customer_id").to_pylist(), answer.column("value").to_pylist(), strict=True):
        if key is None:
            continue
        if key in seen:
            raise DataError(f"{key} has two rows: a query gives one row per customer.", hint="GROUP BY customer_id.")
        seen.add(key)
        if value is not None:
            keys.append(key)
            values.append(read(value))
    return keys, values


def read_value(value: Any, given: Given, tag: Tag, known: dict[Any, Scalar]) -> Scalar:
    if value not in known:
        known[value] = read_given(value, given)
        check_value(tag, known[value], "the query")
    return known[value]
