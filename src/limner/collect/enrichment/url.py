"""The parts of URLs as they are met in the wild: never an error, always in time proportional to the text."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

LONGEST_URL = 2_000
"""Characters that are looked at."""
LONGEST_VALUE = 500
"""Characters of a property that is made."""
MOST_PARAMETERS = 100

_SECOND_LEVEL = frozenset({"com", "net", "org", "gov", "edu", "co", "ac", "ne", "or", "go", "gob"})
"""Under a country's domain, names of a kind rather than of an owner."""


def read_host(url: str) -> str:
    """Lower case, without user, port and www; empty when there is none.

    >>> read_host("https://li@WWW.Example.com:8080/a?b"), read_host("about:blank"), read_host("url的domain解析失败")
    ('example.com', '', '')
    """
    _, found, rest = url[:LONGEST_URL].partition("//")
    if not found:
        return ""
    for end in "/?#\\":
        rest = rest.partition(end)[0]
    rest = rest.rpartition("@")[2]
    host = rest.partition("]")[0].removeprefix("[") if rest.startswith("[") else rest.partition(":")[0]
    host = host.strip().rstrip(".").lower().removeprefix("www.")
    return host if host and len(host) <= 253 and host.isprintable() and " " not in host else ""


def read_query(url: str) -> dict[str, str]:
    """Parameters by name in lower case; the first one of a name that has a value.

    >>> read_query("https://a.cn/s?Q=%E9%9D%A2%E8%86%9C&x=&x=1+2#top")
    {'q': '面膜', 'x': '1 2'}
    """
    query = url[:LONGEST_URL].partition("?")[2].partition("#")[0]
    found: dict[str, str] = {}
    for part in query.split("&", MOST_PARAMETERS)[:MOST_PARAMETERS]:
        name, _, value = part.partition("=")
        name = name.lower()
        if value and name not in found and (text := clean(unquote(value))):
            found[name] = text
    return found


def unquote(value: str) -> str:
    """Percent-decoded: as UTF-8, else as GB18030, which Chinese sites long wrote, else as far as it goes.

    >>> unquote("%E8%BD%AE%E8%83%8E"), unquote("%C2%D6%CC%A5")
    ('轮胎', '轮胎')
    """
    if "%" not in value and "+" not in value:
        return value
    octets = unquote_to_bytes(value.replace("+", " ").encode("utf-8", "ignore"))
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode("utf-8", "ignore")


def clean(text: str) -> str:
    """What may be stored: no control characters nor halves of surrogate pairs, trimmed, at most `LONGEST_VALUE`."""
    text = text[: 2 * LONGEST_VALUE]
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable() or character == "\u200d")
    return text.strip()[:LONGEST_VALUE]


def site_of(host: str) -> str:
    """The part of a host that its owner registered.

    >>> site_of("m.shop.example.com"), site_of("a.example.com.cn"), site_of("127.0.0.1")
    ('example.com', 'example.com.cn', '127.0.0.1')
    """
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return host
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if long else -2 :])
