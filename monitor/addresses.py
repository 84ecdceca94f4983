"""Tells the addresses of the public internet from all others; pure: it looks up no name and connects to nothing."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291 2.5.5.1, long deprecated and still routed by some


def is_public(address: str) -> bool:
    """Whether an address in its usual notation belongs to the public internet, whatever is wrapped in it.

    Private, loopback, link-local (so the metadata services of the clouds), shared (100.64/10), multicast, reserved and
    unspecified addresses do not, and neither does an IPv6 address in which one of those is embedded (IPv4-mapped,
    IPv4-compatible, 6to4, NAT64). What is no address is not public.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public(parsed)
    inner = _embedded(parsed)
    if inner is not None:
        # A mapped address is the IPv4 address; the others are reached through a gateway of their own.
        return _is_public(inner) and (parsed.ipv4_mapped is not None or parsed.is_global)
    return _is_public(parsed) and not parsed.is_site_local


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
