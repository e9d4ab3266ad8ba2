"""Where webhooks may go: to public addresses, so that nobody makes the service call what stands inside.

The name of a receiver is looked up anew for every try, each of its addresses is judged, and the connection
is made to one that was: a name that leads elsewhere a moment later changes nothing (DNS rebinding).
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Name and port to the addresses behind them. Raises OSError."""

_NAT64 = ip_network("64:ff9b::/96")


class AddressError(Exception):
    """A webhook cannot go there; the text is the code of the reason."""


def resolved_by_system(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could call it, also through any address that is wrapped in it."""
    return all(each.is_global and not each.is_multicast for each in (address, *_wrapped(address)))


def allowed_address(resolve: Resolve, host: str, port: int, *, loopback: bool, plain: bool) -> str:
    """The address to connect to.

    `loopback`: the service is tried out, and this machine may be called too; `plain` (http) only then.
    Raises AddressError `webhook_name_unknown`, `webhook_address_refused` or `webhook_not_https`.
    """
    try:
        addresses = [ip_address(each.partition("%")[0]) for each in resolve(host, port)]
    except (OSError, ValueError) as error:  # a name with a part that is too long is a UnicodeError
        raise AddressError("webhook_name_unknown") from error
    if not addresses:
        raise AddressError("webhook_name_unknown")
    if loopback and all(each.is_loopback for each in addresses):
        return str(addresses[0])
    if plain:
        raise AddressError("webhook_not_https")
    if not all(map(is_public, addresses)):
        raise AddressError("webhook_address_refused")
    return str(addresses[0])


def check_url(resolve: Resolve, url: str, *, loopback: bool) -> None:
    """Refuse an address that nothing would be sent to. Raises AddressError."""
    parts = urlsplit(url)
    plain = parts.scheme == "http"
    if plain and not loopback:
        raise AddressError("webhook_not_https")
    port = parts.port or (80 if plain else 443)
    allowed_address(resolve, parts.hostname or "", port, loopback=loopback, plain=plain)


def _wrapped(address: Address) -> list[IPv4Address]:
    """The IPv4 addresses that a translator on the way would take out of an IPv6 one."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]
