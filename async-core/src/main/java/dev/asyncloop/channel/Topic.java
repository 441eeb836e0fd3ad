package dev.asyncloop.channel;

import dev.asyncloop.HomeLoop;
import dev.asyncloop.internal.line.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each item to all who have subscribed; a subscriber that is slow does not hold the others. What Tornado's chat
 * demo does with a set of open sockets, with a bound.
 *
 * <p>Each subscriber has a line of its own; what happens when that is full is its {@link Overflow} policy, by default the
 * oldest of 256 items is dropped and counted.
 *
 * <p>Used by the coroutines of one loop, that of the first use; elsewhere everything but {@link #subscribers},
 * {@link #dropped}, {@link #isClosed} and {@link #toString} fails with {@link IllegalStateException}.
 *
 * @param <T> the type of the items; {@code null} is none
 */
public final class Topic<T> implements AutoCloseable {

    private static final int CAPACITY = 256;

    private final HomeLoop home = new HomeLoop();

    private final Line<Subscription<T>> subscribers = new Line<>();

    private long dropped;

    private boolean closed;

    private Topic() {}

    /** Makes a topic without subscribers. */
    public static <T> Topic<T> create() {
        return new Topic<>();
    }

    HomeLoop home() {
        return home;
    }

    /** As {@link #subscribe(int, Overflow)}, with 256 items and {@link Overflow#DROP_OLDEST}. */
    public Subscription<T> subscribe() {
        return subscribe(CAPACITY, Overflow.DROP_OLDEST);
    }

    /**
     * Subscribes to what is published from now on. Does not wait.
     * @param capacity how many items may wait to be received
     * @param overflow what happens when there are more
     * @throws IllegalArgumentException if the capacity is less than one
     * @throws ChannelClosedException if the topic is closed
     */
    public Subscription<T> subscribe(int capacity, Overflow overflow) {
        Objects.requireNonNull(overflow, "overflow");
        home.enter("Topic.subscribe");
        requireOpen();
        return new Subscription<>(this, Channel.at(home, capacity), overflow, subscribers);
    }

    /**
     * Gives an item to each subscriber, in the order in which they subscribed. Waits only for those that are full and have
     * {@link Overflow#SUSPEND}, when all others have got it; without such it never gives way, and also works in the
     * clean-up of a cancelled coroutine. Each subscriber gets the items in the order in which they were published.
     * @throws SubscriberTooSlowException if a subscriber with {@link Overflow#FAIL} had no room; the others have got it
     * @throws ChannelClosedException if the topic is closed, or gets closed during the wait
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled and would have to wait; those for
     *     which it waits may not get the item then
     */
    public void publish(T item) {
        Objects.requireNonNull(item, "null is no item of a topic; to say that no more come, close it");
        home.enter("Topic.publish");
        requireOpen();
        List<Subscription<T>> full = new ArrayList<>(0);
        SubscriberTooSlowException failure = null;
        for (Subscription<T> subscriber : subscribers) {
            if (!subscriber.items().deliver(item)) {
                switch (subscriber.overflow()) {
                    case SUSPEND -> full.add(subscriber);
                    case DROP_OLDEST -> {
                        countDropped(subscriber);
                        subscriber.items().dropNext();
                        subscriber.items().deliver(item);
                    }
                    case DROP_NEWEST -> countDropped(subscriber);
                    case FAIL -> {
                        countDropped(subscriber);
                        failure = failed(subscriber, failure);
                    }
                    case CLOSE -> {
                        countDropped(subscriber);
                        subscriber.end(tooSlow(subscriber));
                    }
                }
            }
        }
        if (!full.isEmpty()) {
            Publication<T> publication = new Publication<>(item, full.size());
            publication.awaitRoom(full, this);
            if (publication.wasRefused()) {
                requireOpen();
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void countDropped(Subscription<T> subscriber) {
        dropped++;
        subscriber.countDropped();
    }

    private SubscriberTooSlowException failed(
            Subscription<T> subscriber, @Nullable SubscriberTooSlowException earlier) {
        SubscriberTooSlowException failure = tooSlow(subscriber);
        if (earlier == null) {
            return failure;
        }
        earlier.addSuppressed(failure);
        return earlier;
    }

    private static SubscriberTooSlowException tooSlow(Subscription<?> subscriber) {
        return new SubscriberTooSlowException(subscriber + " has no room for the next item; receive faster, subscribe"
                + " with a larger capacity, or with Overflow.DROP_OLDEST");
    }

    private void requireOpen() {
        if (closed) {
            throw new ChannelClosedException(this + "; publish and subscribe before it is closed", null);
        }
    }

    /**
     * Ends the topic and every subscription, when what waits there was received. Idempotent; does not wait. Who waits in
     * {@link #publish} fails.
     */
    @Override
    public void close() {
        home.enter("Topic.close");
        closed = true;
        for (Subscription<T> subscriber : subscribers) {
            subscriber.end(null);
        }
    }

    /** Returns whether it was closed. Any thread; outside of the loop an estimate. */
    public boolean isClosed() {
        return closed;
    }

    /** Returns how many have subscribed and neither closed nor been closed. Any thread; outside of the loop an estimate. */
    public int subscribers() {
        return subscribers.size();
    }

    /** Returns how many items were missed by subscribers, also by those that have left. Threads as above. */
    public long dropped() {
        return dropped;
    }

    @Override
    public String toString() {
        return "Topic[" + subscribers.size() + " subscribers, " + dropped + " dropped" + (closed ? ", closed" : "")
                + "]";
    }
}
