package dev.asyncloop.channel;

import dev.asyncloop.internal.line.Line;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one subscriber has not received yet of a {@link Topic}: a bounded line of items, with a policy for when it is full.
 * Holds what was published since {@link Topic#subscribe()}, and ends with the topic.
 *
 * <pre>{@code
 * try (var news = topic.subscribe()) {
 *     for (String line : news) {
 *         socket.send(line);
 *     }
 * }
 * }</pre>
 *
 * <p>Close it: the topic keeps one that is not closed, and under {@link Overflow#SUSPEND} waits for it. Threads as for
 * {@link ReceiveChannel}; it belongs to the loop of its topic.
 *
 * @param <T> the type of the items
 */
public final class Subscription<T> implements ReceiveChannel<T> {

    private final Topic<T> topic;

    private final Channel<T> items;

    private final Overflow overflow;

    private final Line<Subscription<T>>.Place place;

    private long dropped;

    Subscription(Topic<T> topic, Channel<T> items, Overflow overflow, Line<Subscription<T>> subscribers) {
        this.topic = topic;
        this.items = items;
        this.overflow = overflow;
        this.place = subscribers.join(this);
    }

    Channel<T> items() {
        return items;
    }

    Overflow overflow() {
        return overflow;
    }

    void countDropped() {
        dropped++;
    }

    @Override
    public T receive() {
        return items.receive();
    }

    @Override
    public T receive(Duration limit) {
        return items.receive(limit);
    }

    @Override
    public @Nullable T receiveOrNull() {
        return items.receiveOrNull();
    }

    @Override
    public @Nullable T tryReceive() {
        return items.tryReceive();
    }

    /** Returns how many items this subscriber has missed. Any thread; outside of the loop an estimate. */
    public long dropped() {
        return dropped;
    }

    /** Returns how many items wait to be received. Any thread; outside of the loop an estimate. */
    public int size() {
        return items.size();
    }

    @Override
    public boolean isClosed() {
        return items.isClosed();
    }

    /** Unsubscribes: drops what waits here, ends who receives here, and lets who publishes go on. */
    @Override
    public void close() {
        topic.home().enter("Subscription.close");
        place.leave();
        items.abandon();
    }

    /** Ends with what waits here still to be received, and then the cause. */
    void end(@Nullable Throwable cause) {
        place.leave();
        items.end(cause);
    }

    @Override
    public String toString() {
        return "Subscription[" + overflow + ", " + dropped + " dropped, " + items + "]";
    }
}
