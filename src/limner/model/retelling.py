"""Sentences that were kept as they were found, in English, told in Chinese as well: by patterns, read off the sentence.

What is kept stays as its finder wrote it, whichever version that was; a sentence no pattern knows is told as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

_HOLE = re.compile(r"\{(\w+)\}")
LONGEST = 500
"""Characters of a sentence that is read: whoever sends may write in them what looks like many phrases."""
DEEPEST = 8
"""Phrases in phrases."""


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
        self._patterns = [(*_compile(english), chinese) for english, chinese in patterns.items()]
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
        for begin, end, pattern, chinese in self._patterns:
            if not (sentence.startswith(begin) and sentence.endswith(end)):
                continue
            found = pattern.fullmatch(sentence)
            if found is None:
                continue
            held = found.groupdict()
            told = {name: self._retell(text, depth + 1) for name, text in held.items() if name in self._told}
            if None not in told.values():
                return chinese.format_map(held | told)
        return None


def _compile(english: str) -> tuple[str, str, re.Pattern[str]]:
    """How it begins and ends, and all of it; the first of two equal holes is the one that is read."""
    pieces = _HOLE.split(english)
    whole = "".join(f"(?P<{p}>.+?)" if i % 2 else re.escape(p) for i, p in enumerate(pieces))
    return pieces[0], pieces[-1], re.compile(whole, re.DOTALL)
