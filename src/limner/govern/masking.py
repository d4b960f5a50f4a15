"""Personal identifiers as they may be shown in logs and reports: enough to recognise, not enough to use."""

from __future__ import annotations


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
