package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.server.ServedRequest;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.util.context.Context;

/**
 * Limits how long who reads the body of a request waits for the next bytes of it; then reading fails with status 408. Only
 * the client's time counts: while nobody asks for more, no time passes. For all handlers of the application.
 */
public final class BodyTimeout implements HttpHandlerDecoratorFactory {

    private final IOLoop loop;

    private final Duration limit;

    /** Makes a limit that is timed by this loop. */
    public BodyTimeout(IOLoop loop, Duration limit) {
        this.loop = loop;
        this.limit = limit;
    }

    @Override
    public HttpHandler apply(HttpHandler handler) {
        return (request, response) -> {
            if (request instanceof ServedRequest served) { // which can do without another one around it
                served.readBodyThrough(body -> limited(body, request, response));
                return handler.handle(request, response);
            }
            return handler.handle(
                    mayHaveBody(request)
                            ? new RequestWithBody(request, body -> limited(body, request, response))
                            : request,
                    response);
        };
    }

    /** With HTTP/2 the headers need not say whether there is a body. */
    private static boolean mayHaveBody(ServerHttpRequest request) {
        HttpMethod method = request.getMethod();
        HttpHeaders headers = request.getHeaders();
        return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD) && !method.equals(HttpMethod.OPTIONS)
                || headers.getFirst(HttpHeaders.CONTENT_LENGTH) != null
                || headers.getFirst(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    private Flux<DataBuffer> limited(Flux<DataBuffer> body, ServerHttpRequest request, ServerHttpResponse response) {
        return Flux.from(subscriber -> body.subscribe(
                new Reading(Operators.toCoreSubscriber(subscriber), response, eventLoopBeside(request))));
    }

    /** Returns the event loop of a connection that is not on this loop's, as that of another port; else {@code null}. */
    private @Nullable EventLoop eventLoopBeside(ServerHttpRequest request) {
        Connection connection = RequestConnection.of(request);
        EventLoop eventLoop = connection == null ? null : connection.channel().eventLoop();
        return eventLoop == loop.eventLoopGroup().next() ? null : eventLoop;
    }

    /**
     * One reading of a body. Its end is told where the body is: on the event loop of the connection. There it is timed as well if
     * that is not the loop's, so that it depends on nothing that holds the loop.
     */
    private final class Reading implements CoreSubscriber<DataBuffer>, Subscription {

        private final CoreSubscriber<? super DataBuffer> reader;

        private final ServerHttpResponse response;

        private final @Nullable EventLoop beside;

        private final AtomicBoolean ended = new AtomicBoolean();

        private volatile @Nullable Subscription source;

        /** What stops the timer. */
        private volatile @Nullable Runnable timer;

        /** How many buffers the reader wants and has not got. */
        private long wanted;

        /** Since when somebody waits for the client; 0 while nobody does. */
        private long waitingSince;

        Reading(CoreSubscriber<? super DataBuffer> reader, ServerHttpResponse response, @Nullable EventLoop beside) {
            this.reader = reader;
            this.response = response;
            this.beside = beside;
        }

        @Override
        public Context currentContext() {
            return reader.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            source = subscription;
            reader.onSubscribe(this);
        }

        @Override
        public void request(long count) {
            boolean first;
            synchronized (this) {
                if (wanted == 0) {
                    waitingSince = System.nanoTime();
                }
                wanted = Operators.addCap(wanted, count);
                first = timer == null;
                if (first && !ended.get()) {
                    timer = dueAfter(limit);
                }
            }
            Subscription subscription = source;
            if (subscription != null) {
                subscription.request(count);
            }
        }

        /** Somebody waits; looks for how long, and again when it might be too long. */
        private void due() {
            long left;
            synchronized (this) {
                if (ended.get()) {
                    return;
                }
                left = wanted == 0 ? limit.toNanos() : waitingSince + limit.toNanos() - System.nanoTime();
                if (left > 0) {
                    timer = dueAfter(Duration.ofNanos(left));
                    return;
                }
            }
            (beside != null ? beside : loop.eventLoopGroup().next()).execute(this::expire);
        }

        private Runnable dueAfter(Duration delay) {
            if (beside == null) {
                return loop.callLater(delay, this::due)::cancel;
            }
            Future<?> scheduled = beside.schedule(this::due, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        }

        private void expire() {
            Subscription subscription = source;
            if (ended.compareAndSet(false, true) && subscription != null) {
                subscription.cancel();
                if (!response.isCommitted()) {
                    response.getHeaders().set(HttpHeaders.CONNECTION, "close");
                }
                reader.onError(new ResponseStatusException(
                        HttpStatus.REQUEST_TIMEOUT, "Nothing of the request's body has come for " + limit));
            }
        }

        @Override
        public void onNext(DataBuffer buffer) {
            synchronized (this) {
                if (wanted != Long.MAX_VALUE) {
                    wanted--;
                }
                waitingSince = System.nanoTime();
            }
            if (ended.get()) {
                DataBufferUtils.release(buffer);
            } else {
                reader.onNext(buffer);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (end()) {
                Subscription subscription = source;
                if (subscription != null) {
                    subscription.cancel(); // or Reactor Netty may tell of it again, and log that nobody wants to hear
                }
                reader.onError(failure);
            }
        }

        @Override
        public void onComplete() {
            if (end()) {
                reader.onComplete();
            }
        }

        @Override
        public void cancel() {
            end();
            Subscription subscription = source;
            if (subscription != null) {
                subscription.cancel();
            }
        }

        private boolean end() {
            boolean mine = ended.compareAndSet(false, true);
            Runnable current;
            synchronized (this) {
                current = timer;
            }
            if (current != null) {
                current.run();
            }
            return mine;
        }
    }
}
