package dev.asyncloop.channel;

import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The side of a channel, a subscription or a publisher where items come out. Many may receive, first come, first served;
 * each item goes to one of them.
 *
 * <pre>{@code
 * for (Order order : orders) {      // each step waits; ends when the channel is closed and drained
 *     handle(order);
 * }
 * }</pre>
 *
 * <p>Used by the coroutines of one loop; elsewhere everything but {@link #isClosed} and {@code toString} fails with
 * {@link IllegalStateException}. Who is cancelled while it waits has taken nothing; who was given an item before returns
 * it, also if cancelled since. So no item is lost.
 *
 * <p>If it was closed with a cause, that is thrown after the last item: an unchecked one itself, a checked one inside a
 * {@link java.util.concurrent.CompletionException}; but a {@link java.util.concurrent.CancellationException} inside a
 * {@link ChannelClosedException}, as it is not the receiver that was cancelled.
 *
 * @param <T> the type of the items
 */
public interface ReceiveChannel<T> extends Iterable<T>, AutoCloseable {

    /**
     * Waits for the next item.
     * @throws ChannelClosedException if the channel is closed and drained, or what it was closed with
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has one
     */
    T receive();

    /**
     * Waits for the next item, but no longer than the limit.
     * @param limit zero or less to have one now or not at all
     * @throws dev.asyncloop.AsyncTimeoutException if the limit passes first, as in Tornado
     * @throws ChannelClosedException if the channel is closed and drained, or what it was closed with
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has one
     */
    T receive(Duration limit);

    /**
     * Waits for the next item; {@code null} if the channel is closed and drained. What an iteration is made of.
     * @throws RuntimeException what it was closed with
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has one
     */
    @Nullable
    T receiveOrNull();

    /**
     * Takes the next item if there is one now; {@code null} otherwise, also if the channel is closed and drained. Never
     * waits or gives way. Tornado's {@code get_nowait}.
     * @throws RuntimeException what it was closed with
     */
    @Nullable
    T tryReceive();

    /** Returns whether it was closed; there may be items left. Any thread; outside of the loop an estimate. */
    boolean isClosed();

    /** Ends it; each kind says what becomes of what is in it. Idempotent; does not wait, also works when cancelled. */
    @Override
    void close();

    /** Receives until the channel is closed and drained; each {@code hasNext} may wait. */
    @Override
    default Iterator<T> iterator() {
        return new Items<>(this);
    }
}
