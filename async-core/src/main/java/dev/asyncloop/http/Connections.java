package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClock;
import dev.asyncloop.internal.connect.Connector;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import reactor.netty.http.client.HttpClient;

/**
 * What the requests are sent with: one prepared receiver for each method and each way to a server. Only on the event
 * loop.
 */
final class Connections {

    private final Connector connector;

    private final HttpClientOptions options;

    private final LoopClock clock;

    private final Map<Key, HttpClient.ResponseReceiver<?>> receivers = new HashMap<>();

    Connections(IOLoop loop, EventLoop eventLoop, HttpClientOptions options) {
        this.options = options;
        this.clock = loop.clock();
        this.connector = new Connector(loop.name() + "-http", eventLoop, options.connection(), this::setUp);
    }

    private HttpClient setUp(HttpClient client) {
        return client.doOnResolve(Hop::resolving)
                .doAfterResolve((connection, address) -> Hop.resolved(connection))
                .doOnChannelInit((observer, channel, server) -> {
                    setUp(channel);
                    ConnectTimes.note(channel, clock);
                    Hop.trying(channel, observer.currentContext());
                })
                .http2Settings(settings -> settings.maxHeaderListSize(options.maxHeaderSize()))
                .compress(true)
                .httpResponseDecoder(decoder -> decoder.maxHeaderSize(options.maxHeaderSize()))
                .headers(headers -> headers.set("User-Agent", options.userAgent())
                        .set("Accept-Encoding", "gzip")); // and not what Netty finds on the class path besides
    }

    /** Puts our handlers into a pipeline: when it is made, and again when the TLS handshake has chosen the codec. */
    void setUp(Channel channel) {
        StrictResponseDecoder.install(channel.pipeline(), options.maxHeaderSize());
        StrictDecompressor.install(channel.pipeline());
        HopHandler.install(channel.pipeline());
    }

    /** Returns what sends a request. */
    HttpClient.ResponseReceiver<?> receiver(String method, URI uri) {
        Key key = new Key(connector.route(uri), method);
        HttpClient.ResponseReceiver<?> receiver = receivers.get(key);
        if (receiver == null) {
            receiver = key.route().client().request(HttpMethod.valueOf(method)).send(Hop::write);
            if (FetchRequest.isStandard(method)) {
                receivers.put(key, receiver);
            }
        }
        return receiver;
    }

    void close() {
        connector.close();
    }

    private record Key(Connector.Route route, String method) {}
}
