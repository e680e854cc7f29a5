"""Which addresses a stranger's URL may lead to: public unicast only (defence against SSRF).

`ipaddress.is_global` alone is not enough: in Python 3.11 it calls several spellings of a private
IPv4 address inside IPv6 global, and multicast too. The list below is what it lets through.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # IANA has assigned nothing public outside it
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address

_DENIED_V4: Final = tuple(
    IPv4Network(net)
    for net in (
        "100.64.0.0/10",  # RFC 6598, carrier-grade NAT
        "192.0.0.0/24",  # RFC 6890, protocol assignments
        "192.88.99.0/24",  # RFC 7526, former 6to4 relays
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved and broadcast
    )
)
_DENIED_V6: Final = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # protocol assignments, Teredo among them: an IPv4 address in disguise
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: bits 16-48 are an IPv4 address
        "3fff::/20",  # RFC 9637, documentation
    )
)
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})  # RFC 5214: followed by an IPv4 address


def is_public(text: str) -> bool:
    """True when a connection to this IP address leaves for the public internet.

    Raises ValueError when the text is not an IP address.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    return _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in net for net in _DENIED_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    last_32_bits = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _NAT64:
        return _is_public_v4(last_32_bits)
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    return (
        address in _GLOBAL_UNICAST
        and address.is_global
        and not any(address in net for net in _DENIED_V6)
    )
