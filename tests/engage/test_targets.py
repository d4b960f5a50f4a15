"""Where letters may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.engage.targets import check_url, is_public
from limner.errors import DataError

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:0:0:0:0:0:f5ff:fffe",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "100::1",
]
PUBLIC = [
    "8.8.8.8",
    "172.32.0.1",
    "172.15.0.1",
    "192.169.0.1",
    "100.128.0.1",
    "2606:4700::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_whoever_wraps_an_address_is_as_public_as_it_is(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert is_public(f"64:ff9b::{address}") == is_public(str(address))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.com", "is no address"),
        ("https://", "is no address"),
        ("example.com/hook", "is no address"),
        ("https://例子.com", "is no address"),
        ("https://example.com:99999", "is no address"),
        ("https://[::1", "is no address"),
        ("https://example.com/a b", "a blank"),
        ("https://example.com/\r\nX: y", "a blank"),
        ("https://me:secret@example.com", "no user name"),
        ("https://example.com/#x", "fragment"),
        ("http://example.com", "encrypted"),
        ("https://127.0.0.1/", "not on the public network"),
        ("https://[::ffff:10.0.0.1]/", "not on the public network"),
    ],
)
def test_what_is_no_address_of_a_destination(url: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        check_url(url, allow_private=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x?y=z", "http://crm", "https://[fd00::1]:8443/"])
def test_who_may_be_private_may_be(url: str) -> None:
    assert check_url(url, allow_private=True).hostname
