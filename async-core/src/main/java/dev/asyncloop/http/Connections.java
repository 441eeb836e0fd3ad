package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Reactor Netty's client, on the loop's event loop: kept-alive connections, names, and one prepared receiver for each
 * method. Only on the event loop.
 */
final class Connections {

    private static final Duration MAX_IDLE = Duration.ofSeconds(30);

    private final HttpClient client;

    private final ConnectionProvider provider;

    private final FilteringResolverGroup resolvers;

    private final Map<String, HttpClient.ResponseReceiver<?>> receivers = new HashMap<>();

    Connections(IOLoop loop, EventLoop eventLoop, HttpClientOptions options) {
        LoopResources resources = new Resources(loop.eventLoopGroup());
        this.resolvers = new FilteringResolverGroup(names(resources, eventLoop), options.addressFilter());
        this.provider = ConnectionProvider.builder(loop.name() + "-http")
                .maxConnections(Integer.MAX_VALUE) // the slots are in front, and so is the line
                .pendingAcquireMaxCount(-1)
                .lifo()
                .maxIdleTime(MAX_IDLE)
                .evictInBackground(MAX_IDLE, Schedulers.fromExecutorService(eventLoop))
                .disposeInactivePoolsInBackground(MAX_IDLE, MAX_IDLE)
                .build();
        this.client = HttpClient.create(provider)
                .runOn(resources)
                .resolver(resolvers)
                .doOnResolve(Hop::resolving)
                .doOnChannelInit((observer, channel, remote) -> {
                    StrictResponseDecoder.install(channel.pipeline(), options.maxHeaderSize());
                    HopHandler.install(channel.pipeline());
                })
                .compress(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0) // the limits are ours
                .httpResponseDecoder(decoder -> decoder.maxHeaderSize(options.maxHeaderSize()))
                .headers(headers -> headers.set("User-Agent", options.userAgent()));
    }

    private static DnsAddressResolverGroup names(LoopResources resources, EventLoop eventLoop) {
        return new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                .datagramChannelFactory(() -> resources.onChannel(DatagramChannel.class, eventLoop))
                .socketChannelFactory(() -> resources.onChannel(SocketChannel.class, eventLoop)));
    }

    /** Returns what sends requests with this method. */
    HttpClient.ResponseReceiver<?> receiver(String method) {
        HttpClient.ResponseReceiver<?> receiver = receivers.get(method);
        if (receiver == null) {
            receiver = client.request(HttpMethod.valueOf(method)).send(Hop::write);
            if (FetchRequest.isStandard(method)) {
                receivers.put(method, receiver);
            }
        }
        return receiver;
    }

    void close() {
        provider.disposeLater().subscribe();
        resolvers.close();
    }

    /** The loop's event loop, which nobody but the loop may end. */
    private record Resources(EventLoopGroup group) implements LoopResources {

        @Override
        public EventLoopGroup onServer(boolean useNative) {
            return group;
        }

        @Override
        public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
            return Mono.empty();
        }
    }
}
