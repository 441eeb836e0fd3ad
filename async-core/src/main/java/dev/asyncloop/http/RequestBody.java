package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** What a request sends after its headers. Part of a request, and so of each fetch that it is given to. Any thread. */
interface RequestBody {

    /** Returns the content type that a request with this body gets if it has none of its own. */
    default @Nullable String contentType() {
        return null;
    }

    /** Returns whether the same can be sent again: after a redirect that keeps the body, and by another fetch. */
    boolean isRepeatable();

    /**
     * Gets ready for one fetch; in the thread that fetches, which may be a coroutine and may not be held up.
     * @throws RuntimeException if that can't be sent; the call of {@code fetch} fails with it
     */
    Sending open(IOLoop loop, HttpClientOptions options);

    /**
     * Returns this body as each of several attempts opens it, on the event loop; called as {@link #open} is. What can be
     * changed by others, or runs others' code, is read here.
     */
    default RequestBody forAllAttempts(HttpClientOptions options) {
        return this;
    }

    /** The body within one fetch. Only on the event loop. */
    interface Sending {

        /**
         * Returns what has to be done before {@link #length} and {@link #content} can be asked for, or {@code null} if that
         * is nothing. Subscribed once, before the fetch stands in line; its failure is the fetch's.
         */
        default @Nullable Mono<Void> preparation() {
            return null;
        }

        /** Returns how many bytes will be sent, or -1 if that is not known. */
        long length();

        /**
         * Makes what is sent; once for each attempt, and more than once only if the body is repeatable. Subscribed on the
         * event loop; may signal on any thread. A {@link Mono} of all bytes goes out in one write with the headers.
         */
        Publisher<ByteBuf> content();

        /** The fetch has ended, or goes on without the body: nothing more will be sent. Idempotent. */
        default void close() {}
    }
}
