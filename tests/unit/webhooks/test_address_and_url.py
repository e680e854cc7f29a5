"""The table of addresses that must never be reached, and of URLs that must not be stored."""

from ipaddress import ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.webhooks.domain.endpoints.url import (
    UrlNotPublic,
    UrlNotUsable,
    parse_url,
    refuse_private,
)
from shared.kernel.addresses import is_public

FORBIDDEN = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # cloud metadata
    "100.64.0.1",  # carrier-grade NAT
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # IPv4-compatible
    "::ffff:127.0.0.1",  # IPv4-mapped
    "::ffff:8.8.8.8",
    "::ffff:0:7f00:1",  # IPv4-translated (SIIT)
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::a9fe:a9fe",  # NAT64 of 169.254.169.254
    "64:ff9b:1::1",  # local NAT64
    "2002:7f00:1::1",  # 6to4 of 127.0.0.1
    "2001:0:1::1",  # Teredo
    "2001:db8::1",
    "2600::5efe:7f00:1",  # ISATAP of 127.0.0.1
    "2600::200:5efe:7f00:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "100::1",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "64:ff9b::808:808", "2606:4700:4700::1111", "2a00:1450:4001::1"]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_address_is_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(UrlNotPublic):
        refuse_private(["8.8.8.8", address])


@pytest.mark.parametrize("address", PUBLIC)
def test_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("http://2130706433/", "127.0.0.1"),
        ("http://127.1/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://0177.0.0.1/", "127.0.0.1"),
        ("http://0x7f000001/", "127.0.0.1"),
        ("http://017700000001", "127.0.0.1"),
        ("http://127.0.0.1./", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1"),
        ("http://[::ffff:7f00:1]/", "::ffff:127.0.0.1"),
    ],
)
def test_every_spelling_of_an_address_is_seen_through(raw: str, host: str) -> None:
    url = parse_url(raw)
    assert url.is_literal
    # Python versions write an IPv4 address inside an IPv6 one differently.
    assert ip_address(url.host) == ip_address(host)
    assert not is_public(url.host)


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("HTTPS://Partner.Example/Hooks", "https://partner.example/Hooks"),
        ("https://partner.example", "https://partner.example/"),
        ("https://partner.example.:443/a", "https://partner.example/a"),
        ("http://partner.example:80/a?b=c&d", "http://partner.example/a?b=c&d"),
        ("http://partner.example:8080/a", "http://partner.example:8080/a"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://partner.example/%41?x=%20", "https://partner.example/%41?x=%20"),
        ("https://[2606:4700:4700::1111]:8443/x", "https://[2606:4700:4700::1111]:8443/x"),
        ("http://134744072/", "http://8.8.8.8/"),
        ("https://partner.example?a=b", "https://partner.example/?a=b"),
        ("https://partner.example/a?", "https://partner.example/a"),
    ],
)
def test_url_gets_one_spelling_and_keeps_it(raw: str, normal: str) -> None:
    assert parse_url(raw).text == normal
    assert parse_url(normal).text == normal


@example("?a?")  # of two question marks the last one is a part of the query
@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#\\")))
def test_path_and_query_stay_byte_for_byte(rest: str) -> None:
    raw = f"https://partner.example/{rest}"
    assert parse_url(raw).text == (raw[:-1] if raw.find("?") == len(raw) - 1 else raw)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "partner.example/hooks",
        "//partner.example/hooks",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///hooks",
        "http://user@partner.example/",
        "http://user:secret@partner.example/",
        "http://@partner.example/",
        "https://partner.example/#top",
        "https://partner.example/a#",
        "https://partner.example/a b",
        "https://partner.example/\tb",
        "https://partner.example\\@127.0.0.1/",
        "https://partner.example:0/",
        "https://partner.example:65536/",
        "https://partner.example:port/",
        "https://-partner.example/",
        "https://partner..example/",
        "https://part%6eer.example/",
        "https://straße.example/",  # strasse.example to one standard, xn--strae-oqa to the other
        "http://999.1.1.1/",
        "http://1.2.3.4.5/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "https://" + "a" * 64 + ".example/",
        "https://partner.example/" + "a" * 2048,
    ],
)
def test_url_is_refused_with_a_reason(raw: str) -> None:
    with pytest.raises(UrlNotUsable) as refusal:
        parse_url(raw)

    assert refusal.value.problems[0].pointer == "/url"
