"""Verbs about the personas that were found: told, edited, published as a tag that says who belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limner.errors import Conflict, DefinitionError, NotFound, did_you_mean
from limner.govern.expecting import expect
from limner.learn.persona.card import Card, edit_card, read_card
from limner.learn.persona.finding import STABLE
from limner.learn.persona.picture import draw_picture
from limner.learn.persona.writing import write_card
from limner.model.clock import iso_time, now
from limner.model.dump import digest_state, digest_tag, dump_tag
from limner.model.parse import parse_tag
from limner.model.tag import Tag
from limner.ports.catalog import AuditEntry
from limner.ports.log import Progress
from limner.ports.personas import PersonaFit, StoredCard
from limner.ports.registry import Act, Status, TagVersion
from limner.tags.registry import find_tag
from limner.tags.review import check_among
from limner.workspace.crowding import Crowding
from limner.workspace.opened import silent
from limner.workspace.reviewing import Reviewing

GROUP = {"人物原型": {"zh": "人物原型", "en": "Personas"}}


class Typifying(Reviewing, Crowding):
    """Personas, their cards and their tag."""

    def personas_list(self) -> dict[str, Any]:
        """Those of the last fit, with how many customers each has now, how good the fit is, and whether it is what the
        tag says."""
        last = self._last_persona_fit()
        if last is None:
            return {"personas": [], "fit": None, "published": False}
        document = last.document
        cards = self._cards()
        counts = self._count_personas(document)
        shown = [self._show_persona(cards[name], counts.get(name)) for name in document["personas"]]
        published = self._persona_is_published(document)
        return {"personas": shown, "fit": self._show_persona_fit(last), "published": published}

    def personas_show(self, persona: str) -> dict[str, Any]:
        """A card with its picture and its versions."""
        versions = self.parts.personas.card_versions(persona)
        if not versions:
            raise NotFound(f"There is no persona {persona!r}.", hint=did_you_mean(persona, self._cards()))
        last = self._last_persona_fit()
        counts = {} if last is None else self._count_personas(last.document)
        shown = self._show_persona(versions[-1], counts.get(persona))
        history = [self._show_card_version(each) for each in versions]
        return {**shown, "picture": draw_picture(read_card(versions[-1].document)), "versions": history}

    def personas_edit(
        self,
        persona: str,
        changes: Mapping[str, Any] | None = None,
        version: int | None = None,
        author: str = "owner",
        reason: str = "",
        expected: str | None = None,
    ) -> dict[str, Any]:
        """Write on a card: a new version. Without ``changes``, an older ``version`` becomes the newest again.

        ``expected``: its ``state`` as the caller saw it; `Stale` when it is another.
        """
        with self._lock:
            current = self._card(persona)
            expect(f"The card of {persona}", state_of(current), expected)
            if changes is None and version is not None:
                older = [each for each in self.parts.personas.card_versions(persona) if each.version == version]
                if not older:
                    raise NotFound(f"The card of {persona} has no version {version}; the newest is {current.version}.")
                card = read_card(older[0].document)
            else:
                card = edit_card(read_card(current.document), changes or {})
            self._add_card(current, card, author, reason, "persona.edit")
        self._retitle(author)
        return self.personas_show(persona)

    def personas_write(
        self, persona: str, author: str = "owner", progress: Progress = silent, expected: str | None = None
    ) -> dict[str, Any]:
        """Let the configured language model tell the card: a new version. Only figures of the type are sent."""
        writer = self.parts.open_writer()
        current = self._card(persona)
        expect(f"The card of {persona}", state_of(current), expected)
        progress("writing", 0, 0)
        tags = {tag.name: tag for tag in self.tags()}
        card = write_card(read_card(current.document), tags, writer)
        with self._lock:
            self._add_card(current, card, author, "written by a language model", "persona.write")
        self._retitle(author)
        return self.personas_show(persona)

    def personas_publish(self, author: str = "owner", reason: str = "", force: bool = False) -> dict[str, Any]:
        """Make the last fit what the tag says, of everybody and at any instant. Conflict when the types are not stable,
        unless ``force``."""
        last = self._last_persona_fit()
        if last is None:
            raise NotFound("No personas have been sought yet.", hint="`limner personas fit` seeks them.")
        stability = last.document["stability"]
        if stability < STABLE and not force:
            raise Conflict(
                f"The types are not stable: among resampled customers they are found again with an adjusted Rand "
                f"index of {stability:.2f}, and {STABLE:.2f} is wanted. What is published stays.",
                hint="Seek them in other tags, ask for fewer, wait for more customers, or publish with force.",
            )
        version = self._publish_tag(last.document, author, reason or "personas published")
        return {"tag": last.document["tag"], "version": version, "personas": list(last.document["personas"])}

    def _add_card(self, current: StoredCard, card: Card, author: str, reason: str, act: str) -> None:
        stored = StoredCard(card.persona, current.version + 1, card.as_dict(), author, reason, now())
        self.parts.personas.add_card(stored, [AuditEntry(stored.saved_at, author, act, card.persona, reason)])

    def _as_tag(self, document: Mapping[str, Any]) -> Tag:
        """The tag that says who is of which persona. Outside the population nobody is of any."""
        cards = self._cards()
        titles = {name: cards[name].document["name"] for name in document["personas"] if name in cards}
        definition: dict[str, Any] = {
            "title": {"zh": "人物原型", "en": "Persona"},
            "layer": "model",
            "group": GROUP,
            "owner": document["owner"],
            "values": [{"value": name, "title": dict(titles.get(name, {"en": name}))} for name in document["personas"]],
        }
        return parse_tag(document["tag"], {**definition, "when": branches_of(document)})

    def _publish_tag(self, document: Mapping[str, Any], author: str, reason: str) -> int:
        tag = self._as_tag(document)
        if problems := check_among([tag], self.parts.registry):
            raise DefinitionError(problems)
        with self._lock:
            item = next((each for each in self.parts.registry.tags() if each.version.name == tag.name), None)
            if item is not None and item.version.digest == digest_tag(tag) and item.status is Status.PUBLISHED:
                return item.version.version
            number = 1 if item is None else item.version.version + 1
            version = TagVersion(tag.name, number, dump_tag(tag), digest_tag(tag), author, reason, now())
            audit = [AuditEntry(version.published_at, author, "tag.publish", tag.name, reason)]
            self.parts.registry.commit(Act([version], {tag.name: Status.PUBLISHED}, audit=audit))
            self._tags_changed()
        self._wait_until_prepared()
        return number

    def _retitle(self, author: str) -> None:
        """The values of the tag are called what the cards are called."""
        last = self._last_persona_fit()
        if last is not None and self._persona_is_published(last.document):
            self._publish_tag(last.document, author, "a persona was renamed")

    def _persona_is_published(self, document: Mapping[str, Any]) -> bool:
        """Does the tag say what this fit found?"""
        try:
            item, _ = find_tag(document["tag"], self.parts.registry)
        except NotFound:
            return False
        if item is None or item.status is Status.RETIRED:
            return False
        return bool(item.version.definition.get("when") == dump_tag(self._as_tag(document))["when"])

    def _count_personas(self, document: Mapping[str, Any]) -> dict[str, int]:
        """Members as the published tag has them now; none while it says something else."""
        if not self._persona_is_published(document):
            return {}
        with self._in_place([]):
            return self._crowd(None, [], [document["tag"]]).count_words(document["tag"])

    def _last_persona_fit(self) -> PersonaFit | None:
        fits = self.parts.personas.fits()
        return fits[-1] if fits else None

    def _cards(self) -> dict[str, StoredCard]:
        """The newest of each persona."""
        newest: dict[str, StoredCard] = {}
        for card in self.parts.personas.card_versions():
            if card.persona not in newest or card.version > newest[card.persona].version:
                newest[card.persona] = card
        return newest

    def _card(self, persona: str) -> StoredCard:
        cards = self._cards()
        if persona not in cards:
            raise NotFound(f"There is no persona {persona!r}.", hint=did_you_mean(persona, cards))
        return cards[persona]

    def _show_persona(self, card: StoredCard, members: int | None) -> dict[str, Any]:
        return {**card.document, "members": members, "version": card.version, "state": state_of(card)}

    def _show_card_version(self, card: StoredCard) -> dict[str, Any]:
        at = iso_time(card.saved_at, self.parts.zone)
        return {"version": card.version, "author": card.author, "reason": card.reason, "saved_at": at}

    def _show_persona_fit(self, fit: PersonaFit) -> dict[str, Any]:
        left = {key: value for key, value in fit.document.items() if key != "when"}
        return {"number": fit.number, "made_at": iso_time(fit.made_at, self.parts.zone), "author": fit.author, **left}


def state_of(card: StoredCard) -> str:
    """Another one with every version."""
    return digest_state([card.persona, card.version, dict(card.document)])


def branches_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tiers, for those in the population only: the value that is left at the end asks for it."""
    when, population = list(document["when"]), document["population"]
    if population is None:
        return when
    return [
        {"if": {"all": [population, branch["if"]]}, "then": branch["then"]}
        if "if" in branch
        else {"if": population, "then": branch["else"]}
        for branch in when
    ]
