package dev.asyncloop.websocket;

import dev.asyncloop.LoopClosedException;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import dev.asyncloop.TimerHandle;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.http.Headers;
import dev.asyncloop.internal.connect.AddressRefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.ReactorNetty;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One WebSocket on its way to be open: a {@code GET} whose answer, if it is 101, leaves the connection to a {@link Wire},
 * and is an error with status and body else. All but {@link #begin} runs on the event loop; the first outcome counts.
 */
final class Opening implements CoreSubscriber<ByteBuf>, Active {

    private static final int SWITCHING_PROTOCOLS = 101;

    /** So many bytes of the body of an answer that refuses are kept. */
    private static final int MOST_OF_A_BODY = 64 * 1024;

    private final LoopWebSocketClient owner;

    private final FetchRequest request;

    private final URI uri;

    private final WebSocketOptions options;

    private final Offer offer;

    private final Promise<WebSocket> promise;

    /** Of the connection, from now on until it is closed. */
    private final Promise<@Nullable Void> life;

    private final long start = System.nanoTime();

    private final Context context = Context.of(Opening.class, this);

    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

    private @Nullable TimerHandle limit;

    private @Nullable Subscription subscription;

    /** The connection while it is being made. */
    private @Nullable Channel connecting;

    /** The connection once an answer has come. */
    private @Nullable Connection connection;

    private boolean connected;

    private @Nullable HttpClientResponse refusal;

    private boolean ended;

    /** Told when the answer is there. */
    private Runnable answered = () -> {};

    Opening(LoopWebSocketClient owner, FetchRequest request, URI uri, WebSocketOptions options) {
        this.owner = owner;
        this.request = request;
        this.uri = uri;
        this.options = options;
        this.offer = new Offer(uri, options);
        this.promise = owner.loop().promise("opening " + uri);
        this.life = owner.loop().promise("WebSocket " + uri);
    }

    /** Starts; in the caller's thread, so that the limit counts from the call. */
    Task<WebSocket> begin() {
        try {
            limit = owner.loop()
                    .callLater(
                            "limit of opening " + uri,
                            options.connectTimeout(),
                            () -> owner.onEventLoop(this::limitPassed));
        } catch (LoopClosedException ex) { // the loop takes no new work
            promise.task().cancel(false);
            life.succeed(null);
            throw ex;
        }
        owner.begun(this);
        promise.onCancel(() -> owner.onEventLoop(this::giveUp));
        life.onCancel(() -> owner.onEventLoop(this::giveUp));
        if (!owner.onEventLoop(this::send)) {
            clientClosed();
        }
        return promise.task();
    }

    private void send() {
        if (ended) {
            return;
        }
        if (owner.isClosed()) {
            clientClosed();
            return;
        }
        answered = owner.loop().clock().expect(uri);
        try {
            owner.dialer()
                    .receiver(uri, request.uri())
                    .responseConnection(Opening::receive)
                    .subscribe(this);
        } catch (RuntimeException ex) {
            onError(ex);
        }
    }

    // ---- what Reactor Netty calls, in this order

    /** A new connection is about to be made. */
    static void resolving(Connection connection) {
        Channel channel = connection.channel();
        ContextView context = Objects.requireNonNull(ReactorNetty.getChannelContext(channel), "no context");
        context.<Opening>get(Opening.class).connecting = channel;
    }

    /** There is a connection: writes the request. */
    static Publisher<Void> write(HttpClientRequest request, NettyOutbound out) {
        request.currentContextView().<Opening>get(Opening.class).connected(request.requestHeaders());
        return out;
    }

    private void connected(HttpHeaders all) {
        connecting = null;
        connected = true;
        request.headers().forEach(header -> all.remove(header.getKey())); // its own instead of what is set already
        request.headers().forEach(header -> all.add(header.getKey(), header.getValue()));
        offer.headers().forEach(header -> all.set(header.getKey(), header.getValue()));
    }

    private static Publisher<ByteBuf> receive(HttpClientResponse response, Connection connection) {
        return response.currentContextView().<Opening>get(Opening.class).answered(response, connection);
    }

    private Publisher<ByteBuf> answered(HttpClientResponse response, Connection connection) {
        this.connection = connection;
        if (ended) {
            connection.dispose();
            return Flux.never();
        }
        if (response.status().code() != SWITCHING_PROTOCOLS) {
            refusal = response;
            return connection.inbound().receive();
        }
        try {
            open(offer.accept(Headers.of(response.responseHeaders())), connection);
        } catch (Offer.Refusal ex) {
            fail(new BadHandshakeException(String.valueOf(ex.getMessage()), uri, elapsed()));
        }
        return Flux.never(); // what comes now is no HTTP, and no business of Reactor Netty's
    }

    /** From here on nothing refers to this any more, nor to what Reactor Netty has made for it. */
    private void open(Handshake handshake, Connection connection) {
        finish();
        LoopWebSocket opened = new LoopWebSocket(owner.loop(), owner.eventLoop(), options, handshake, life, null);
        LoopWebSocketClient client = owner;
        client.opened(this, opened);
        Channel channel = connection.channel();
        channel.closeFuture().addListener(end -> client.ended(opened));
        Frames.takeOverClient(channel.pipeline(), opened.wire());
        opened.wire().start();
        life.onCancel(opened::goAway); // at once, if it was cancelled meanwhile: the wire has to be there
        if (!promise.succeed(opened)) {
            opened.goAway(); // was cancelled at the same moment
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
        if (ended) {
            return;
        }
        byte[] bytes = new byte[Math.min(piece.readableBytes(), MOST_OF_A_BODY - body.size())];
        piece.getBytes(piece.readerIndex(), bytes);
        body.writeBytes(bytes);
        if (body.size() == MOST_OF_A_BODY) {
            refused();
        }
    }

    @Override
    public void onComplete() {
        if (!ended) {
            refused();
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (ended) {
            return;
        }
        if (refusal != null) {
            refused(); // the status tells more than that its body has broken off
        } else if (owner.isClosed()) {
            clientClosed();
        } else {
            fail(whatHasFailed(failure));
        }
    }

    // ---- the end

    private void refused() {
        HttpClientResponse response = Objects.requireNonNull(refusal, "complete without an answer");
        fail(new HandshakeRefusedException(
                response.status().code(), Headers.of(response.responseHeaders()), body.toByteArray(), uri, elapsed()));
    }

    private Throwable whatHasFailed(Throwable failure) {
        String what = switch (failure) {
            case Error error -> null;
            case AddressRefusedException refused ->
                "address " + refused.address().getHostAddress()
                        + " is not allowed by the client's AddressFilter; connect to something else, or let the filter"
                        + " allow it";
            case UnknownHostException unknown ->
                "the name was not found (" + describe(unknown) + "); check the host name and the DNS server";
            case ConnectException refused ->
                "no connection was made (" + describe(refused) + "); check host and port, and that the server runs";
            case SSLException tls ->
                "the connection could not be secured (" + describe(tls)
                        + "); check the certificate, and that this port speaks TLS";
            default ->
                connected
                        ? "no valid answer came: " + describe(failure)
                        : "no connection was made: " + describe(failure);
        };
        return what == null ? failure : new WebSocketConnectException(what, uri, elapsed(), failure);
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message != null ? message : failure.getClass().getSimpleName();
    }

    private void limitPassed() {
        if (!ended) {
            fail(new WebSocketTimeoutException(options.connectTimeout(), uri, elapsed()));
        }
    }

    @Override
    public void clientClosed() {
        if (!ended) {
            fail(new WebSocketConnectException(
                    "the client, or its loop, is closed; connect before that", uri, elapsed(), null));
        }
    }

    private void fail(Throwable failure) {
        giveUp();
        promise.fail(failure);
    }

    /** Closes the connection, wherever it stands, unless it is open already. */
    private void giveUp() {
        if (ended) {
            return;
        }
        finish();
        owner.ended(this);
        life.succeed(null);
        if (subscription != null) {
            subscription.cancel();
        }
        if (connection != null) { // Reactor Netty closes none with 101
            connection.dispose();
        } else if (connecting != null) { // and would let this one become ready
            connecting.close();
        }
    }

    private void finish() {
        ended = true;
        answered.run();
        if (limit != null) {
            limit.cancel();
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
