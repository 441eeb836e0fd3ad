package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.TimerHandle;
import dev.asyncloop.spring.server.ServedRequest;
import java.time.Duration;
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
                served.readBodyThrough(body -> limited(body, response));
                return handler.handle(request, response);
            }
            return handler.handle(
                    mayHaveBody(request) ? new RequestWithBody(request, body -> limited(body, response)) : request,
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

    private Flux<DataBuffer> limited(Flux<DataBuffer> body, ServerHttpResponse response) {
        return Flux.from(subscriber -> body.subscribe(new Reading(Operators.toCoreSubscriber(subscriber), response)));
    }

    /** One reading of a body. */
    private final class Reading implements CoreSubscriber<DataBuffer>, Subscription {

        private final CoreSubscriber<? super DataBuffer> reader;

        private final ServerHttpResponse response;

        private final AtomicBoolean ended = new AtomicBoolean();

        private volatile @Nullable Subscription source;

        private volatile @Nullable TimerHandle timer;

        /** How many buffers the reader wants and has not got. */
        private long wanted;

        /** Since when somebody waits for the client; 0 while nobody does. */
        private long waitingSince;

        Reading(CoreSubscriber<? super DataBuffer> reader, ServerHttpResponse response) {
            this.reader = reader;
            this.response = response;
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
                    timer = loop.callLater(limit, this::due);
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
                    timer = loop.callLater(Duration.ofNanos(left), this::due);
                    return;
                }
            }
            loop.eventLoopGroup().next().execute(this::expire);
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
            TimerHandle current;
            synchronized (this) {
                current = timer;
            }
            if (current != null) {
                current.cancel();
            }
            return mine;
        }
    }
}
