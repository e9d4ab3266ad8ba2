"""Network addresses as they are counted: by the subscriber, not by every address that one can take on."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection

NOBODY = "local"


def parsed_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one inside of IPv6 taken out; None for a name."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def subscriber_of(host: str) -> str:
    """One name for all addresses that one subscriber has: an IPv6 one owns its last 64 bits."""
    address = parsed_address(host)
    if address is None or address.version == 4:
        return str(address or host)
    return str(ip_network(f"{address}/64", strict=False))


def subscriber_behind(connection: HTTPConnection) -> str:
    """Who asks, for counting: the peer, or whom a proxy that the settings trust names."""
    return subscriber_of(connection.client.host) if connection.client else NOBODY
