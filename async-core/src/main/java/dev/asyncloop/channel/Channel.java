package dev.asyncloop.channel;

import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.HomeLoop;
import dev.asyncloop.Suspension;
import dev.asyncloop.internal.line.Line;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * A bounded queue between coroutines, with an end. Who sends waits for room, who receives waits for an item; both first
 * in, first out. Tornado's {@code Queue}, {@code PriorityQueue} and {@code LifoQueue}; Kotlin's {@code Channel}.
 *
 * <pre>{@code
 * Channel<Order> orders = Channel.of(100);
 * TaskGroup.run(group -> {
 *     for (int i = 0; i < 4; i++) {
 *         group.spawn("worker", () -> orders.forEach(this::handle));
 *     }
 *     readAll(orders::send);
 *     orders.close();             // the workers end when everything is handled, and the group with them
 *     return null;
 * });
 * }</pre>
 *
 * <p>{@link #close} ends the sending: what is in the channel can still be received, senders that wait for room fail and
 * their items are not taken. Tornado's {@code task_done} and {@code join} are not here: a {@link dev.asyncloop.TaskGroup}
 * around the workers, as above, waits for the same thing, can't be called too often or too seldom, and hears of failures.
 * Nor is its {@code maxsize=0}, no bound at all: every line here has one.
 *
 * <p>Used by the coroutines of one loop, that of the first use; elsewhere everything but {@link #isClosed}, {@link #size},
 * {@link #capacity} and {@link #toString} fails with {@link IllegalStateException}.
 *
 * @param <T> the type of the items; {@code null} is none
 */
public final class Channel<T> implements ReceiveChannel<T> {

    private final HomeLoop home;

    private final int capacity;

    private final Queue<T> buffer;

    /** Empty unless the buffer is full. */
    private final Line<Offer<T>> senders = new Line<>();

    /** Empty unless the buffer is. Each is given an item, or {@code null} if its limit has passed or the end has come. */
    private final Line<Suspension<@Nullable T>> receivers = new Line<>();

    private @Nullable Ending ending;

    private Channel(int capacity, int least, Queue<T> buffer) {
        this(new HomeLoop(), requireCapacity(capacity, least), buffer);
    }

    private Channel(HomeLoop home, int capacity, Queue<T> buffer) {
        this.home = home;
        this.capacity = capacity;
        this.buffer = buffer;
    }

    /**
     * Makes a channel that is first in, first out.
     * @param capacity how many items wait in it; with zero each sender waits for a receiver
     * @throws IllegalArgumentException if that is negative
     */
    public static <T> Channel<T> of(int capacity) {
        return new Channel<>(capacity, 0, new ArrayDeque<>());
    }

    /**
     * Makes a channel that hands out the smallest of the items in it, among equals the one that came first. Tornado's
     * {@code PriorityQueue}.
     * @param capacity how many items wait in it; a sender that waits for room does so in its place in the line
     * @param order compares without giving way, also where any wait of the JDK's does
     * @throws IllegalArgumentException if that is less than one
     */
    public static <T> Channel<T> ordered(int capacity, Comparator<? super T> order) {
        return new Channel<>(capacity, 1, new StablePriorityQueue<>(order));
    }

    /**
     * Makes a channel that hands out the item that came last. Tornado's {@code LifoQueue}.
     * @param capacity how many items wait in it
     * @throws IllegalArgumentException if that is less than one
     */
    public static <T> Channel<T> lastInFirstOut(int capacity) {
        return new Channel<>(capacity, 1, Collections.asLifoQueue(new ArrayDeque<>()));
    }

    /**
     * Subscribes to a {@code Publisher}, on the event loop and with the context of the running coroutine, and returns what
     * it signals as a channel. Asks for so many items as there is room for, and for more as they are received; its failure
     * is thrown after the items that came before. {@link ReceiveChannel#close} cancels the subscription and drops what was
     * not received; so does the end of the coroutine that has called this. The counterpart of {@link Generator#flux}.
     * @param capacity how many items may wait to be received
     * @throws IllegalArgumentException if that is less than one
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before it has subscribed
     */
    public static <T> ReceiveChannel<T> from(Publisher<? extends T> publisher, int capacity) {
        return PublisherChannel.subscribe(publisher, capacity);
    }

    /** Makes the channel of a subscription: it belongs to the loop of its topic. */
    static <T> Channel<T> at(HomeLoop home, int capacity) {
        return new Channel<>(home, requireCapacity(capacity, 1), new ArrayDeque<>());
    }

    static int requireCapacity(int capacity, int least) {
        if (capacity < least) {
            throw new IllegalArgumentException(
                    "A capacity of " + capacity + " makes no channel; give " + least + " or more");
        }
        return capacity;
    }

    // ---- sending

    /**
     * Sends an item, and waits for room before. Tornado's {@code put}.
     * @throws ChannelClosedException if the channel is closed, or gets closed before there is room; the item is not taken
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before; the item is not taken
     */
    public void send(T item) {
        requireItem(item);
        home.checkpoint("Channel.send");
        if (!trySendInTurn(item)) {
            sendLater(item, null);
        }
    }

    /**
     * Sends an item, but waits for room no longer than the limit.
     * @param limit zero or less to send it now or not at all
     * @return whether it was sent; {@code false} where Tornado throws {@code TimeoutError}
     * @throws ChannelClosedException if the channel is closed, or gets closed before there is room; the item is not taken
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before; the item is not taken
     */
    public boolean send(T item, Duration limit) {
        requireItem(item);
        home.checkpoint("Channel.send");
        return trySendInTurn(item) || limit.isPositive() && sendLater(item, limit);
    }

    /**
     * Sends an item if there is room for it, which means that nobody waits to send. Never waits or gives way. Tornado's
     * {@code put_nowait}.
     * @return whether it was sent
     * @throws ChannelClosedException if the channel is closed
     */
    public boolean trySend(T item) {
        requireItem(item);
        home.enter("Channel.trySend");
        return trySendInTurn(item);
    }

    private boolean trySendInTurn(T item) {
        requireOpen();
        return deliver(item);
    }

    private boolean sendLater(T item, @Nullable Duration limit) {
        Suspension<Boolean> suspension = Suspension.begin(this);
        WaitingSend<T> waiting = new WaitingSend<>(item, suspension);
        var place = senders.join(waiting);
        boolean sent;
        try {
            sent = limit == null ? suspension.await() : suspension.await(limit, false);
        } finally {
            place.leave();
        }
        waiting.throwFailure();
        if (!sent) {
            requireOpen();
        }
        return sent;
    }

    private static void requireItem(@Nullable Object item) {
        Objects.requireNonNull(item, "null is no item of a channel; to say that no more come, close it");
    }

    private void requireOpen() {
        if (ending != null) {
            throw ending.forSender(this);
        }
    }

    /** Gives an item to the first who waits for one, or else puts it into the buffer. Returns whether there was room. */
    boolean deliver(T item) {
        Suspension<@Nullable T> receiver;
        while ((receiver = receivers.poll()) != null) {
            if (receiver.resume(item)) {
                return true;
            }
        }
        return buffer.size() < capacity && buffer.add(item);
    }

    /** Lets an item wait for room. Only when {@link #deliver} has found none. */
    Line<Offer<T>>.Place join(Offer<T> offer) {
        return senders.join(offer);
    }

    /** Drops the item that would be received next. */
    void dropNext() {
        buffer.poll();
    }

    // ---- receiving

    @Override
    public T receive() {
        T item = next(null);
        if (item == null) {
            throw ended().forReceiver(this);
        }
        return item;
    }

    @Override
    public T receive(Duration limit) {
        T item = next(limit);
        if (item != null) {
            return item;
        }
        if (ending != null && buffer.isEmpty()) { // else the limit has passed first, and there came more before the end
            throw ending.forReceiver(this);
        }
        throw new AsyncTimeoutException("Nothing was received from " + this + " within " + limit);
    }

    @Override
    public @Nullable T receiveOrNull() {
        T item = next(null);
        if (item == null) {
            ended().throwCause(this);
        }
        return item;
    }

    @Override
    public @Nullable T tryReceive() {
        home.enter("ReceiveChannel.tryReceive");
        T item = take();
        if (item == null && ending != null) {
            ending.throwCause(this);
        }
        return item;
    }

    private @Nullable T next(@Nullable Duration limit) {
        home.checkpoint("ReceiveChannel.receive");
        T item = take();
        if (item != null || ending != null || limit != null && !limit.isPositive()) {
            return item;
        }
        Suspension<@Nullable T> suspension = Suspension.begin(this);
        var place = receivers.join(suspension);
        try {
            return limit == null ? suspension.await() : suspension.await(limit, null);
        } finally {
            place.leave();
        }
    }

    /** Takes what is next, once the first sender that still waits has put its item in: with capacity zero that is it. */
    private @Nullable T take() {
        Offer<T> offer;
        while ((offer = senders.poll()) != null) {
            if (offer.accept()) {
                try {
                    buffer.add(offer.item);
                    break;
                } catch (RuntimeException | Error ex) {
                    offer.failed(ex); // the comparator's: who sends this hears of it, not who receives
                }
            }
        }
        return buffer.poll();
    }

    private Ending ended() {
        return Objects.requireNonNull(ending, "who waits without a limit gets an item or the end");
    }

    // ---- the end

    /**
     * Ends the sending. What is in the channel can still be received; then an iteration ends. Senders that wait for room
     * fail with {@link ChannelClosedException}.
     */
    @Override
    public void close() {
        home.enter("Channel.close");
        end(null);
    }

    /**
     * As {@link #close()}, for a reason: receivers get it after the last item, senders as the cause of what they get.
     * The first call counts.
     */
    public void close(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        home.enter("Channel.close");
        end(cause);
    }

    void end(@Nullable Throwable cause) {
        if (ending != null) {
            return;
        }
        ending = new Ending(cause);
        Offer<T> offer;
        while ((offer = senders.poll()) != null) {
            offer.refuse();
        }
        Suspension<@Nullable T> receiver;
        while ((receiver = receivers.poll()) != null) {
            receiver.resume(null);
        }
    }

    /** Ends it for who does not want the rest either. */
    void abandon() {
        buffer.clear();
        end(null);
    }

    @Override
    public boolean isClosed() {
        return ending != null;
    }

    /** Returns how many items wait to be received. Any thread; outside of the loop an estimate. */
    public int size() {
        return buffer.size();
    }

    /** Returns how many items may wait to be received. Any thread. */
    public int capacity() {
        return capacity;
    }

    @Override
    public String toString() {
        return "Channel[" + size() + " of " + capacity + " items, " + senders.size() + " waiting to send, "
                + receivers.size() + " to receive" + (ending != null ? ", closed" : "") + "]";
    }

    private static final class WaitingSend<T> extends Offer<T> {

        private final Suspension<Boolean> suspension;

        private @Nullable Throwable failure;

        WaitingSend(T item, Suspension<Boolean> suspension) {
            super(item);
            this.suspension = suspension;
        }

        @Override
        boolean accept() {
            return suspension.resume(true);
        }

        /** The sender has been woken, but runs in a later turn. */
        @Override
        void failed(Throwable failure) {
            this.failure = failure;
        }

        @Override
        void refuse() {
            suspension.resume(false);
        }

        void throwFailure() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            }
        }
    }
}
