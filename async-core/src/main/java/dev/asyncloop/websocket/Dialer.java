package dev.asyncloop.websocket;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Makes connections with Reactor Netty, on the loop's event loop; each is a new one. */
final class Dialer {

    private final HttpClient client;

    Dialer(EventLoopGroup group) {
        this.client = HttpClient.create(ConnectionProvider.newConnection())
                .runOn(new Resources(group))
                .protocol(HttpProtocol.HTTP11)
                .disableRetry(true)
                .doOnResolve(Opening::resolving)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0) // the limit is ours
                .headers(headers -> headers.set("User-Agent", "async-loop").remove("Accept"));
    }

    /** Returns what sends the request for this URL with {@link Opening#write}. */
    HttpClient.ResponseReceiver<?> receiver(URI uri) {
        return client.request(HttpMethod.GET).send(Opening::write).uri(uri);
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
