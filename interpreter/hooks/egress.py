"""Where hooks may be asked: what the settings name wherever it is, everything else at public addresses only.

The address is checked that a connection is really made to, so no name can mean another address a moment later.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
NAT64 = IPv6Network("64:ff9b::/96")
"""Where IPv4 addresses stand in the last 32 bits of IPv6 addresses (RFC 6052)."""
FIRST_USER_PORT = 1024
WEB_PORTS = (80, 443)
ADVICE = "settings may allow it (allow under [hooks], or CALLVERBS_ALLOW_PRIVATE_HOOKS=1 for a trial)"


class EgressError(OSError):
    """A hook must not be asked where it is."""


class Egress(NamedTuple):
    """What the settings allow besides public addresses: hosts, networks, or with `private` everything."""

    private: bool = False
    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def allows_host(self, host: str) -> bool:
        """Returns whether the settings allow a host by its name, whatever its address."""
        return self.private or host.lower() in self.hosts

    def allows_address(self, address: str) -> bool:
        """Returns whether a connection may be made to an address."""
        found = ip_address(address.partition("%")[0])
        if self.private or any(found in network for network in self.networks):
            return True
        return all(one.is_global and not one.is_multicast for one in (found, *_inner(found)))

    def check_port(self, port: int | None) -> None:
        """Raises EgressError for a port of another service: hooks are asked at 80, 443, and from 1024 on."""
        if port is not None and port not in WEB_PORTS and port < FIRST_USER_PORT and not self.private:
            raise EgressError(f"hooks are not asked at port {port}: only at 80, 443, and from 1024 on")

    def open_socket(self, address: tuple[Any, ...]) -> socket.socket:
        """Returns the socket of a connection to an address, as getaddrinfo describes it. Raises EgressError."""
        family, kind, protocol, _, where = address
        if not self.allows_address(where[0]):
            raise EgressError(f"it is at a private address, where only what the settings name is asked; {ADVICE}")
        return socket.socket(family=family, type=kind, proto=protocol)


def parse(allow: Sequence[str], private: bool = False) -> Egress:
    """Returns the egress of settings: `allow` lists networks (10.0.0.0/8, 127.0.0.1) and names of hosts."""
    hosts, networks = set(), []
    for one in allow:
        try:
            networks.append(ip_network(one, strict=False))
        except ValueError:
            hosts.add(one.lower())
    return Egress(private, frozenset(hosts), tuple(networks))


def _inner(address: Address) -> tuple[IPv4Address, ...]:
    """Returns the IPv4 address that an IPv6 address stands for, if any."""
    if isinstance(address, IPv4Address):
        return ()
    if address in NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    teredo = address.teredo[1] if address.teredo else None
    return tuple(one for one in (address.ipv4_mapped, address.sixtofour, teredo) if one)
