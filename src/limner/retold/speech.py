"""Sentences, one after the other, read off their patterns. Whatever is read takes a bounded time: a part of it may have
been written by somebody who wants to see a reader's page hang.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from limner.model.retelling import Pattern
from limner.retold.fields import say_field

MOST = 20_000
"""Characters of all lines; a definition's problems are a line each."""
LONGEST = 2_000
"""Characters of a line that is read."""
DEEPEST = 2
"""Sentences in sentences."""
PLACES = 4
"""What a line begins with may stand before that many colons: a file, a tag, a field."""
LIKE = 5
"""Characters."""
FIRST, LAST = 6, 3
"""Ends of sentences that are looked at; between them is what somebody else wrote."""
CAUSES = frozenset({"cause", "reason"})
"""Holes in which sentences stand, which are told themselves."""
TOLD = frozenset(
    {"what", "data", "kind", "given", "wanted", "stage", "status", "state", "metric", "error", "lacking", "size"}
)
"""Holes in which phrases stand; all others hold names and values, which are nobody's to translate."""
Told = tuple[int, str]
"""How many characters of the English are known, and the Chinese."""
UNKNOWN: Told = (0, "")
_END = re.compile(r"(?<=[.?!]) ")
_NAMES = re.compile(r"[^\s,]+(?:, [^\s,]+)*(?: (?:and|or) [^\s,]+)?")
_QUOTED = re.compile(r"'[^'\\]*'|\"[^\"\\]*\"")
_BETWEEN = re.compile(r", | (?:and|or) ")


class Speech:
    """``sentences`` may stand alone; ``phrases`` stand in the holes that are `TOLD`, ``roles`` in that of a role, and
    ``places`` before a sentence.

    >>> speech = Speech({"{what} is no {kind}.": "{what}不是{kind}。", "Look.": "请看。"}, {"a tag": "标签"}, {}, {})
    >>> speech.tell("tags/a.yaml: a tag is no 'b'. Look.")
    {'en': "tags/a.yaml: a tag is no 'b'. Look.", 'zh': 'tags/a.yaml：标签不是“b”。请看。'}
    """

    def __init__(
        self,
        sentences: Mapping[str, str],
        phrases: Mapping[str, str],
        roles: Mapping[str, str],
        places: Mapping[str, str],
    ) -> None:
        self._sentences, self._phrases = Patterns(sentences), Patterns(phrases)
        self._places, self._words, self._roles = Patterns(places), phrases, roles
        self._tell = lru_cache(4096)(self._line)

    def tell(self, text: str) -> dict[str, str]:
        """By language; Chinese where a line of it is known."""
        if len(text) > MOST:
            return {"en": text}
        lines = text.split("\n")
        told = [self._tell(line)[1] for line in lines]
        if not any(told):
            return {"en": text}
        return {"en": text, "zh": "\n".join(one or line for one, line in zip(told, lines, strict=True))}

    def _line(self, line: str, depth: int = 0) -> Told:
        """All of it, or what follows a place, whichever knows most of it; of two, whose place is longer."""
        if len(line) > LONGEST or depth > DEEPEST:
            return UNKNOWN
        found, at = [self._one_after_another(line, depth)], -1
        for _ in range(PLACES):
            at = line.find(": ", at + 1)
            if at < 0:
                break
            weight, rest = self._one_after_another(line[at + 2 :], depth)
            found += [(weight, f"{self._place(line[:at], depth)}：{rest}")] if weight else []
        return max(reversed(found), key=lambda each: each[0])

    def _one_after_another(self, line: str, depth: int) -> Told:
        """Sentences that follow each other, so that most is known of them; all must be."""
        ends = [found.start() for found in _END.finditer(line)]
        ends = [*ends[:FIRST], *ends[FIRST:][-LAST:], len(line)]
        best: dict[int, Told] = {}
        for begin in reversed([0, *(end + 1 for end in ends[:-1])]):
            found = [UNKNOWN]
            for end in ends:
                weight, rest = best.get(end + 1, UNKNOWN)
                if end > begin and (weight or end == len(line)):
                    own, told = self._find(self._sentences, line[begin:end], depth)
                    found += [(own + weight, told + rest)] if own else []
            best[begin] = max(found, key=lambda each: each[0])
        return best[0]

    def _find(self, patterns: Patterns, text: str, depth: int) -> Told:
        for pattern in patterns.like(text):
            held = pattern.read(text)
            if held is not None:
                spelt = {name: self._spell(name, value, depth) for name, value in held.items()}
                known = pattern.weight + sum(weight for weight, _ in spelt.values())
                return known, pattern.say({name: told for name, (_, told) in spelt.items()})
        return UNKNOWN

    def _spell(self, hole: str, text: str, depth: int) -> Told:
        """What stands in a hole; nothing is known of names and values."""
        found = UNKNOWN
        if hole in CAUSES:
            found = self._line(text, depth + 1)
        elif hole in TOLD and depth <= DEEPEST:
            found = self._find(self._phrases, text, depth + 1)
        if found[0]:
            return found
        if hole == "role":
            return 0, self._roles.get(text, text)
        if hole == "users":
            parts = text.split("; ") if ": " in text else text.split(", ")
            return 0, ("；" if ": " in text else "、").join(self._place(part, depth) for part in parts)
        return 0, self._list(text, told=hole in TOLD)

    def _place(self, text: str, depth: int) -> str:
        """What it begins with is ours, the rest are names, the last of them maybe a field."""
        first, *names = text.split(": ")
        parts = [self._find(self._places, first, depth)[1] or first, *names]
        return "：".join([*parts[:-1], say_field(parts[-1]) or parts[-1]])

    def _list(self, text: str, told: bool) -> str:
        """Names as a Chinese list of them, and what is quoted in Chinese quotation marks."""
        if _QUOTED.fullmatch(text):
            return f"“{text[1:-1]}”"
        if _NAMES.fullmatch(text):
            last = "或" if " or " in text else "、"
            names = [self._words.get(name, name) if told else name for name in _BETWEEN.split(text)]
            return last.join(names)
        return text


class Patterns:
    """Those that say most themselves come first: others may hold in a hole what these have words for. Each is kept by
    how it begins or, where a hole begins it, by how it ends; only those like a text are tried.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._begins: dict[str, list[Pattern]] = {}
        self._ends: dict[str, list[Pattern]] = {}
        self._others: list[Pattern] = []
        for pattern in (Pattern(*each) for each in patterns.items()):
            if len(pattern.begin) >= LIKE:
                self._begins.setdefault(pattern.begin[:LIKE], []).append(pattern)
            elif len(pattern.end) >= LIKE:
                self._ends.setdefault(pattern.end[-LIKE:], []).append(pattern)
            else:
                self._others.append(pattern)

    def like(self, text: str) -> list[Pattern]:
        found = [*self._begins.get(text[:LIKE], ()), *self._ends.get(text[-LIKE:], ()), *self._others]
        return sorted(found, key=lambda pattern: -pattern.weight)
