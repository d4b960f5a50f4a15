"""Verbs by which people enter values of tags: events of a customer's timeline."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from limner.errors import Conflict, DataError, NotFound, did_you_mean
from limner.govern.expecting import expect
from limner.identity.normalise import normalise_batch
from limner.model.clock import iso_time, now
from limner.model.dump import digest_state
from limner.model.event import EVENT_BATCH, IDENTIFIER_PREFIX
from limner.model.form import Form, parse_forms
from limner.model.parse_given import SET, UNSET
from limner.model.yaml_text import load_yaml
from limner.tags.given import place_traits, read_entry
from limner.workspace.portraying import Portraying

SOURCE = "hand"
"""Of events that people write."""
FORMS = "forms.yaml"


class Entering(Portraying):
    """Values entered by hand."""

    def tag_get(self, key: str, name: str) -> dict[str, Any]:
        """What one tag says of a customer now, as its portrait has it, and the ``state`` it is in."""
        portrait = self.profile(key, tags=[name])
        reading = portrait.tags[name]
        return {**portrait.as_dict(), "state": digest_state([reading.value, reading.since])}

    def tag_set(
        self, key: str, name: str, value: Any, reason: str = "", author: str = "", expected: str | None = None
    ) -> dict[str, Any]:
        """Enter the value of one tag of a customer: an event on its timeline.

        ``expected``: the ``state`` of `tag_get` as the caller saw it; `Stale` when it is another.
        """
        return self._change(key, name, value, reason, author, expected)

    def tag_unset(
        self, key: str, name: str, reason: str = "", author: str = "", expected: str | None = None
    ) -> dict[str, Any]:
        """Take the value of a tag away that was entered, whoever entered it. ``expected`` as for `tag_set`."""
        return self._change(key, name, None, reason, author, expected)

    def _change(
        self, key: str, name: str, value: Any, reason: str, author: str, expected: str | None
    ) -> dict[str, Any]:
        with self._settled():
            if expected is not None:
                expect(f"{name} of {key}", self.tag_get(key, name)["state"], expected)
            return self._enter(key, {name: value}, author, reason)

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
        said = {name: text for name, text in (("author", author), ("reason", reason), ("form", form)) if text}
        number, id, at = self._write_by_hand(key, SOURCE, UNSET if None in written.values() else SET, said, traits)
        return {"customer_id": f"c{number}", "values": written, "event_id": id, "time": at}

    def _write_by_hand(
        self, key: str, mark: str, name: str, properties: Mapping[str, str], traits: Mapping[str, Any] | None = None
    ) -> tuple[int, str, str]:
        """Put an event on a customer's timeline: the customer, the event's id, which begins with the mark, its time."""
        with self._settled():
            number = self._one_id.refresh().resolve(key)
            type, value = self._address(number, key)
            id, instant = f"{mark}-{uuid.uuid4().hex}", now()
            event = {
                "event_id": id,
                "source": SOURCE,
                "name": name,
                "time": instant,
                "received_at": instant,
                "properties": json.dumps(properties, ensure_ascii=False),
                "traits": None if traits is None else json.dumps(traits, ensure_ascii=False),
            }
            batch = pa.Table.from_pylist([event], EVENT_BATCH)
            batch = batch.append_column(f"{IDENTIFIER_PREFIX}{type}", pa.array([value], pa.string()))
            if self.parts.log.append(normalise_batch(batch)).erased:
                raise NotFound(f"{key} was erased.")
        return number, id, iso_time(instant, self.parts.zone)

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
