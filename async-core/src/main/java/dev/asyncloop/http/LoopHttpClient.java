package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The client on Reactor Netty. Slots, line and running exchanges are touched only by the event loop, to which each fetch
 * is handed over once.
 */
final class LoopHttpClient implements AsyncHttpClient {

    private static final Duration MAX_IDLE = Duration.ofSeconds(30);

    private final IOLoop loop;

    private final HttpClientOptions options;

    private final EventLoop eventLoop;

    private final ConnectionProvider connections;

    private final FilteringResolverGroup resolvers;

    private final HttpClient client;

    private final Slots slots;

    private final Set<Exchange> running = new HashSet<>();

    private volatile boolean closed;

    LoopHttpClient(IOLoop loop, HttpClientOptions options) {
        this.loop = loop;
        this.options = options;
        this.eventLoop = loop.eventLoopGroup().next();
        this.slots = new Slots(options);
        LoopResources resources = new Resources(loop.eventLoopGroup());
        this.resolvers = new FilteringResolverGroup(names(resources), options.addressFilter());
        this.connections = ConnectionProvider.builder(loop.name() + "-http")
                .maxConnections(options.maxPerOrigin()) // for each origin; the line is ours
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(Duration.ofMillis(Integer.MAX_VALUE))
                .maxIdleTime(MAX_IDLE)
                .build();
        this.client = HttpClient.create(connections)
                .runOn(resources)
                .resolver(resolvers)
                .compress(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Integer.MAX_VALUE) // the limits are ours
                .httpResponseDecoder(decoder -> decoder.maxHeaderSize(options.maxHeaderSize()))
                .headers(headers -> headers.set("User-Agent", options.userAgent()));
    }

    private DnsAddressResolverGroup names(LoopResources resources) {
        return new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                .datagramChannelFactory(() -> resources.onChannel(DatagramChannel.class, eventLoop))
                .socketChannelFactory(() -> resources.onChannel(SocketChannel.class, eventLoop)));
    }

    @Override
    public Task<FetchResponse> fetch(String url) {
        return fetch(FetchRequest.get(url).build());
    }

    @Override
    public Task<FetchResponse> fetch(FetchRequest request) {
        byte[] body = request.body(options.codec());
        Promise<FetchResponse> promise = loop.promise(request.toString());
        Exchange exchange = new Exchange(this, request, body, promise);
        exchange.begin();
        return promise.task();
    }

    @Override
    public int active() {
        return slots.active();
    }

    @Override
    public int queued() {
        return slots.queued();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Runnable end = () -> {
            Set.copyOf(running).forEach(Exchange::clientClosed);
            connections.disposeLater().subscribe();
            resolvers.close();
        };
        if (eventLoop.inEventLoop()) {
            end.run();
        } else if (!eventLoop.isShuttingDown()) {
            eventLoop.execute(end);
        }
    }

    boolean isClosed() {
        return closed;
    }

    IOLoop loop() {
        return loop;
    }

    HttpClientOptions options() {
        return options;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    HttpClient client() {
        return client;
    }

    Slots slots() {
        return slots;
    }

    void begun(Exchange exchange) {
        running.add(exchange);
    }

    void ended(Exchange exchange) {
        running.remove(exchange);
    }

    /** The loop's event loop, which nobody but the loop may end. */
    private record Resources(EventLoopGroup group) implements LoopResources {

        @Override
        public EventLoopGroup onServer(boolean useNative) {
            return group;
        }
    }
}
