package dev.asyncloop;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * A coroutine for each subscriber, in the subscriber's context; its outcome is signalled on the event loop.
 *
 * <p>By hand, and not by {@code Mono.create}: as long as a request is being handled this is all that is kept for it, in
 * one object instead of seven.
 */
final class CoroutineMono<T> extends Mono<T> {

    private final DefaultIOLoop loop;

    private final String name;

    private final SwitchOn switchOn;

    private final Callable<? extends @Nullable T> body;

    private CoroutineMono(DefaultIOLoop loop, String name, SwitchOn switchOn, Callable<? extends @Nullable T> body) {
        this.loop = loop;
        this.name = name;
        this.switchOn = switchOn;
        this.body = body;
    }

    static <T> Mono<T> of(DefaultIOLoop loop, String name, SwitchOn switchOn, Callable<? extends @Nullable T> body) {
        return onAssembly(new CoroutineMono<T>(loop, name, switchOn, body));
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Coroutine<? extends @Nullable T> coroutine;
        try {
            coroutine = loop.coroutineForSubscriber(name, switchOn, body, actual.currentContext());
        } catch (LoopClosedException | LoopFullException ex) {
            Operators.error(actual, ex);
            return;
        }
        Outcome<T> outcome = new Outcome<>(coroutine, actual);
        coroutine.listenFromStart(outcome);
        try {
            actual.onSubscribe(outcome);
        } finally {
            loop.join(coroutine); // whatever the subscriber has thrown: it is counted, and has to end
        }
    }

    /** What one subscriber hears of its coroutine: a value only once it has asked for one, anything else at once. */
    private static final class Outcome<T> extends Listener<@Nullable T> implements Subscription, Runnable {

        @SuppressWarnings("rawtypes")
        private static final AtomicIntegerFieldUpdater<Outcome> STATE =
                AtomicIntegerFieldUpdater.newUpdater(Outcome.class, "state");

        private static final int REQUESTED = 1;

        private static final int ENDED = 2;

        private static final int CANCELLED = 4;

        private final Coroutine<? extends @Nullable T> coroutine;

        private final CoreSubscriber<? super T> subscriber;

        /** Flags. */
        private volatile int state;

        private @Nullable T value;

        private @Nullable Throwable failure;

        Outcome(Coroutine<? extends @Nullable T> coroutine, CoreSubscriber<? super T> subscriber) {
            this.coroutine = coroutine;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n) && add(REQUESTED) == ENDED) {
                signal();
            }
        }

        @Override
        public void cancel() {
            int before = add(CANCELLED);
            if (before == ENDED) {
                drop(); // a value that was never asked for
            } else if ((before & (CANCELLED | ENDED)) == 0) {
                coroutine.cancel(false, "its subscriber has cancelled");
            }
        }

        @Override
        boolean settled(@Nullable T value, @Nullable Throwable failure) {
            this.value = value;
            this.failure = failure;
            if ((state & CANCELLED) == 0) {
                coroutine.loop().onEventLoop(this);
            } else {
                drop();
            }
            return true;
        }

        /** On the event loop. */
        @Override
        public void run() {
            int before = add(value != null ? ENDED : ENDED | REQUESTED);
            if ((before & CANCELLED) != 0) {
                drop();
            } else if (before == REQUESTED || value == null) {
                signal();
            }
        }

        private int add(int added) {
            return STATE.getAndUpdate(this, flags -> flags | added);
        }

        private void signal() {
            Throwable failure = this.failure;
            T value = this.value;
            if (failure != null) {
                subscriber.onError(failure);
                return;
            }
            if (value != null) {
                this.value = null; // it is the subscriber's from now on, also if that cancels
                subscriber.onNext(value);
            }
            subscriber.onComplete();
        }

        /** Nobody is there to hear of it. */
        private void drop() {
            T value = this.value;
            Throwable failure = this.failure;
            this.value = null;
            if (value != null) {
                Operators.onDiscard(value, subscriber.currentContext());
            } else if (failure != null && !Failures.isCancellation(failure)) {
                coroutine.loop().failureNobodyAwaited(coroutine, failure);
            }
        }
    }
}
