package dev.asyncloop.net;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a client makes its connections and how long it keeps them; immutable. Start from {@link #defaults()} and replace
 * what differs.
 *
 * @param tls how connections are secured. Asked on the event loop for each new connection, must not block; connections
 *     that are made already stay as they are
 * @param versions which versions of HTTP are spoken; by default 1.1 only
 * @param proxy the proxy that connections are made through; without one they are made directly
 * @param hosts addresses of names that need no resolver, in lower case. Tornado's {@code hostname_mapping}
 * @param resolver finds the addresses of names; without one the machine's DNS servers are asked
 * @param dnsCache how long the answers of the DNS servers are remembered; does not concern a {@code resolver}
 * @param addressFamily which kinds of addresses are connected to; by default any
 * @param addressFilter says which addresses may be connected to; without one all
 * @param localAddress this machine's address that connections are made from; without one the operating system chooses.
 *     Tornado's {@code network_interface}
 * @param maxIdleTime how long a connection is kept that nobody uses; by default 30 s
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
        Draft draft = new Draft(this);
        draft.tls = tls;
        return draft.finish();
    }

    /** Returns these options with other {@code versions}. */
    public ConnectionOptions withVersions(HttpVersions versions) {
        Draft draft = new Draft(this);
        draft.versions = versions;
        return draft.finish();
    }

    /** Returns these options with another {@code proxy}. */
    public ConnectionOptions withProxy(@Nullable ProxyOptions proxy) {
        Draft draft = new Draft(this);
        draft.proxy = proxy;
        return draft.finish();
    }

    /** Returns these options with other {@code hosts}. */
    public ConnectionOptions withHosts(Map<String, InetAddress> hosts) {
        Draft draft = new Draft(this);
        draft.hosts = hosts;
        return draft.finish();
    }

    /** Returns these options with another {@code resolver}. */
    public ConnectionOptions withResolver(@Nullable AddressResolver resolver) {
        Draft draft = new Draft(this);
        draft.resolver = resolver;
        return draft.finish();
    }

    /** Returns these options with another {@code dnsCache}. */
    public ConnectionOptions withDnsCache(DnsCache dnsCache) {
        Draft draft = new Draft(this);
        draft.dnsCache = dnsCache;
        return draft.finish();
    }

    /** Returns these options with another {@code addressFamily}. */
    public ConnectionOptions withAddressFamily(AddressFamily addressFamily) {
        Draft draft = new Draft(this);
        draft.addressFamily = addressFamily;
        return draft.finish();
    }

    /** Returns these options with another {@code addressFilter}. */
    public ConnectionOptions withAddressFilter(@Nullable AddressFilter addressFilter) {
        Draft draft = new Draft(this);
        draft.addressFilter = addressFilter;
        return draft.finish();
    }

    /** Returns these options with another {@code localAddress}. */
    public ConnectionOptions withLocalAddress(@Nullable InetAddress localAddress) {
        Draft draft = new Draft(this);
        draft.localAddress = localAddress;
        return draft.finish();
    }

    /** Returns these options with another {@code maxIdleTime}. */
    public ConnectionOptions withMaxIdleTime(Duration maxIdleTime) {
        Draft draft = new Draft(this);
        draft.maxIdleTime = maxIdleTime;
        return draft.finish();
    }

    /** Returns these options with another {@code maxLifeTime}. */
    public ConnectionOptions withMaxLifeTime(@Nullable Duration maxLifeTime) {
        Draft draft = new Draft(this);
        draft.maxLifeTime = maxLifeTime;
        return draft.finish();
    }

    /** A copy that can be changed; by each method itself, as a lambda for each would be a class more at every start. */
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
