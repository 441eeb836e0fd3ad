package dev.asyncloop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link IOLoop}; immutable. Start from {@link #defaults()} and replace what differs.
 *
 * @param name prefix of the loop's thread names
 * @param carrier what carries the coroutines; {@code null} takes {@link Carrier#EVENT_LOOP} where the JVM allows it
 * @param switchOn where coroutines give way that are not told otherwise
 * @param clock where the loop gets its time from
 * @param nativeTransport whether to use epoll where there is one
 * @param maxCoroutines most live coroutines; one more fails with {@link LoopFullException}
 * @param executorThreads most threads of {@link IOLoop#runInExecutor}
 * @param executorQueue most calls that wait for one of those threads
 * @param slowCallback how long a coroutine may keep the turn before it is reported
 * @param gracePeriod how long {@link IOLoop#close()} lets coroutines finish
 */
public record IOLoopOptions(
        String name,
        @Nullable Carrier carrier,
        SwitchOn switchOn,
        LoopClock clock,
        boolean nativeTransport,
        int maxCoroutines,
        int executorThreads,
        int executorQueue,
        Duration slowCallback,
        Duration gracePeriod) {

    private static final IOLoopOptions DEFAULTS = new IOLoopOptions(
            "ioloop",
            null,
            SwitchOn.AWAIT,
            LoopClock.system(),
            true,
            1_000_000,
            Runtime.getRuntime().availableProcessors(),
            1_000,
            Duration.ofMillis(100),
            Duration.ofSeconds(10));

    public IOLoopOptions {
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank; it is the prefix of the loop's thread names");
        }
        requirePositive("maxCoroutines", maxCoroutines);
        requirePositive("executorThreads", executorThreads);
        requirePositive("executorQueue", executorQueue);
        if (slowCallback.isNegative() || slowCallback.isZero()) {
            throw new IllegalArgumentException(
                    "slowCallback must be positive, but was " + slowCallback + "; the default is PT0.1S");
        }
        if (gracePeriod.isNegative()) {
            throw new IllegalArgumentException(
                    "gracePeriod must not be negative, but was " + gracePeriod + "; zero cancels at once");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, but was " + value);
        }
    }

    /** Returns the defaults. */
    public static IOLoopOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with another {@code name}. */
    public IOLoopOptions withName(String name) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code carrier}. */
    public IOLoopOptions withCarrier(@Nullable Carrier carrier) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code switchOn}; {@link SwitchOn#ANY} needs the event-loop carrier. */
    public IOLoopOptions withSwitchOn(SwitchOn switchOn) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code clock}. */
    public IOLoopOptions withClock(LoopClock clock) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code nativeTransport}. */
    public IOLoopOptions withNativeTransport(boolean nativeTransport) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code maxCoroutines}. */
    public IOLoopOptions withMaxCoroutines(int maxCoroutines) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code executorThreads}. */
    public IOLoopOptions withExecutorThreads(int executorThreads) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code executorQueue}. */
    public IOLoopOptions withExecutorQueue(int executorQueue) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code slowCallback}. */
    public IOLoopOptions withSlowCallback(Duration slowCallback) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }

    /** Returns these options with another {@code gracePeriod}. */
    public IOLoopOptions withGracePeriod(Duration gracePeriod) {
        return new IOLoopOptions(
                name,
                carrier,
                switchOn,
                clock,
                nativeTransport,
                maxCoroutines,
                executorThreads,
                executorQueue,
                slowCallback,
                gracePeriod);
    }
}
