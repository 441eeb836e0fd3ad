package dev.asyncloop.net;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that connections are made through; immutable. Tornado's {@code proxy_host} and its companions.
 *
 * <p>With an {@link Type#HTTP} proxy, {@code https} and WebSocket connections go through a tunnel ({@code CONNECT}), and
 * {@code http} requests are handed to it as they are. The proxy resolves the names of the servers.
 *
 * @param type what the proxy speaks
 * @param host name or address of the proxy
 * @param port its port
 * @param user name for basic authentication, or {@code null} for none. Only the proxy sees it
 * @param password the password to it
 * @param noProxy hosts that are connected to directly: a name ({@code localhost}), a domain with all below it
 *     ({@code .example.com}), or an address as it is in the URL. Names are compared without regard to case
 * @param filtersAddresses whether this proxy is relied upon to refuse what an {@link AddressFilter} would refuse
 */
public record ProxyOptions(
        Type type,
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        List<String> noProxy,
        boolean filtersAddresses) {

    public ProxyOptions {
        if (host.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "A proxy needs a host and a port from 1 to 65535, but was '" + host + ":" + port + "'");
        }
        if (user != null && (user.indexOf(':') >= 0 || hasControls(user))) {
            throw new IllegalArgumentException(
                    "The user of a proxy can't have colons and control characters, but was '" + user + "'");
        }
        if (password != null && hasControls(password)) {
            throw new IllegalArgumentException("The password of a proxy can't have control characters");
        }
        noProxy = noProxy.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /** What a proxy speaks. */
    public enum Type {
        /** HTTP. */
        HTTP,
        /** SOCKS version 5. */
        SOCKS5
    }

    /** Returns an HTTP proxy without authentication. */
    public static ProxyOptions http(String host, int port) {
        return new ProxyOptions(Type.HTTP, host, port, null, null, List.of(), false);
    }

    /** Returns a SOCKS proxy without authentication. */
    public static ProxyOptions socks5(String host, int port) {
        return new ProxyOptions(Type.SOCKS5, host, port, null, null, List.of(), false);
    }

    /** Returns these options with {@code user} and {@code password}. */
    public ProxyOptions withCredentials(String user, String password) {
        return new ProxyOptions(type, host, port, user, password, noProxy, filtersAddresses);
    }

    /** Returns these options with another {@code noProxy}. */
    public ProxyOptions withNoProxy(String... hosts) {
        return new ProxyOptions(type, host, port, user, password, List.of(hosts), filtersAddresses);
    }

    /** Returns these options with another {@code filtersAddresses}. */
    public ProxyOptions withFiltersAddresses(boolean filtersAddresses) {
        return new ProxyOptions(type, host, port, user, password, noProxy, filtersAddresses);
    }

    /** Returns whether connections to a host are made through the proxy. */
    public boolean isFor(String target) {
        String name = target.toLowerCase(Locale.ROOT);
        return noProxy.stream()
                .noneMatch(host -> host.startsWith(".")
                        ? name.endsWith(host) || name.equals(host.substring(1))
                        : name.equals(host));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return type + " proxy " + host + ":" + port;
    }
}
