package dev.asyncloop.net;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a client makes its connections and how long it keeps them; immutable. Start from {@link #defaults()} and replace
 * what differs.
 *
 * @param tls how connections are secured. Asked on the event loop for each new connection, must not block; connections
 *     that are made already stay as they are
 * @param versions which versions of HTTP are spoken
 * @param proxy the proxy that connections are made through; without one they are made directly
 * @param hosts addresses of names that need no resolver, in lower case. Tornado's {@code hostname_mapping}
 * @param resolver finds the addresses of names; without one the machine's DNS servers are asked
 * @param dnsCache how long the answers of the DNS servers are remembered; does not concern a {@code resolver}
 * @param addressFamily which kinds of addresses are connected to
 * @param addressFilter says which addresses may be connected to; without one all
 * @param localAddress this machine's address that connections are made from; without one the operating system chooses.
 *     Tornado's {@code network_interface}
 * @param maxIdleTime how long a connection is kept that nobody uses
 * @param maxLifeTime how long a connection is used for new requests; without one as long as it works
 */
public record ConnectionOptions(
        Supplier<TlsOptions> tls,
        HttpVersions versions,
        @Nullable ProxyOptions proxy,
        Map<String, InetAddress> hosts,
        @Nullable AddressResolver resolver,
        DnsCache dnsCache,
        AddressFamily addressFamily,
        @Nullable AddressFilter addressFilter,
        @Nullable InetAddress localAddress,
        Duration maxIdleTime,
        @Nullable Duration maxLifeTime) {

    private static final ConnectionOptions DEFAULTS = new ConnectionOptions(
            TlsOptions::defaults,
            HttpVersions.HTTP_1_1,
            null,
            Map.of(),
            null,
            DnsCache.defaults(),
            AddressFamily.ANY,
            null,
            null,
            Duration.ofSeconds(30),
            null);

    public ConnectionOptions {
        Map<String, InetAddress> lowerCase = new HashMap<>();
        hosts.forEach((name, address) -> lowerCase.put(name.toLowerCase(Locale.ROOT), address));
        hosts = Map.copyOf(lowerCase);
        requirePositive("maxIdleTime", maxIdleTime);
        if (maxLifeTime != null) {
            requirePositive("maxLifeTime", maxLifeTime);
        }
        if (proxy != null && addressFilter != null && !proxy.filtersAddresses()) {
            throw new IllegalArgumentException("An address filter is not asked for what the " + proxy
                    + " connects to, as the proxy resolves the names; leave one of them out, or, if the proxy itself"
                    + " refuses those addresses, say so with ProxyOptions.withFiltersAddresses(true)");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, but was " + value);
        }
    }

    /** Returns the defaults. */
    public static ConnectionOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with a {@code tls} that does not change. */
    public ConnectionOptions withTls(TlsOptions tls) {
        return withTls(() -> tls);
    }

    /** Returns these options with another {@code tls}. */
    public ConnectionOptions withTls(Supplier<TlsOptions> tls) {
        return edit(draft -> draft.tls = tls);
    }

    /** Returns these options with other {@code versions}. */
    public ConnectionOptions withVersions(HttpVersions versions) {
        return edit(draft -> draft.versions = versions);
    }

    /** Returns these options with another {@code proxy}. */
    public ConnectionOptions withProxy(@Nullable ProxyOptions proxy) {
        return edit(draft -> draft.proxy = proxy);
    }

    /** Returns these options with other {@code hosts}. */
    public ConnectionOptions withHosts(Map<String, InetAddress> hosts) {
        return edit(draft -> draft.hosts = hosts);
    }

    /** Returns these options with another {@code resolver}. */
    public ConnectionOptions withResolver(@Nullable AddressResolver resolver) {
        return edit(draft -> draft.resolver = resolver);
    }

    /** Returns these options with another {@code dnsCache}. */
    public ConnectionOptions withDnsCache(DnsCache dnsCache) {
        return edit(draft -> draft.dnsCache = dnsCache);
    }

    /** Returns these options with another {@code addressFamily}. */
    public ConnectionOptions withAddressFamily(AddressFamily addressFamily) {
        return edit(draft -> draft.addressFamily = addressFamily);
    }

    /** Returns these options with another {@code addressFilter}. */
    public ConnectionOptions withAddressFilter(@Nullable AddressFilter addressFilter) {
        return edit(draft -> draft.addressFilter = addressFilter);
    }

    /** Returns these options with another {@code localAddress}. */
    public ConnectionOptions withLocalAddress(@Nullable InetAddress localAddress) {
        return edit(draft -> draft.localAddress = localAddress);
    }

    /** Returns these options with another {@code maxIdleTime}. */
    public ConnectionOptions withMaxIdleTime(Duration maxIdleTime) {
        return edit(draft -> draft.maxIdleTime = maxIdleTime);
    }

    /** Returns these options with another {@code maxLifeTime}. */
    public ConnectionOptions withMaxLifeTime(@Nullable Duration maxLifeTime) {
        return edit(draft -> draft.maxLifeTime = maxLifeTime);
    }

    private ConnectionOptions edit(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** A copy that can be changed. */
    private static final class Draft {

        private Supplier<TlsOptions> tls;

        private HttpVersions versions;

        private @Nullable ProxyOptions proxy;

        private Map<String, InetAddress> hosts;

        private @Nullable AddressResolver resolver;

        private DnsCache dnsCache;

        private AddressFamily addressFamily;

        private @Nullable AddressFilter addressFilter;

        private @Nullable InetAddress localAddress;

        private Duration maxIdleTime;

        private @Nullable Duration maxLifeTime;

        Draft(ConnectionOptions options) {
            this.tls = options.tls;
            this.versions = options.versions;
            this.proxy = options.proxy;
            this.hosts = options.hosts;
            this.resolver = options.resolver;
            this.dnsCache = options.dnsCache;
            this.addressFamily = options.addressFamily;
            this.addressFilter = options.addressFilter;
            this.localAddress = options.localAddress;
            this.maxIdleTime = options.maxIdleTime;
            this.maxLifeTime = options.maxLifeTime;
        }

        ConnectionOptions finish() {
            return new ConnectionOptions(
                    tls,
                    versions,
                    proxy,
                    hosts,
                    resolver,
                    dnsCache,
                    addressFamily,
                    addressFilter,
                    localAddress,
                    maxIdleTime,
                    maxLifeTime);
        }
    }
}
