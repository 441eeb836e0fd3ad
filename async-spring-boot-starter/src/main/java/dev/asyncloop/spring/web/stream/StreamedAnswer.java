package dev.asyncloop.spring.web.stream;

import dev.asyncloop.HomeLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.channel.Bell;
import dev.asyncloop.sync.Lock;
import io.netty.channel.EventLoop;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerResponse;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * An answer that a coroutine sends while it runs. It begins with the first piece: from then on status and headers are on
 * their way, and a failure can only be shown by cutting the answer off.
 */
final class StreamedAnswer {

    private final IOLoop loop;

    private final HomeLoop home;

    private final ServerWebExchange exchange;

    private final ContextView context;

    private final @Nullable HttpStatusCode status;

    /** Told when the server wants no more before the end, with its failure if there is one. */
    private final Consumer<@Nullable Throwable> onCutShort;

    private final Bell bell = new Bell();

    private final Lock sending = new Lock();

    private final OutgoingBody body;

    private final Sinks.Empty<Void> written = Sinks.empty();

    private final AtomicBoolean begun = new AtomicBoolean();

    /** The handler has returned, or failed. */
    private volatile boolean ended;

    /** The server wants no more; the coroutine is about to be cancelled for that. */
    private volatile boolean cutShort;

    /** The call has ended, and its coroutine is cancelled if it was still running. */
    private volatile boolean gone;

    /** The server has failed before it could send anything, so that another answer is possible. */
    private volatile boolean unsent;

    private volatile @Nullable Disposable writing;

    StreamedAnswer(
            IOLoop loop,
            ServerWebExchange exchange,
            ContextView context,
            @Nullable HttpStatusCode status,
            Consumer<@Nullable Throwable> onCutShort) {
        this.loop = loop;
        this.home = new HomeLoop(loop);
        this.exchange = exchange;
        this.context = context;
        this.status = status;
        this.onCutShort = onCutShort;
        this.body = new OutgoingBody(this::onEventLoop, response().bufferFactory(), bell::ring);
    }

    private ServerHttpResponse response() {
        return exchange.getResponse();
    }

    IOLoop loop() {
        return loop;
    }

    boolean hasBegun() {
        return begun.get() && !unsent;
    }

    /** Returns whether all that was sent is with the server. */
    boolean isIdle() {
        return body.isEmpty();
    }

    /** Returns how much waits for the server to take it. Any thread. */
    long waitingBytes() {
        return body.waiting();
    }

    // ---- the coroutine and its children

    /** Begins the answer if it has not begun. Does not wait. */
    void open(String operation, Headers defaults) {
        home.enter(operation);
        requireOpen();
        begin(defaults);
    }

    /** Waits until there is room, and sends a piece, which must not change any more. Who is cancelled has sent nothing. */
    void send(String operation, byte[] piece, Headers defaults) {
        home.enter(operation);
        try (var turn = sending.hold()) {
            waitForRoom();
            begin(defaults);
            body.put(piece);
        }
    }

    /** Sends a piece without waiting; there may be no room for it. */
    void pass(byte[] piece, Headers defaults) {
        if (!ended && !gone && !cutShort) {
            begin(defaults);
            body.put(piece);
        }
    }

    void awaitRoom() {
        try (var turn = sending.hold()) {
            waitForRoom();
        }
    }

    /** Who waits when the server wants no more is ended by the cancellation that comes, or by the end of the call. */
    private void waitForRoom() {
        bell.await(this, () -> ended || gone || !isUnwanted() && body.hasRoom());
        requireOpen();
    }

    private boolean isUnwanted() {
        return cutShort || body.isCancelled();
    }

    private void requireOpen() {
        if (gone || isUnwanted()) {
            throw new CancellationException("The client of " + name() + " wants no more of the answer");
        }
        if (ended) {
            throw new IllegalStateException("The answer to " + name() + " was sent to after its handler had ended;"
                    + " send in its coroutine, or in children that it waits for");
        }
    }

    private void begin(Headers defaults) {
        if (begun.compareAndSet(false, true)) {
            prepare(defaults);
            onEventLoop(this::write);
        }
    }

    /** What the handler has set itself counts. */
    private void prepare(Headers defaults) {
        HttpStatusCode known = response().getStatusCode();
        if (status != null && (known == null || known.value() == 200)) { // which is how some servers begin
            response().setStatusCode(status);
        }
        defaults.addTo(response().getHeaders());
    }

    // ---- the event loop

    private void write() {
        if (gone) {
            return;
        }
        Disposable subscription = response()
                .writeAndFlushWith(body)
                .subscribe(none -> {}, this::writeFailed, this::writeCompleted, Context.of(context));
        writing = subscription;
        if (gone) {
            subscription.dispose();
        }
    }

    private void writeFailed(Throwable failure) {
        unsent = !response().isCommitted();
        cutShort(failure);
        written.tryEmitError(failure);
    }

    private void writeCompleted() {
        cutShort(null); // as for a HEAD request
        written.tryEmitEmpty();
    }

    private void cutShort(@Nullable Throwable failure) {
        if (!ended) {
            cutShort = true;
            onCutShort.accept(failure);
        }
    }

    /** The handler has returned: ends the answer, and completes when all of it is written. */
    Mono<Void> finish(Headers defaults) {
        end();
        if (!begun.compareAndSet(false, true)) {
            body.complete();
            return written.asMono();
        }
        prepare(Headers.NONE);
        HttpStatusCode known = response().getStatusCode();
        if (known == null || known.value() != 204 && known.value() != 304) {
            defaults.addTo(response().getHeaders());
        }
        return response().setComplete();
    }

    /**
     * The handler has failed after the answer had begun: when all that was sent is written, ends it so that the client can
     * tell that it is not complete. Fails then.
     */
    <T> Mono<T> cutOff(Throwable failure) {
        end();
        body.fail(failure);
        return written.asMono().onErrorComplete().then(Mono.defer(() -> {
            closeConnection(); // before the failure gets to the server, which would log it once more
            return Mono.error(failure);
        }));
    }

    private void end() {
        ended = true;
        bell.ring();
    }

    /** Over HTTP/2 the channel is that of the stream. */
    private void closeConnection() {
        ServerHttpResponse inner = response();
        while (inner instanceof ServerHttpResponseDecorator decorator) {
            inner = decorator.getDelegate();
        }
        if (inner instanceof AbstractServerHttpResponse server) {
            Object own;
            try {
                own = server.getNativeResponse();
            } catch (IllegalStateException ex) {
                return; // a mock
            }
            if (own instanceof HttpServerResponse netty) {
                netty.withConnection(connection -> connection.channel().close());
            }
        }
    }

    /** The call has ended: nobody waits for the answer any more. Any thread. */
    void abandon() {
        gone = !ended;
        bell.ring();
        Disposable subscription = writing;
        if (subscription != null) {
            subscription.dispose();
        }
    }

    private void onEventLoop(Runnable task) {
        EventLoop eventLoop = loop.eventLoopGroup().next();
        if (eventLoop.isShuttingDown()) {
            task.run();
        } else {
            eventLoop.execute(task);
        }
    }

    private String name() {
        return exchange.getRequest().getMethod() + " " + exchange.getRequest().getPath();
    }

    @Override
    public String toString() {
        return "room in the answer to " + name();
    }

    /** The headers of an answer, where the handler has not set them. */
    interface Headers {

        Headers NONE = headers -> {};

        void addTo(HttpHeaders headers);
    }
}
