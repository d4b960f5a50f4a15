"""Addresses a letter may go to: what an address looks like, and which networks are nobody's business."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from limner.errors import DataError

LONGEST = 2_000
UNICAST = IPv6Network("2000::/3")
"""All there is of IPv6 that reaches somebody on the public network."""
NAT64 = IPv6Network("64:ff9b::/96")
IPV4_COMPATIBLE = IPv6Network("::/96")


def check_url(url: str, allow_private: bool) -> SplitResult:
    """The address of a destination, taken apart. Raises DataError with what is wrong.

    What goes over the public network is encrypted: without ``allow_private`` it is https.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DataError(f"{url[:100]!r} is no address: {error}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > LONGEST or not url.isascii():
        raise DataError(f"{url[:100]!r} is no address.", hint="Write it as https://HOST/PATH, in ASCII.")
    if any(character <= " " or character == "\x7f" for character in url):
        raise DataError(f"{url[:100]!r} has a blank or a control character in it.")
    if parts.username is not None or parts.password is not None:
        raise DataError("An address carries no user name and no password.", hint="Letters are signed instead.")
    if parts.fragment or port == 0:
        raise DataError(f"{url[:100]!r} has a fragment or port 0.")
    if parts.scheme == "http" and not allow_private:
        raise DataError(
            "Letters hold personal data and go encrypted.",
            hint="Use https, or --allow-private inside your own network.",
        )
    if not allow_private and is_literal(parts.hostname) and not is_public(parts.hostname):
        raise DataError(
            f"{parts.hostname} is not on the public network.",
            hint="--allow-private lets letters go there all the same.",
        )
    return parts


def is_literal(host: str) -> bool:
    """An IP address rather than a name?"""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Does this IP address belong to the public network? Of those that wrap another one, that one is asked.

    >>> is_public("93.184.215.14"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1"), is_public("fd00::1")
    (True, False, False, False)
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = _wrapped(ip)
        if inner is not None:
            return is_public(str(inner))
        return ip in UNICAST and ip.is_global
    # Python 3.11 takes some special blocks of IPv4 (192.0.0.0/24, shared and multicast ones) for global.
    special = (ip.is_multicast, ip.is_reserved, ip.is_private, not ip.is_global)
    return not any(special) and not str(ip).startswith(("192.0.0.", "192.88.99."))


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in NAT64 or ip in IPV4_COMPATIBLE:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return None
