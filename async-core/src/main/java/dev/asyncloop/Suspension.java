package dev.asyncloop;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One wait of a coroutine that is ended by hand: what locks and channels are made of. Kotlin's
 * {@code CancellableContinuation}.
 *
 * <pre>{@code
 * Suspension<Permit> suspension = Suspension.begin(this);   // by the coroutine that is going to wait
 * waiters.add(suspension);
 * try {
 *     return suspension.await();                            // the others run, until somebody calls resume
 * } finally {
 *     waiters.remove(suspension);
 * }
 * }</pre>
 *
 * <p>Who has something to hand over calls {@link #resume}. If that returns {@code true}, the coroutine is going to
 * return the value, even if it is cancelled or its limit passes before it has its turn again; if {@code false}, it was
 * cancelled before, and the value is for the next one. So nothing that is handed over is lost.
 *
 * @param <T> the type of what is handed over
 */
public final class Suspension<T extends @Nullable Object> {

    private final Coroutine<?> coroutine;

    private final Wait<T> wait;

    private boolean awaited;

    private Suspension(Coroutine<?> coroutine, Object subject) {
        this.coroutine = coroutine;
        this.wait = new Wait<>(coroutine, subject);
    }

    /**
     * Makes the next wait of the running coroutine, which has to call {@link #await} and wait for nothing else before.
     * @param subject what is waited for: its {@code toString} is shown to who asks what the coroutine waits for
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled
     * @throws IllegalStateException outside of a coroutine
     */
    public static <T extends @Nullable Object> Suspension<T> begin(Object subject) {
        Coroutine<?> coroutine = Coroutine.current("Suspension.begin");
        coroutine.throwIfCancelled();
        return new Suspension<>(coroutine, subject);
    }

    /**
     * Ends the wait with a value. Any thread; the first call counts.
     * @return whether the coroutine gets the value
     */
    public boolean resume(T value) {
        return wait.settled(value, null);
    }

    /**
     * Ends the wait with a failure, which {@link #await} throws. Any thread; the first call counts.
     * @return whether the coroutine gets the failure
     */
    public boolean fail(Throwable failure) {
        return wait.settled(null, Objects.requireNonNull(failure, "A suspension was to fail with null"));
    }

    /**
     * Waits. Once, and only by the coroutine that has made it. Costs no turn if it was resumed already.
     * @return the value given to {@link #resume}
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled, or its limit passes, before
     * @throws IllegalStateException if the caller is not the coroutine that has made it, or it was awaited before
     */
    public T await() {
        beginAwait();
        return coroutine.finish(wait);
    }

    /**
     * As {@link #await()}, but ends with another value when a limit of its own passes first: {@link #resume} returns
     * {@code false} from then on. A limit from outside, {@link Async#withTimeout}, cancels this wait as any other.
     * @param limit on the loop's timers; zero or less gives the others one turn
     * @throws LoopClosedException if the loop has no timers any more
     * @throws IllegalStateException if the caller is not the coroutine that has made it, or it was awaited before
     */
    public T await(Duration limit, T whenPassed) {
        beginAwait();
        DefaultIOLoop loop = coroutine.loop();
        loop.requireNotOver("A wait with a limit");
        TimerHandle timer = loop.limit(limit, coroutine, () -> wait.settled(whenPassed, null));
        try {
            return coroutine.finish(wait);
        } finally {
            timer.cancel();
        }
    }

    private void beginAwait() {
        Coroutine<?> self = Coroutine.current("Suspension.await");
        if (self != coroutine) {
            throw new IllegalStateException("`Suspension.await` was called in '" + self.name() + "', but "
                    + "the suspension is a wait of '" + coroutine.name() + "'; each coroutine begins its own");
        }
        if (awaited) {
            throw new IllegalStateException("`Suspension.await` was called again in '" + self.name()
                    + "'; a suspension is one wait, so begin another one");
        }
        awaited = true;
    }

    @Override
    public String toString() {
        return "'" + coroutine.name() + "' waits for " + wait.subject;
    }
}
