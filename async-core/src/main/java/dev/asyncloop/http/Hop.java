package dev.asyncloop.http;

import dev.asyncloop.LoopClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
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

    /** Statuses below are of what comes before the response proper. */
    private static final int FIRST_FINAL = 200;

    private final Listener listener;

    private final URI uri;

    private final List<Map.Entry<String, String>> headers;

    private final RequestBody.@Nullable Sending body;

    private final BodyBuffer content;

    private final Context context = Context.of(Hop.class, this);

    private @Nullable Subscription subscription;

    /** The connection while it is being made. */
    private @Nullable Channel connecting;

    /** The connection that the request was written to. */
    private @Nullable Channel channel;

    private @Nullable HopHandler handler;

    private boolean reused;

    /** Opened when the server wants the body; only where it is asked. */
    private Sinks.@Nullable Empty<Void> gate;

    private @Nullable BodySender sender;

    private boolean tookBody;

    /** The connection it uses; with HTTP/2 others use it as well. */
    private @Nullable Channel used;

    private @Nullable HttpClientResponse response;

    /** Where the body goes if it is read as it comes. */
    private @Nullable BodyPipe<byte[]> pipe;

    /** In which the body comes there, if it is compressed. */
    private @Nullable String coding;

    private boolean ended;

    /** Told when the answer is there. */
    private Runnable answered = () -> {};

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
    void start(HttpClient.ResponseReceiver<?> receiver, LoopClock clock) {
        answered = clock.expect(uri);
        receiver.uri(uri).responseConnection(Hop::receive).subscribe(this);
    }

    /**
     * Gives up, and closes the connection at once, or the stream where it is one of several on a connection. Reactor Netty
     * does so with what is in use, but would let a connection that is being made become ready for somebody else.
     */
    void abort() {
        if (ended) {
            return;
        }
        end();
        Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
        Channel making = connecting;
        if (making != null) {
            connecting = null;
            making.close();
        }
        giveConnectionBack();
    }

    private void end() {
        ended = true;
        answered.run();
    }

    /** Returns whether the request was written to a connection that had been used before. */
    boolean isOnReusedConnection() {
        return reused;
    }

    /** Returns whether the request's body was asked for, and so may be used up. */
    boolean tookBody() {
        return tookBody;
    }

    /** Returns whether the peer has not taken yet what was written to it of the request's body. */
    boolean waitsForPeerToTake() {
        return sender != null && sender.inFlight() > 0;
    }

    /** Asks for more pieces of a body that is read as it comes. */
    void request(int count) {
        Subscription current = subscription;
        if (!ended && current != null) {
            current.request(count);
        }
    }

    private void giveConnectionBack() {
        Channel connection = used;
        if (connection != null) {
            used = null;
            listener.connectionReturned(connection);
        }
        HopHandler serving = handler;
        if (serving != null) {
            handler = null;
            serving.forget(this);
        }
    }

    // ---- what Reactor Netty calls, in this order

    /** A new connection is about to be made. Not called where an idle one is used. */
    static void resolving(Connection connection) {
        Hop hop = of(connection);
        hop.connecting = connection.channel();
        hop.listener.resolving(connection.channel());
    }

    /**
     * A channel is about to be connected. The one after {@link #resolving} is for the first address; for each further one
     * there is another, which Reactor Netty tells nothing of what it is for.
     */
    static void trying(Channel channel, ContextView context) {
        Hop hop = context.<Hop>getOrDefault(Hop.class, null);
        if (hop == null || hop.connecting == null && !hop.ended) {
            return;
        }
        ReactorNetty.setChannelContext(channel, context);
        if (hop.ended) {
            channel.close();
        } else {
            hop.connecting = channel;
            hop.listener.resolving(channel);
        }
    }

    /** Its addresses are known. */
    static void resolved(Connection connection) {
        of(connection).listener.resolved();
    }

    private static Hop of(Connection connection) {
        ContextView context =
                Objects.requireNonNull(ReactorNetty.getChannelContext(connection.channel()), "no context");
        return context.get(Hop.class);
    }

    /**
     * A connection can't be made ready.
     * @return whether that is a hop's, which has failed then
     */
    static boolean failConnecting(Channel channel, Throwable cause) {
        ContextView context = ReactorNetty.getChannelContext(channel);
        Hop hop = context == null ? null : context.<Hop>getOrDefault(Hop.class, null);
        if (hop == null || hop.ended || hop.connecting != channel) {
            return false;
        }
        hop.abort();
        hop.listener.failed(cause);
        return true;
    }

    /** There is a connection: writes the request. */
    static Publisher<Void> write(HttpClientRequest request, NettyOutbound out) {
        return request.currentContextView().<Hop>get(Hop.class).writeTo(request, out);
    }

    private Publisher<Void> writeTo(HttpClientRequest request, NettyOutbound out) {
        reused = connecting == null;
        connecting = null;
        out.withConnection(this::use);
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
        if (listener.expectsContinue() && length != 0) {
            all.set("Expect", "100-continue");
            Sinks.Empty<Void> closed = Sinks.empty();
            gate = closed;
            return out.then(Mono.defer(
                    () -> { // the headers have been written
                        listener.waitsForContinue();
                        return closed.asMono().then(Mono.defer(() -> send(body.content())));
                    }));
        }
        Publisher<ByteBuf> bytes = body.content();
        tookBody = true;
        return bytes instanceof Mono ? out.send(bytes) : out.then(Mono.defer(() -> send(bytes)));
    }

    private Mono<Void> send(Publisher<ByteBuf> body) {
        tookBody = true;
        listener.sending();
        BodySender sending = new BodySender(Objects.requireNonNull(channel), listener::progressed, failure -> {
            if (!ended) {
                listener.bodyFailed(failure);
            }
        });
        sender = sending;
        return sending.send(body).doOnSuccess(none -> listener.sent());
    }

    /** The server wants the body, or does not say that it does not. */
    void goOn() {
        Sinks.Empty<Void> closed = gate;
        if (closed != null && !ended && response == null) {
            gate = null;
            closed.tryEmitEmpty();
        }
    }

    /**
     * The connection has gone, or what comes on it is no HTTP.
     * @return whether that concerns this hop, which has failed then
     */
    boolean broken(Channel broken, Throwable cause) {
        if (ended || response != null || broken != channel) {
            return false; // Reactor Netty says what becomes of a body
        }
        abort();
        listener.failed(cause);
        return true;
    }

    private void use(Connection connection) {
        Channel current = connection.channel();
        if (!current.isActive()) {
            return; // Reactor Netty takes another one
        }
        boolean isStream = current instanceof Http2StreamChannel;
        if (isStream || !reused) {
            listener.setUp(current);
        }
        handler = HopHandler.serve(current, this);
        channel = current;
        used = isStream ? current.parent() : current;
        listener.connected(used);
    }

    /** Returns whether the body that comes with a head is read as it comes, and so is wanted compressed. */
    boolean takesCompressed(int status, Headers headers, String coding) {
        if (ended || status < FIRST_FINAL || !listener.streams(status, headers)) {
            return false;
        }
        this.coding = coding;
        return true;
    }

    /** Status and headers are there: asks for the body. */
    private static Publisher<ByteBuf> receive(HttpClientResponse response, Connection connection) {
        response.currentContextView().<Hop>get(Hop.class).receiveHead(response);
        return connection.inbound().receive();
    }

    private void receiveHead(HttpClientResponse head) {
        response = head;
        if (ended) {
            return;
        }
        pipe = listener.head(head.status().code(), new Headers(head.responseHeaders()), coding);
        if (ended) {
            return;
        }
        if (pipe != null) {
            answered.run();
            request(BodyPipe.CAPACITY);
        } else if (content.isTooLong(announced(head))) {
            listener.bodyTooLarge(); // and not only when so much has come
        } else {
            Objects.requireNonNull(subscription).request(Long.MAX_VALUE);
        }
    }

    /** Returns the length of the body that will come, or -1 if that is not known or there is none. */
    private static long announced(HttpClientResponse response) {
        String length = response.responseHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
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

    /** Asks for nothing yet: the head, which comes first, decides how the body is read. */
    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
    }

    @Override
    public void onNext(ByteBuf piece) {
        if (ended) {
            return;
        }
        listener.progressed();
        BodyPipe<byte[]> streamed = pipe;
        if (streamed != null) {
            streamed.put(ByteBufUtil.getBytes(piece));
        } else if (!content.add(piece)) {
            listener.bodyTooLarge();
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!ended) {
            end();
            giveConnectionBack();
            listener.failed(failure);
        }
    }

    @Override
    public void onComplete() {
        if (!ended) {
            end();
            giveConnectionBack();
            HttpClientResponse complete = Objects.requireNonNull(response, "complete without a response");
            listener.complete(complete.status().code(), new Headers(complete.responseHeaders()), content.toBytes());
        }
    }

    /** Who wants to know. */
    interface Listener {

        /** A connection is about to be made. */
        void resolving(Channel connecting);

        void resolved();

        /** There is a new connection, or a new stream of one. */
        void setUp(Channel connection);

        /** There is a connection, and the head of the request is written. */
        void connected(Channel connection);

        void connectionReturned(Channel connection);

        /** Returns whether the server is asked before the body is sent. */
        boolean expectsContinue();

        /** The server has been asked whether it wants the body; {@link Hop#goOn} sends it. */
        void waitsForContinue();

        /** The body is being produced and sent. */
        void sending();

        /** The body was sent. */
        void sent();

        /** The peer has taken something, or something has come. */
        void progressed();

        /** The body could not be produced. */
        void bodyFailed(Throwable failure);

        /** Returns whether the body that comes with this head is read as it comes. */
        boolean streams(int status, Headers headers);

        /**
         * Status and headers are there.
         * @param coding of the body if that was left compressed
         * @return where the body goes, or {@code null} to have it collected
         */
        @Nullable
        BodyPipe<byte[]> head(int status, Headers headers, @Nullable String coding);

        void bodyTooLarge();

        void failed(Throwable failure);

        /** The response is complete; the body is empty if it went elsewhere. */
        void complete(int status, Headers headers, byte[] body);
    }
}
