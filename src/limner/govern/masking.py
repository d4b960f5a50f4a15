"""Personal identifiers as they may be shown in logs, in reports and to those who may not see them: enough to
recognise, not enough to use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from limner.model.fold import Fold, Given, Measure
from limner.model.tag import Imported, Queried, Tag

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\d.])(?:\+\d{8,15}|(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2})(?![\d.]\d|\d)")
"""Any number with its country's code, and China's mobiles without."""
PERSONAL = re.compile(
    "(mobile|tele)?phone(number)?|mobile|tel|e?mail(address)?|(user|anonymous|device|open|union|distinct|login)id|"
    "customerno|id(card|number)|passport|(user|first|last|full|real|nick)name|address|street|ip"
)
"""Names of properties whose values are somebody's own, without case, signs and blanks."""
DATE = re.compile(r"\d{4}-\d\d-\d\d")
FEW_DIGITS, LONG = 4, 16
"""What has more digits, or is so long with some, looks like an identifier."""
REPEATING = frozenset(
    {Measure.FIRST, Measure.LAST, Measure.MIN, Measure.MAX, Measure.TOP, Measure.LIST, Measure.TRAIT, Measure.MEDIAN}
)
"""Measures that give a property's value back."""


def mask_value(type: str, value: str) -> str:
    """The value with its middle hidden.

    >>> mask_value("phone", "+8613800000000"), mask_value("email", "li@example.com"), mask_value("user_id", "u-20817")
    ('138****0000', 'l***@example.com', 'u-***17')
    """
    if type == "phone":
        number = value.removeprefix("+86")
        return f"{number[:3]}****{number[-4:]}" if len(number) > 8 else f"****{number[-2:]}"
    if type == "email" and "@" in value:
        name, _, host = value.rpartition("@")
        return f"{name[:1]}***@{host}"
    return f"{value[:2]}***{value[-2:]}" if len(value) > 6 else f"{value[:1]}***"


def mask_key(type: str, value: str) -> str:
    """``type:value`` with the value masked."""
    return f"{type}:{mask_value(type, value)}"


def mask_text(text: str) -> str:
    """A text with the e-mail addresses and phone numbers in it masked.

    >>> mask_text("Li Lei (li@example.com) called from 138 0000 0000 about order 20261101")
    'Li Lei (l***@example.com) called from 138****0000 about order 20261101'
    """
    text = EMAIL.sub(lambda found: mask_value("email", found[0]), text)
    return PHONE.sub(lambda found: mask_value("phone", re.sub("^86|[ -]", "", found[0])), text)


def is_personal(path: str) -> bool:
    """Does a property of this path hold what is somebody's own?

    >>> is_personal("traits.Open_ID"), is_personal("$phone"), is_personal("page.path")
    (True, True, False)
    """
    return PERSONAL.fullmatch(re.sub(r"[\W_]", "", path.rpartition(".")[2]).lower()) is not None


def personal_tags(tags: Iterable[Tag]) -> frozenset[str]:
    """Names of the tags that repeat a personal property, whatever they are called themselves."""
    return frozenset(
        tag.name
        for tag in tags
        if isinstance(tag.definition, Fold)
        and tag.definition.measure in REPEATING
        and is_personal(tag.definition.path or "")
    )


def given_tags(tags: Iterable[Tag]) -> frozenset[str]:
    """Names of the tags whose values come from lists and queries: nobody knows what stands in them."""
    return frozenset(tag.name for tag in tags if isinstance(tag.definition, Imported | Queried))


def telling_tags(tags: Iterable[Tag]) -> frozenset[str]:
    """Names of the tags by which somebody may be known: those that repeat what is personal, and given texts."""
    tags, given = list(tags), Imported | Queried
    texts = (tag.name for tag in tags if isinstance(tag.definition, given) and tag.definition.given is Given.TEXT)
    return personal_tags(tags) | frozenset(texts)


def is_identifier(text: str) -> bool:
    """Does a text look like somebody's identifier: without blanks, with many digits, or long and mixed?

    >>> [is_identifier(text) for text in ("u-20817", "oXq3Fk9bTz7LmPw2", "gold 2026", "2026-11-01", "v1.2", "苏州")]
    [True, True, False, False, False, False]
    """
    if DATE.match(text) or re.search(r"\s", text):
        return False
    digits = sum(character.isdigit() for character in text)
    return digits > FEW_DIGITS or (digits > 0 and len(text) >= LONG)


def mask_document(document: Any, hidden: Collection[str] = (), given: Collection[str] = ()) -> Any:
    """A JSON document with what is personal in it masked.

    Masked are values of ``{"type", "value"}`` pairs, of members with a personal name or one of ``hidden`` (tags), those
    of ``given`` (tags) that look like identifiers, and e-mail addresses and phone numbers wherever they stand.
    """
    if isinstance(document, Mapping):
        return {name: _mask_member(name, value, document, hidden, given) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [mask_document(item, hidden, given) for item in document]
    if isinstance(document, str):
        return mask_text(document)
    if isinstance(document, int | float) and PHONE.fullmatch(f"{document:.15g}"):
        return mask_text(f"{document:.15g}")
    return document


def _mask_member(
    name: str, value: Any, document: Mapping[str, Any], hidden: Collection[str], given: Collection[str]
) -> Any:
    if name == "value" and isinstance(document.get("type"), str):
        return _hide(value, document["type"])
    if name not in hidden and not is_personal(name):
        masked = mask_document(value, hidden, given)
        return _hide_identifiers(masked, name) if name in given else masked
    if isinstance(value, Mapping) and "value" in value:  # what a tag of that name says
        return {**mask_document(value, hidden, given), "value": _hide(value["value"], name)}
    return _hide(value, name)


def _hide_identifiers(value: Any, name: str) -> Any:
    """What a given tag says, or how its values are distributed, without those that look like identifiers."""
    if isinstance(value, Mapping):
        told = {key: _hide_identifiers(value[key], name) for key in ("value", "values") if key in value}
        return {**value, **told}
    if isinstance(value, list):
        return [_hide_identifiers(item, name) for item in value]
    return mask_value(name, value) if isinstance(value, str) and is_identifier(value) else value


def _hide(value: Any, type: str) -> Any:
    """The value, whatever it is made of, masked as one of that type."""
    if isinstance(value, Mapping):
        return {name: _hide(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hide(item, type) for item in value]
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    return mask_text(text) if PHONE.fullmatch(text) or EMAIL.fullmatch(text) else mask_value(type, text)
