package dev.asyncloop.channel;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.HomeLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Promise;
import dev.asyncloop.sync.Lock;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * What a {@code Publisher} signals, as a channel. The signals come on any thread and are put in line there; all else is
 * touched by the coroutines of one loop. Neither side waits for the other: the publisher was asked for no more than there
 * is room for.
 */
final class PublisherChannel<T> implements ReceiveChannel<T> {

    private final HomeLoop home = new HomeLoop();

    private final IOLoop loop;

    private final int capacity;

    private final Queue<T> items = new ConcurrentLinkedQueue<>();

    /** How many items are in line, which the line itself does not know without counting. */
    private final AtomicInteger size = new AtomicInteger();

    /** Set when no more items come: after the last one was put in line, or when the receiver closes. */
    private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();

    /** Nobody wants the items any more. */
    private volatile boolean abandoned;

    private final Source source = new Source();

    /** Belongs to the coroutine that has subscribed, and is cancelled when that ends. */
    private final Promise<@Nullable Void> life;

    /** Held by the one that takes the next item, or waits for it; the others stand in its line. */
    private final Lock receiving = new Lock();

    private final Bell bell = new Bell();

    /** How many items were taken that the publisher was not asked to replace yet. */
    private int taken;

    private PublisherChannel(IOLoop loop, int capacity) {
        this.loop = loop;
        this.capacity = capacity;
        this.life = loop.promise("a subscription to a publisher");
    }

    /** Subscribes on the event loop with the context of the running coroutine, and waits until that has happened. */
    static <T> PublisherChannel<T> subscribe(Publisher<? extends T> publisher, int capacity) {
        Channel.requireCapacity(capacity, 1);
        Async.checkpoint();
        PublisherChannel<T> channel = new PublisherChannel<>(IOLoop.current(), capacity);
        channel.home.enter("Channel.from");
        channel.life.onCancel(channel::abandon);
        try {
            Async.await(Mono.deferContextual(context -> {
                channel.source.context = Context.of(context);
                publisher.subscribe(channel.source);
                return Mono.empty();
            }));
        } catch (RuntimeException | Error ex) {
            channel.abandon();
            throw ex;
        }
        return channel;
    }

    // ---- receiving: by coroutines of the loop

    @Override
    public T receive() {
        T item = next();
        if (item == null) {
            throw ended().forReceiver(this);
        }
        return item;
    }

    @Override
    public @Nullable T receiveOrNull() {
        T item = next();
        if (item == null) {
            ended().throwCause(this);
        }
        return item;
    }

    private @Nullable T next() {
        home.enter("ReceiveChannel.receive");
        try (var turn = receiving.hold()) {
            bell.await(this, this::hasNext);
            return poll();
        }
    }

    @Override
    public T receive(Duration limit) {
        home.enter("ReceiveChannel.receive");
        long start = loop.clock().nanoTime();
        T item = null;
        boolean inTime = receiving.tryLock(limit);
        if (inTime) {
            try {
                inTime = bell.await(
                        this, this::hasNext, () -> limit.minusNanos(loop.clock().nanoTime() - start));
                item = poll();
            } finally {
                receiving.unlock();
            }
        }
        if (item != null) {
            return item;
        }
        if (inTime) {
            throw ended().forReceiver(this);
        }
        throw new AsyncTimeoutException("Nothing was received from " + this + " within " + limit);
    }

    @Override
    public @Nullable T tryReceive() {
        home.enter("ReceiveChannel.tryReceive");
        if (receiving.isLocked()) {
            return null; // those who wait come first
        }
        Ending end = ending.get(); // before the look: what came before the end is in line then
        T item = poll();
        if (item == null && end != null) {
            end.throwCause(this);
        }
        return item;
    }

    private boolean hasNext() {
        return ending.get() != null || !items.isEmpty();
    }

    private Ending ended() {
        return Objects.requireNonNull(ending.get(), "who waits gets an item or the end");
    }

    private @Nullable T poll() {
        T item = items.poll();
        if (item != null) {
            size.decrementAndGet();
            replace();
            endLifeIfDrained();
        }
        return item;
    }

    /** Asks for more when a good part of the items were taken, as Reactor's own prefetching does. */
    private void replace() {
        taken++;
        if (taken >= capacity - (capacity >> 2) && ending.get() == null) {
            int count = taken;
            taken = 0;
            EventLoops.run(loop, () -> source.requestMore(count));
        }
    }

    // ---- the end

    /** Cancels the subscription and drops what was not received. */
    @Override
    public void close() {
        home.enter("ReceiveChannel.close");
        abandon();
    }

    /** Any thread. */
    private void abandon() {
        abandoned = true;
        end(null);
        EventLoops.run(loop, source::cancel);
        discardItems();
    }

    private void end(@Nullable Throwable cause) {
        ending.compareAndSet(null, new Ending(cause));
        endLifeIfDrained();
        bell.ring();
    }

    /** The subscription is over when nothing is left to be dropped. Of the last item and the end, each looks afterwards. */
    private void endLifeIfDrained() {
        if (ending.get() != null && (abandoned || items.isEmpty())) {
            life.succeed(null);
        }
    }

    /** Gives items to the hook that releases buffers. Both sides may do so at the same time. */
    private void discardItems() {
        T item;
        while ((item = items.poll()) != null) {
            size.decrementAndGet();
            Operators.onDiscard(item, source.context);
        }
    }

    @Override
    public boolean isClosed() {
        return ending.get() != null;
    }

    @Override
    public String toString() {
        return "Channel of a publisher[" + size.get() + " of " + capacity + " items" + (isClosed() ? ", closed" : "")
                + "]";
    }

    /** The subscriber; its methods are called on the publisher's threads, one at a time. */
    private final class Source extends BaseSubscriber<T> {

        private volatile Context context = Context.empty();

        @Override
        public Context currentContext() {
            return context;
        }

        @Override
        protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
            subscription.request(capacity);
        }

        /** What a publisher throws here it should have signalled; who receives would wait for ever. */
        void requestMore(int count) {
            try {
                request(count);
            } catch (Throwable ex) {
                try {
                    cancel();
                } finally {
                    end(ex);
                }
            }
        }

        @Override
        protected void hookOnNext(T item) {
            if (size.incrementAndGet() > capacity) {
                size.decrementAndGet();
                Operators.onDiscard(item, context);
                cancel();
                end(Exceptions.failWithOverflow("A publisher has signalled more items than the " + capacity
                        + " that it was asked for; put an `onBackpressure..` operator behind it"));
                return;
            }
            items.add(item);
            if (abandoned) {
                discardItems(); // who has closed may have looked before this one was there
            }
            bell.ring();
        }

        @Override
        protected void hookOnComplete() {
            end(null);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            end(failure);
        }
    }
}
