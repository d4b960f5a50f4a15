"""Verbs that seek personas among customers."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from limner.fold.derive import Ground, derive
from limner.fold.shape import shape_of_derived
from limner.govern.masking import personal_tags
from limner.jobs.errand import Errand
from limner.jobs.tasks import TYPES, TypesTask
from limner.learn.persona.answers import UNKNOWN, choose_tags, read_answers
from limner.learn.persona.brief import Brief, check_names, read_brief
from limner.learn.persona.card import keep_edits, read_card
from limner.learn.persona.finding import Types, find_types
from limner.learn.persona.links import choose_questions
from limner.learn.persona.portrayal import Crowd, portray
from limner.model.clock import iso_time, now
from limner.model.dump import dump_condition
from limner.model.tag import Tag
from limner.parts import Parts
from limner.ports.catalog import AuditEntry
from limner.ports.jobs import Kind
from limner.ports.log import Progress
from limner.ports.personas import PersonaFit, StoredCard
from limner.tags.review import check_among
from limner.workspace.opened import silent
from limner.workspace.typifying import Typifying


class Seeking(Typifying):
    """Personas are sought."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.desk.learn(Kind.PERSONAS, self._seek_beside)

    def personas_fit(
        self,
        tags: Sequence[str] = (),
        count: int | None = None,
        seed: int = 0,
        author: str = "owner",
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Seek the types among the customers there are now, and tell of each. What people wrote on the card of a type
        that is found again stays. Nothing is published by it."""
        asked = self._ask_personas(tags, count, seed)
        if self._is_long():
            self._beside(Kind.PERSONAS, asked, "personas", author, progress)
        else:
            self._seek(asked, author, progress, None)
        return self.personas_list()

    def personas_submit(
        self, tags: Sequence[str] = (), count: int | None = None, seed: int = 0, author: str = "owner"
    ) -> dict[str, Any]:
        """The same as a job, without waiting: the job."""
        asked = self._ask_personas(tags, count, seed)
        return self._show_job(self.desk.submit(Kind.PERSONAS, asked, "personas", author).job)

    def _ask_personas(self, tags: Sequence[str], count: int | None, seed: int) -> dict[str, Any]:
        published = self.tags()
        brief = read_brief(self.parts.folder, published)
        check_names(tuple(tags) or brief.tags, [tag.name for tag in published])
        return {"tags": list(tags), "count": count, "seed": seed}

    def _seek_beside(self, errand: Errand) -> dict[str, Any]:
        self._seek(errand.request, errand.job.who, errand.tell, errand)
        last = self._last_persona_fit()
        assert last is not None, "it was kept just now"
        return {"personas": list(last.document["personas"]), "fit": self._show_persona_fit(last)}

    def _seek(self, asked: Mapping[str, Any], author: str, progress: Progress, errand: Errand | None) -> None:
        """With an ``errand``, its process does the sums."""
        published = self.tags()
        brief = read_brief(self.parts.folder, published)
        brief = replace(brief, tags=tuple(asked["tags"]) or brief.tags, count=asked["count"] or brief.count)
        progress("customers", 0, 0)
        crowd = self._read_personas_crowd(brief, published)
        last = self._last_persona_fit()
        former = None if last is None else self._read_former(last, crowd)
        named = bool(brief.tags)
        answers = read_answers(crowd.folded, brief.tags or self._usual_tags(brief, published), crowd.zone, chosen=named)
        sought = choose_questions(answers, named)
        if errand is None:
            types = find_types(sought, brief.count, former, asked["seed"], progress)
        else:
            errand.run(TypesTask(sought, brief.count, former, asked["seed"]))
            types = pickle.loads((errand.folder / TYPES).read_bytes())  # noqa: S301  our own process wrote it
        self._keep_types(types, crowd, brief, author)

    def _read_personas_crowd(self, brief: Brief, published: Sequence[Tag]) -> Crowd:
        conditions = [] if brief.population is None else [brief.population]
        crowd = self.crowd(conditions=conditions)
        folded = crowd.folded
        if brief.population is not None:
            folded = folded.take(np.flatnonzero(crowd.find(brief.population)))
        own = {tag.name: tag for tag in published}
        sought = brief.tags or self._usual_tags(brief, published)
        asked = list(dict.fromkeys([*sought, *brief.demographics]))
        answers = read_answers(folded, asked, self.parts.zone, chosen=bool(brief.tags))
        return Crowd(folded, answers, own, self.parts.zone, self.smallest_cell)

    def _usual_tags(self, brief: Brief, published: Sequence[Tag]) -> list[str]:
        told = {*brief.quotes, *brief.goals, brief.tag}
        return [name for name in choose_tags(published, list(personal_tags(list(published)))) if name not in told]

    def _read_former(self, last: PersonaFit, crowd: Crowd) -> tuple[Sequence[str], npt.NDArray[np.int64]] | None:
        """Who was what by the rules of the last fit; None if they cannot be followed any more."""
        tag = self._as_tag(last.document)
        if check_among([tag], self.parts.registry):
            return None
        folded = crowd.folded
        ground = Ground(folded.columns, {}, folded.as_of, crowd.zone, len(folded.customers))
        column = derive(tag, shape_of_derived(tag), ground)
        names = list(last.document["personas"])
        table = np.array([*(names.index(word) for word in column.dictionary), UNKNOWN])
        return names, table[column.values.astype(np.int64)]

    def _keep_types(self, types: Types, crowd: Crowd, brief: Brief, author: str) -> None:
        known = self._cards()
        instant = now()
        cards = []
        for place, name in enumerate(types.names):
            card = portray(name, types.members == place, crowd, brief)
            number = 1
            if name in known:
                card = keep_edits(card, read_card(known[name].document))
                number = known[name].version + 1
            cards.append(StoredCard(name, number, card.as_dict(), author, "found again" if number > 1 else "", instant))
        document = {
            **types.figures,
            "tag": brief.tag,
            "owner": author,
            "population": None if brief.population is None else dump_condition(brief.population),
            "personas": list(types.names),
            "when": [dict(branch) for branch in types.when],
            "as_of": iso_time(crowd.folded.as_of, crowd.zone),
        }
        audit = [AuditEntry(instant, author, "persona.fit", brief.tag)]
        with self._lock:
            self.parts.personas.add_fit(PersonaFit(document, author, instant), cards, audit)
