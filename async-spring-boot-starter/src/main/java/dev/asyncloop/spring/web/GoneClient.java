package dev.asyncloop.spring.web;

import io.netty.channel.Channel;
import java.util.concurrent.CancellationException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Tells the failures that a client causes by going away from those of a handler: nobody is there to hear of them, and nobody
 * has made a mistake.
 */
final class GoneClient {

    private GoneClient() {}

    /** Returns what a handler has failed with; after the client has gone, the cancellation that is about to reach it. */
    static Exception failure(ServerWebExchange exchange, Exception failure) {
        if (failure instanceof CancellationException || !isClosed(exchange) || !isOfConnection(failure)) {
            return failure;
        }
        CancellationException cancelled = new CancellationException("The client has gone");
        cancelled.initCause(failure);
        return cancelled;
    }

    /** Returns arguments that, should the client go while they arrive, wait for the request's cancellation. */
    static <T> Mono<T> watched(ServerWebExchange exchange, Mono<T> arguments) {
        return arguments.onErrorResume(GoneClient::isOfConnection, failure -> {
            Connection connection = RequestConnection.of(exchange.getRequest());
            return connection == null ? Mono.error(failure) : unlessClosed(connection.channel(), failure);
        });
    }

    /** A connection that is reset tells so before it is closed; one to somewhere else says nothing of this one. */
    private static <T> Mono<T> unlessClosed(Channel channel, Throwable failure) {
        if (!channel.isActive()) {
            return Mono.never();
        }
        return Mono.create(sink -> channel.eventLoop().execute(() -> {
            if (channel.isActive()) {
                sink.error(failure);
            }
        }));
    }

    private static boolean isOfConnection(Throwable failure) {
        return DisconnectedClientHelper.isClientDisconnectedException(failure);
    }

    private static boolean isClosed(ServerWebExchange exchange) {
        Connection connection = RequestConnection.of(exchange.getRequest());
        return connection != null && !connection.channel().isActive();
    }
}
