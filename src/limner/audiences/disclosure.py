"""Identifiers as they may leave: plain, masked, or hashed in the way ad platforms ask for.

Hashes are of the text in UTF-8, in lower-case hexadecimal, after what all platforms ask for: no blanks around it,
e-mail addresses in lower case. Of phone numbers they differ: 腾讯 and 巨量引擎 hash the national number, Meta the
digits with the country's code, Google E.164 with its +.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from limner.govern.masking import mask_value


class Disclosure(StrEnum):
    PLAIN = "plain"
    MASKED = "masked"
    SHA256 = "sha256"
    MD5 = "md5"


class PhoneForm(StrEnum):
    NATIONAL = "national"
    """13800000000 of a Chinese number; of others as `DIGITS`."""
    DIGITS = "digits"
    """8613800000000."""
    E164 = "e164"
    """+8613800000000."""


def disclose(type: str, value: str, how: Disclosure, phone: PhoneForm) -> str:
    """
    >>> disclose("phone", "+8613800000000", Disclosure.MD5, PhoneForm.NATIONAL)
    '5daad257487f1b493114181a22e37eb5'
    >>> disclose("email", " Li@Example.com", Disclosure.PLAIN, PhoneForm.E164)
    'li@example.com'
    """
    if how is Disclosure.MASKED:
        return mask_value(type, value)
    written = normalise(type, value, phone)
    match how:
        case Disclosure.SHA256:
            return hashlib.sha256(written.encode()).hexdigest()
        case Disclosure.MD5:
            return hashlib.md5(written.encode(), usedforsecurity=False).hexdigest()
    return written


def normalise(type: str, value: str, phone: PhoneForm) -> str:
    text = value.strip()
    if type == "email":
        return text.lower()
    if type != "phone" or not text.startswith("+"):
        return text
    if phone is PhoneForm.E164:
        return text
    if phone is PhoneForm.NATIONAL and text.startswith("+86"):
        return text.removeprefix("+86")
    return text.removeprefix("+")
