package dev.asyncloop.net;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Which kinds of addresses are connected to. Tornado's {@code allow_ipv6}.
 */
public enum AddressFamily {
    /** IPv4 and IPv6; the IPv4 addresses of a name are tried first. */
    ANY,
    /** IPv4 alone; {@code allow_ipv6=False}. */
    IPV4,
    /** IPv6 alone. */
    IPV6;

    /** Returns whether an address is of this kind. */
    public boolean includes(InetAddress address) {
        return this == ANY || (this == IPV4) == (address instanceof Inet4Address);
    }
}
