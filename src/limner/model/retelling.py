"""Sentences that were kept as they were found, in English, told in Chinese as well: by patterns, read off the sentence.

What is kept stays as its finder wrote it, whichever version that was; a sentence no pattern knows is told as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

_HOLE = re.compile(r"\{(\w+)\}")


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
        self._patterns = [(_compile(english), chinese) for english, chinese in patterns.items()]
        self._told = frozenset(told)
        self._retell = lru_cache(4096)(self._read)

    def tell(self, sentence: str) -> dict[str, str]:
        """By language; Chinese only where it is known."""
        chinese = self._retell(sentence)
        return {"en": sentence} if chinese is None else {"en": sentence, "zh": chinese}

    def _read(self, sentence: str) -> str | None:
        for pattern, chinese in self._patterns:
            found = pattern.fullmatch(sentence)
            if found is None:
                continue
            held = {name: self._read(text) if name in self._told else text for name, text in found.groupdict().items()}
            if None not in held.values():
                return chinese.format_map(held)
        return None


def _compile(english: str) -> re.Pattern[str]:
    """The first of two equal holes is the one that is read."""
    pieces = _HOLE.split(english)
    return re.compile("".join(f"(?P<{p}>.+?)" if i % 2 else re.escape(p) for i, p in enumerate(pieces)), re.DOTALL)
