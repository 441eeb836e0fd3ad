package dev.asyncloop.internal.connect;

import dev.asyncloop.net.ConnectionOptions;
import dev.asyncloop.net.HttpVersions;
import dev.asyncloop.net.ProxyOptions;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;

/**
 * Reactor Netty's client on one event loop, as {@link ConnectionOptions} say: one for each way to a server, with a common
 * pool of kept-alive connections. It has no time limits of its own; who connects sets them. Only on the event loop.
 */
public final class Connector {

    private static final Duration SHORTEST_SWEEP = Duration.ofSeconds(1);

    private final ConnectionOptions options;

    private final UnaryOperator<HttpClient> setUp;

    private final SharedResources resources;

    private final String name;

    private final EventLoop eventLoop;

    /** Made for the first way that has use for it. */
    private @Nullable ConnectionProvider provider;

    private final Names names;

    private final Map<Key, Route> routes = new HashMap<>();

    /**
     * Makes no connection yet.
     * @param name for the pool, as its metrics and its log show it
     * @param setUp what every client gets in addition; called once for each way
     */
    public Connector(String name, EventLoop eventLoop, ConnectionOptions options, UnaryOperator<HttpClient> setUp) {
        this.name = name;
        this.eventLoop = eventLoop;
        this.options = options;
        this.setUp = setUp;
        this.resources = new SharedResources(eventLoop);
        this.names = new Names(resources, eventLoop, options);
    }

    private ConnectionProvider provider() {
        if (provider == null) {
            provider = makeProvider();
        }
        return provider;
    }

    private ConnectionProvider makeProvider() {
        Duration idle = options.maxIdleTime();
        Duration sweep = idle.compareTo(SHORTEST_SWEEP) > 0 ? idle : SHORTEST_SWEEP;
        ConnectionProvider.Builder builder = ConnectionProvider.builder(name)
                .maxConnections(Integer.MAX_VALUE) // who connects has limits and a line of its own
                .pendingAcquireMaxCount(-1)
                .lifo()
                .maxIdleTime(idle)
                .evictInBackground(sweep, Schedulers.fromExecutorService(eventLoop))
                .disposeInactivePoolsInBackground(sweep, sweep);
        if (options.maxLifeTime() != null) {
            builder.maxLifeTime(options.maxLifeTime());
        }
        if (options.versions() != HttpVersions.HTTP_1_1) {
            // else those who come while the first connection is made would make one each
            builder.allocationStrategy(Http2AllocationStrategy.builder()
                    .maxConnections(Integer.MAX_VALUE)
                    .strictConnectionReuse(true)
                    .build());
        }
        return builder.build();
    }

    /** Returns the way to a server; the scheme is {@code http}, {@code https}, {@code ws} or {@code wss}. */
    public Route route(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean webSocket = scheme.startsWith("ws");
        boolean secure = scheme.endsWith("s") && !scheme.equals("ws");
        Key key = new Key(way(String.valueOf(uri.getHost()), secure || webSocket), secure, webSocket);
        return routes.computeIfAbsent(key, this::make);
    }

    private Way way(String host, boolean needsTunnel) {
        ProxyOptions proxy = options.proxy();
        if (proxy == null || !proxy.isFor(host)) {
            return Way.DIRECT;
        }
        return needsTunnel || proxy.type() == ProxyOptions.Type.SOCKS5 ? Way.TUNNEL : Way.FORWARD;
    }

    private Route make(Key key) {
        // a WebSocket's connection serves for nothing else, and a pool would remember a lot about it
        HttpClient client = HttpClient.create(key.webSocket() ? ConnectionProvider.newConnection() : provider())
                .runOn(resources)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .protocol(protocols(key));
        InetAddress local = options.localAddress();
        if (local != null) {
            SocketAddress from = new InetSocketAddress(local, 0);
            client = client.bindAddress(() -> from);
        }
        if (key.secure()) {
            ReloadingSslContext context = new ReloadingSslContext(options.tls(), !key.webSocket() && offersHttp2());
            client = client.secure(
                    tls -> tls.sslContext(context).handshakeTimeoutMillis(0).handlerConfigurator(context::configure));
        }
        return new Route(setUp.apply(through(key.way(), client)), key.way());
    }

    private boolean offersHttp2() {
        return options.versions() != HttpVersions.HTTP_1_1;
    }

    private HttpProtocol[] protocols(Key key) {
        HttpVersions versions = key.webSocket() ? HttpVersions.HTTP_1_1 : options.versions();
        return switch (versions) {
            case HTTP_1_1 -> new HttpProtocol[] {HttpProtocol.HTTP11};
            case HTTP_2 ->
                key.secure()
                        ? new HttpProtocol[] {HttpProtocol.H2, HttpProtocol.HTTP11}
                        : new HttpProtocol[] {HttpProtocol.HTTP11};
            case HTTP_2_ONLY -> new HttpProtocol[] {key.secure() ? HttpProtocol.H2 : HttpProtocol.H2C};
        };
    }

    private HttpClient through(Way way, HttpClient client) {
        ProxyOptions proxy = options.proxy();
        if (way == Way.DIRECT || proxy == null) {
            return client.resolver(names.ofServers());
        }
        InetSocketAddress address = InetSocketAddress.createUnresolved(proxy.host(), proxy.port());
        if (way == Way.FORWARD) {
            return client.resolver(names.always(address))
                    .doOnChannelInit((observer, channel, server) -> ForwardedRequests.addTo(
                            channel.pipeline(), (InetSocketAddress) Objects.requireNonNull(server), proxy));
        }
        return client.resolver(names.ofNothing())
                .proxy(spec -> provide(spec, address, proxy))
                .doOnChannelInit((observer, channel, server) ->
                        channel.pipeline().addFirst("proxyAddress", new ProxyAddressHandler(names)));
    }

    private static void provide(ProxyProvider.TypeSpec spec, InetSocketAddress address, ProxyOptions proxy) {
        ProxyProvider.Builder builder = spec.type(
                        proxy.type() == ProxyOptions.Type.SOCKS5
                                ? ProxyProvider.Proxy.SOCKS5
                                : ProxyProvider.Proxy.HTTP)
                .socketAddress(() -> address) // a plain address would be resolved here, which blocks
                .connectTimeoutMillis(0);
        String user = proxy.user();
        String password = proxy.password();
        if (user != null && password != null) {
            builder.username(user).password(name -> password);
        }
    }

    /** Closes the connections. */
    public void close() {
        if (provider != null) {
            provider.disposeLater().subscribe(done -> {}, failure -> {});
        }
        names.close();
    }

    /** How a server is reached. */
    public enum Way {
        /** Straight. */
        DIRECT,
        /** The proxy is given the requests. */
        FORWARD,
        /** Through the proxy, which sees nothing of it. */
        TUNNEL
    }

    /**
     * What makes connections to some servers; one object for all of the same kind.
     *
     * @param client Reactor Netty's client
     * @param way how these servers are reached
     */
    public record Route(HttpClient client, Way way) {

        /** Two routes are the same only if they are one. */
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private record Key(Way way, boolean secure, boolean webSocket) {}
}
