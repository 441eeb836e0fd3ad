package dev.asyncloop.channel;

import dev.asyncloop.Suspension;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one coroutine wait for what other threads bring about.
 *
 * <pre>
 *   who brings it about            the coroutine
 *   1. make it so                  1. waiting = suspension
 *   2. waiting? resume it          2. is it so? resume itself
 * </pre>
 *
 * Both write first and look afterwards, and all of that is volatile: at least one of the two sees what the other one has
 * written. A ring may come late and find the next wait; so who was woken looks again. For those who build on
 * {@link Suspension}; between coroutines there are {@link Channel} and {@link dev.asyncloop.sync.Event}.
 */
public final class Bell {

    private volatile @Nullable Suspension<Boolean> waiting;

    /** Makes one that nobody waits for. */
    public Bell() {}

    /** Has the coroutine look again. After what it waits for was made visible. Any thread. */
    public void ring() {
        Suspension<Boolean> suspension = waiting;
        if (suspension != null) {
            suspension.resume(true);
        }
    }

    /** Waits until it is so. By one coroutine at a time. */
    public void await(Object subject, BooleanSupplier isSo) {
        while (!isSo.getAsBoolean()) {
            Suspension<Boolean> suspension = Suspension.begin(subject);
            layDown(suspension, isSo);
            try {
                suspension.await();
            } finally {
                waiting = null;
            }
        }
    }

    /**
     * Waits until it is so, or no time remains. By one coroutine at a time.
     * @return whether it is so
     */
    public boolean await(Object subject, BooleanSupplier isSo, Supplier<Duration> remaining) {
        while (!isSo.getAsBoolean()) {
            Duration limit = remaining.get();
            if (!limit.isPositive()) {
                return false;
            }
            Suspension<Boolean> suspension = Suspension.begin(subject);
            layDown(suspension, isSo);
            try {
                suspension.await(limit, false);
            } finally {
                waiting = null;
            }
        }
        return true;
    }

    private void layDown(Suspension<Boolean> suspension, BooleanSupplier isSo) {
        waiting = suspension;
        if (isSo.getAsBoolean()) {
            suspension.resume(true);
        }
    }
}
