"""Sentences that were kept as they were found, in English, told in Chinese as well: by patterns, read off the sentence.

What is kept stays as its finder wrote it, whichever version that was; a sentence no pattern knows is told as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

HOLE = re.compile(r"\{([a-z_]+)\}")
"""Of a pattern; other braces are its own."""
LONGEST = 500
"""Characters of a sentence that is read: whoever sends may write in them what looks like many phrases."""
DEEPEST = 8
"""Phrases in phrases."""


class Pattern:
    """A sentence with holes that hold something each, and the same sentence in Chinese.

    >>> Pattern("{name} is {what}", "{name}是{what}").read("a is b is c")
    {'name': 'a', 'what': 'b is c'}
    """

    def __init__(self, english: str, chinese: str) -> None:
        self.begin, *pieces = HOLE.split(english)
        self.names = pieces[::2]
        self._between, self.end = pieces[1:-1:2], pieces[-1] if pieces else ""
        self._chinese = HOLE.split(chinese)
        self.weight = len(HOLE.sub("", english))
        """Characters that are its own."""
        assert all(self._between), f"two holes of {english!r} have nothing between them"
        assert set(self._chinese[1::2]) <= set(self.names), f"{chinese!r} has a hole of its own"

    def read(self, text: str) -> dict[str, str] | None:
        """What the holes hold, each as little as it can; None = it is another sentence. One pass, whatever it holds."""
        if not self.names:
            return {} if text == self.begin else None
        if not (text.startswith(self.begin) and text.endswith(self.end)):
            return None
        held, at, stop = [], len(self.begin), len(text) - len(self.end)
        for piece in self._between:
            found = text.find(piece, at + 1, stop)
            if found < 0:
                return None
            held.append(text[at:found])
            at = found + len(piece)
        return dict(zip(self.names, (*held, text[at:stop]), strict=True)) if at < stop else None

    def say(self, held: Mapping[str, str]) -> str:
        return "".join(held[piece] if place % 2 else piece for place, piece in enumerate(self._chinese))


class Retelling:
    """``patterns``: English to Chinese, each with the same ``{holes}``; the first that fits a whole sentence is taken.

    What stands in a hole is taken over as it is; in one of the ``told`` ones it is a phrase that is retold itself.

    >>> retelling = Retelling({"{name} is {what}": "{name}是{what}", "a list": "列表"}, told={"what"})
    >>> retelling.tell("tags is a list")
    {'en': 'tags is a list', 'zh': 'tags是列表'}
    >>> retelling.tell("tags is odd"), retelling.tell("nothing known")
    ({'en': 'tags is odd'}, {'en': 'nothing known'})
    """

    def __init__(self, patterns: Mapping[str, str], told: Collection[str] = ()) -> None:
        self._patterns = [Pattern(english, chinese) for english, chinese in patterns.items()]
        self._told = frozenset(told)
        self._retell = lru_cache(4096)(self._read)
        """Each phrase is read once, however many patterns come upon it."""

    def tell(self, sentence: str) -> dict[str, str]:
        """By language; Chinese only where it is known."""
        chinese = self._retell(sentence, 0) if len(sentence) <= LONGEST else None
        return {"en": sentence} if chinese is None else {"en": sentence, "zh": chinese}

    def _read(self, sentence: str, depth: int) -> str | None:
        if depth > DEEPEST:
            return None
        for pattern in self._patterns:
            held = pattern.read(sentence)
            if held is None:
                continue
            told = {name: self._retell(text, depth + 1) for name, text in held.items() if name in self._told}
            if None not in told.values():
                return pattern.say(held | {name: text for name, text in told.items() if text is not None})
        return None
