package dev.asyncloop.spring.web.stream;

import dev.asyncloop.IOLoop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * A request of which the handler reads the body, or sends the answer, piece by piece: what ties these to its coroutine.
 * For those who call handlers.
 */
public final class StreamedExchange {

    private static final String ATTRIBUTE = StreamedExchange.class.getName();

    private final ServerWebExchange exchange;

    /** Later calls for the same request are those of its exception handlers. */
    private boolean hasRun;

    private @Nullable OutgoingStream out;

    private @Nullable RequestStream in;

    private volatile @Nullable StreamedAnswer answer;

    /** Ends the coroutine when its client wants no more, or has gone. */
    private final Sinks.Empty<Void> over = Sinks.empty();

    private StreamedExchange(ServerWebExchange exchange) {
        this.exchange = exchange;
    }

    private static @Nullable StreamedExchange find(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    /** A filter may have a request handled again, as long as no answer has begun. */
    static StreamedExchange of(ServerWebExchange exchange) {
        StreamedExchange known = find(exchange);
        if (known == null || known.hasRun && !hasBegun(exchange)) {
            known = new StreamedExchange(exchange);
            exchange.getAttributes().put(ATTRIBUTE, known);
        }
        return known;
    }

    void answeredBy(OutgoingStream out) {
        this.out = out;
    }

    void readBy(RequestStream in) {
        this.in = in;
    }

    /** Returns whether a handler with these arguments sends the answer itself, through a stream that it was given. */
    public static boolean isAnsweredBy(@Nullable Object[] arguments) {
        for (Object argument : arguments) {
            if (argument instanceof OutgoingStream) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether a streamed answer has begun: its status and headers are sent, or as good as that, and no other answer
     * can be given. False for all other answers. Any thread.
     */
    public static boolean hasBegun(ServerWebExchange exchange) {
        StreamedExchange streamed = find(exchange);
        StreamedAnswer answer = streamed != null ? streamed.answer : null;
        return answer != null && answer.hasBegun();
    }

    /**
     * Returns the call of a handler with what belongs to its streams: when the handler has returned, the answer is ended, and
     * when it fails after the answer has begun, cut off. Then, and when the call is cancelled, no more of the request is
     * read. The call itself if the handler was given no stream.
     * @param status of the answer, unless the handler sets another one
     * @param call on the event loop of this loop
     */
    public static <T> Mono<T> around(
            IOLoop loop, ServerWebExchange exchange, @Nullable HttpStatusCode status, Mono<T> call) {
        StreamedExchange streamed = find(exchange);
        return streamed == null || streamed.hasRun
                ? call
                : Mono.deferContextual(context -> streamed.run(loop, context, status, call));
    }

    /** The handler has failed, perhaps before it was called: what is called from now on are its exception handlers. */
    public static void failed(ServerWebExchange exchange) {
        StreamedExchange streamed = find(exchange);
        if (streamed != null) {
            streamed.hasRun = true;
        }
    }

    private <T> Mono<T> run(IOLoop loop, ContextView context, @Nullable HttpStatusCode status, Mono<T> call) {
        hasRun = true;
        RequestStream in = this.in;
        if (in != null) {
            in.begin(loop, context, () -> loop.eventLoopGroup().next().execute(over::tryEmitEmpty));
        }
        OutgoingStream out = this.out;
        if (out != null) {
            answer = new StreamedAnswer(loop, exchange, context, status, failure -> end(loop, failure));
            out.begin(answer);
        }
        Mono<T> cut = call.takeUntilOther(over.asMono());
        if (out != null) {
            StreamedAnswer answer = Objects.requireNonNull(this.answer);
            cut = cut.then(Mono.<T>defer(() -> answer.finish(out.defaults()).then(Mono.empty())))
                    .onErrorResume(failure -> answer.hasBegun() ? answer.cutOff(failure) : Mono.error(failure));
        }
        return cut.doFinally(signal -> close());
    }

    /** In a later task: whoever has a better reason to end the call at this moment comes first. */
    private void end(IOLoop loop, @Nullable Throwable failure) {
        loop.eventLoopGroup().next().execute(() -> {
            if (failure != null) {
                over.tryEmitError(failure);
            } else {
                over.tryEmitEmpty();
            }
        });
    }

    private void close() {
        if (out != null) {
            out.end();
        }
        StreamedAnswer answer = this.answer;
        if (answer != null) {
            answer.abandon();
        }
        if (in != null) {
            in.close();
        }
    }
}
