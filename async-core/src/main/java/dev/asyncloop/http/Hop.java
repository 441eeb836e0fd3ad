package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.ReactorNetty;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One request and its response; a fetch with redirects has several. Only on the event loop.
 *
 * <p>Reactor Netty is given the same few functions for every request, and finds the hop it works for in the
 * subscriber's context; so a request costs one copy of its configuration and no operators but its own.
 */
final class Hop implements CoreSubscriber<ByteBuf> {

    private final Listener listener;

    private final URI uri;

    private final List<Map.Entry<String, String>> headers;

    private final RequestBody.@Nullable Sending body;

    private final BodyBuffer content;

    private final Context context = Context.of(Hop.class, this);

    private @Nullable Subscription subscription;

    /** The connection while it is being made. */
    private @Nullable Channel connecting;

    private @Nullable HttpClientResponse response;

    private boolean ended;

    Hop(
            Listener listener,
            URI uri,
            List<Map.Entry<String, String>> headers,
            RequestBody.@Nullable Sending body,
            long maxBodySize) {
        this.listener = listener;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
        this.content = new BodyBuffer(maxBodySize);
    }

    /** Starts, with a receiver that sends with {@link #write}. */
    void start(HttpClient.ResponseReceiver<?> receiver) {
        receiver.uri(uri).responseConnection(Hop::receive).subscribe(this);
    }

    /**
     * Gives up, and closes the connection at once. Reactor Netty closes one that is in use, but would let one that is
     * being made become ready for somebody else.
     */
    void abort() {
        if (ended) {
            return;
        }
        ended = true;
        Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
        Channel channel = connecting;
        if (channel != null) {
            connecting = null;
            channel.close();
        }
    }

    // ---- what Reactor Netty calls, in this order

    /** A new connection is about to be made. Not called where an idle one is used. */
    static void resolving(Connection connection) {
        Channel channel = connection.channel();
        ContextView context = Objects.requireNonNull(ReactorNetty.getChannelContext(channel), "no context");
        context.<Hop>get(Hop.class).connecting = channel;
    }

    /** There is a connection: writes the request. */
    static Publisher<Void> write(HttpClientRequest request, NettyOutbound out) {
        return request.currentContextView().<Hop>get(Hop.class).writeTo(request, out);
    }

    private Publisher<Void> writeTo(HttpClientRequest request, NettyOutbound out) {
        connecting = null;
        listener.connected();
        HttpHeaders all = request.requestHeaders();
        headers.forEach(header -> all.remove(header.getKey())); // the request's own instead of what is set already
        headers.forEach(header -> all.add(header.getKey(), header.getValue()));
        if (body == null) {
            return out;
        }
        long length = body.length();
        if (length >= 0) {
            all.remove("Transfer-Encoding").set("Content-Length", length);
        } else {
            all.remove("Content-Length").set("Transfer-Encoding", "chunked");
        }
        return out.send(body.content());
    }

    /** Status and headers are there: asks for the body. */
    private static Publisher<ByteBuf> receive(HttpClientResponse response, Connection connection) {
        Hop hop = response.currentContextView().get(Hop.class);
        hop.response = response;
        hop.listener.firstByte();
        if (!hop.ended && hop.content.isTooLong(announced(response))) {
            hop.listener.bodyTooLarge(); // and not only when so much has come
        }
        return connection.inbound().receive();
    }

    /** Returns the length of the body that will come, or -1 if that is not known or there is none. */
    private static long announced(HttpClientResponse response) {
        String length = response.responseHeaders().get("Content-Length");
        if (length == null
                || response.method().equals(HttpMethod.HEAD)
                || response.status().code() == 304) {
            return -1;
        }
        try {
            return Long.parseLong(length.strip());
        } catch (NumberFormatException ex) {
            return -1; // the decoder has its own opinion of it
        }
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuf piece) {
        if (!ended && !content.add(piece)) {
            listener.bodyTooLarge();
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!ended) {
            ended = true;
            listener.failed(failure);
        }
    }

    @Override
    public void onComplete() {
        if (!ended) {
            ended = true;
            HttpClientResponse complete = Objects.requireNonNull(response, "complete without a response");
            listener.complete(complete.status().code(), new Headers(complete.responseHeaders()), content.toBytes());
        }
    }

    /** Who wants to know. */
    interface Listener {

        void connected();

        void firstByte();

        void bodyTooLarge();

        void failed(Throwable failure);

        void complete(int status, Headers headers, byte[] body);
    }
}
