package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.internal.connect.Connector;
import dev.asyncloop.net.ConnectionOptions;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import reactor.netty.http.client.HttpClient;

/** Makes connections as {@link ConnectionOptions} say. Only on the event loop. */
final class Dialer {

    /** As the HTTP client's default. */
    private static final int MOST_OF_A_HEAD = 64 * 1024;

    private final Connector connector;

    Dialer(IOLoop loop, EventLoop eventLoop, ConnectionOptions connection) {
        this.connector = new Connector(loop.name() + "-websocket", eventLoop, connection, Dialer::setUp);
    }

    private static HttpClient setUp(HttpClient client) {
        return client.doOnResolve(Opening::resolving)
                .doOnChannelInit((observer, channel, server) -> InterimAnswers.install(channel.pipeline()))
                .httpResponseDecoder(decoder -> decoder.maxHeaderSize(MOST_OF_A_HEAD))
                .headers(headers -> headers.set("User-Agent", "async-loop").remove("Accept"));
    }

    /**
     * Returns what sends the request for a WebSocket with {@link Opening#write}.
     * @param uri begins with {@code ws:} or {@code wss:}
     * @param request the same, as Reactor Netty is to see it: with {@code http:} or {@code https:}
     */
    HttpClient.ResponseReceiver<?> receiver(URI uri, URI request) {
        return connector
                .route(uri)
                .client()
                .request(HttpMethod.GET)
                .send(Opening::write)
                .uri(request);
    }

    void close() {
        connector.close();
    }
}
