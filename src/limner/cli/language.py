"""Which language the command line speaks. Texts are written in English; `limner.cli.chinese` holds their Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

Language = Literal["zh", "en"]


def choose_language(arguments: Sequence[str], environ: Mapping[str, str]) -> Language:
    """``--lang`` first, then the locale of the environment as POSIX orders it.

    >>> choose_language(["--lang", "zh", "fold"], {"LANG": "en_GB.UTF-8"})
    'zh'
    >>> choose_language([], {"LC_ALL": "", "LANG": "zh_CN.UTF-8"})
    'zh'
    >>> choose_language(["--lang=en"], {"LANG": "zh_CN.UTF-8"})
    'en'
    """
    for option, language in pairwise(" ".join(arguments).replace("--lang=", "--lang ").split()):
        if option == "--lang" and language in {"zh", "en"}:
            return "zh" if language == "zh" else "en"
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def say(language: Language, text: str, **values: object) -> str:
    """The text in that language with its ``{places}`` filled.

    >>> say("en", "{n} events", n=3)
    '3 events'
    """
    if language == "zh":
        from limner.cli.chinese import CHINESE

        text = CHINESE.get(text, text)
    return text.format(**values) if values else text
