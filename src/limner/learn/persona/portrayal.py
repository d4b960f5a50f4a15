"""From the members of a type to its card: what sets them apart (TGI), who they are, what they are worth, and words.

What is told here follows templates; people, or a language model, may tell it better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limner.fold.derive import as_doubles
from limner.learn.persona.answers import OTHERS, UNKNOWN, Answers
from limner.learn.persona.brief import Brief
from limner.learn.persona.card import Card, Said, Trait, Worth
from limner.model.clock import local_day
from limner.model.column import Folded, ValueType
from limner.model.tag import Tag

Mask = npt.NDArray[np.bool_]
MOST_TRAITS = 8
APART = 115
"""TGI from which a value sets somebody apart."""
SURE = 3.0
"""Standard errors by which the share must be over the others'."""
MOST_TOLD = 5
BARE = frozenset(
    "有 无 没有 是 否 其他 其它 未知 yes no y n true false 0 1 other others unknown".split()  # noqa: SIM905
)
YES_NO: Mapping[bool, Said] = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}


@dataclass(frozen=True, slots=True)
class Crowd:
    """The customers personas are portrayed among."""

    folded: Folded
    answers: Answers
    """To the tags of the types, and the demographic ones."""
    tags: Mapping[str, Tag]
    zone: str
    smallest: int
    """Fewer members than this point at persons: what so few say is not told."""


def portray(persona: str, members: Mask, crowd: Crowd, brief: Brief) -> Card:
    shares = compare(members, crowd)
    traits = [trait for trait in shares if is_apart(trait, int(members.sum())) and trait.tag not in brief.demographics]
    about = [trait for trait in shares if trait.tag in brief.demographics]
    demographics = [
        max((trait for trait in about if trait.tag == tag), key=lambda trait: trait.share)
        for tag in brief.demographics
        if any(trait.tag == tag for trait in about)
    ]
    special = [trait for trait in about if is_apart(trait, int(members.sum()))]
    ordered = sorted([*traits, *special], key=strength, reverse=True)
    share = float(members.sum() / max(len(members), 1))
    telling = Telling(crowd.tags, tuple(ordered), tuple(demographics), share, brief)
    return Card(
        persona,
        int(members.sum()),
        round(share, 4),
        tuple(ordered[:MOST_TRAITS]),
        tuple(demographics),
        find_worth(members, crowd, brief.worth),
        telling.name(),
        telling.summary(),
        telling.scene(),
        list_words(members, crowd, brief.motives),
        list_words(members, crowd, brief.goals),
        list_words(members, crowd, brief.quotes),
    )


def compare(members: Mask, crowd: Crowd) -> list[Trait]:
    """Every value of every question, among members and among all."""
    found = []
    size, everybody = max(int(members.sum()), 1), max(len(members), 1)
    for place, question in enumerate(crowd.answers.questions):
        codes = crowd.answers.codes[:, place]
        known = codes != UNKNOWN
        counts = np.bincount(codes[known & members], minlength=len(question.values))
        base = np.bincount(codes[known], minlength=len(question.values))
        for value, count, of_base in zip(question.values, counts.tolist(), base.tolist(), strict=True):
            if value != OTHERS and count >= max(crowd.smallest, 1):
                share, usual = count / size, of_base / everybody
                found.append(
                    Trait(question.tag, value, round(share, 4), round(usual, 4), round(share / usual * 100, 1))
                )
    return found


def is_apart(trait: Trait, size: int) -> bool:
    error = np.sqrt(trait.base_share * (1 - trait.base_share) / max(size, 1))
    return trait.tgi >= APART and trait.share - trait.base_share > SURE * error


def is_bare(trait: Trait) -> bool:
    """Does the value say nothing without what was asked?"""
    return isinstance(trait.value, bool) or trait.value.lower() in BARE


def strength(trait: Trait) -> float:
    """How much of the members' description the value is: the part of Kullback and Leibler's divergence it makes."""
    return float(trait.share * np.log(trait.tgi / 100))


def find_worth(members: Mask, crowd: Crowd, tags: Sequence[str]) -> Worth | None:
    if not tags:
        return None
    column = crowd.folded.columns[tags[0]]
    numbers = as_doubles(column, local_day(crowd.folded.as_of, crowd.zone))
    known = ~np.isnan(numbers)
    if (known & members).sum() < max(crowd.smallest, 1):
        return None
    mean, base = float(numbers[known & members].mean()), float(numbers[known].mean())
    whole = float(numbers[known].sum())
    part = float(numbers[known & members].sum()) / whole if whole > 0 else 0.0
    return Worth(
        tags[0], round(mean, 2), round(base, 2), round(mean / base * 100, 1) if base > 0 else 0.0, round(part, 4)
    )


def list_words(members: Mask, crowd: Crowd, tags: Sequence[str]) -> tuple[str, ...]:
    """What members answered most often that others did not: by how much more often than all customers."""
    found: list[tuple[float, str]] = []
    for name in tags:
        column = crowd.folded.columns[name]
        if column.type is not ValueType.TEXT:
            continue
        codes = column.values.astype(np.int64)
        said, of_all = codes[members & (codes >= 0)], codes[codes >= 0]
        inside, everywhere = Counter(said.tolist()), Counter(of_all.tolist())
        for code, count in inside.items():
            lift = (count / len(said)) / (everywhere[code] / len(of_all))
            if count >= min(max(crowd.smallest, 1), 3) and lift > 1:
                found.append((count / len(said) * np.log(lift), column.dictionary[code]))
    return tuple(word for _, word in sorted(found, reverse=True)[:MOST_TOLD])


@dataclass(frozen=True, slots=True)
class Telling:
    """Words for what was measured."""

    tags: Mapping[str, Tag]
    traits: tuple[Trait, ...]
    demographics: tuple[Trait, ...]
    share: float
    brief: Brief

    def word(self, trait: Trait, language: str) -> str:
        tag = self.tags[trait.tag]
        value = (
            YES_NO[trait.value][language] if isinstance(trait.value, bool) else tag.says_value(trait.value, language)
        )
        return f"{tag.says(language)}{'：' if language == 'zh' else ': '}{value}" if is_bare(trait) else value

    def name(self) -> Said:
        """Of the strongest traits, no more than one a tag."""
        chosen: dict[str, Trait] = {}
        for trait in self.traits:
            if not is_bare(trait):
                chosen.setdefault(trait.tag, trait)
        words = list(chosen.values())[:3]
        usual = {"zh": "一般客户", "en": "The usual customer"}
        return {
            language: "·".join(dict.fromkeys(self.word(trait, language) for trait in words)) or usual[language]
            for language in ("zh", "en")
        }

    def summary(self) -> Said:
        def tell(traits: Sequence[Trait], language: str) -> str:
            joint = "、" if language == "zh" else ", "
            return joint.join(
                f"{self.tags[t.tag].says(language)} {self.word(t, language)} ({t.share:.0%}, TGI {t.tgi:.0f})"
                for t in traits
            )

        few = self.traits[:4]
        return {
            "zh": f"占 {self.share:.1%}。" + (f"突出特征：{tell(few, 'zh')}。" if few else "没有突出的特征。"),
            "en": f"{self.share:.1%} of all. "
            + (f"Set apart by {tell(few, 'en')}." if few else "Nothing sets them apart."),
        }

    def scene(self) -> Said:
        who = {language: self.who(language) for language in ("zh", "en")}
        placed = {trait.tag: trait for trait in reversed(self.traits) if trait.tag in self.brief.scene}
        ordered = [placed[tag] for tag in self.brief.scene if tag in placed]
        zh = "，".join(f"{self.tags[t.tag].says('zh')}是{self.word(t, 'zh')}" for t in ordered)
        en = ", ".join(f"{self.tags[t.tag].says('en').lower()} {self.word(t, 'en')}" for t in ordered)
        return {
            "zh": f"典型的一位：{who['zh'] or '各样的人'}。" + (f"比别人更常见的是{zh}。" if zh else ""),
            "en": f"A typical one: {who['en'] or 'all sorts of people'}."
            + (f" More often than others: {en}." if en else ""),
        }

    def who(self, language: str) -> str:
        joint = "、" if language == "zh" else ", "
        return joint.join(self.word(trait, language) for trait in self.demographics if trait.share >= 0.25)
