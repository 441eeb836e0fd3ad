package dev.asyncloop;

import java.time.Duration;
import java.util.function.Consumer;
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
 * @param slowCallback how long somebody may hold the turn, the carrier or the event loop before that is reported
 * @param gracePeriod how long {@link IOLoop#close()} lets coroutines finish
 * @param quietStart for how long from the start only what holds the loop ten times {@code slowCallback} is reported, as
 *     classes load in the first turns; zero by default
 * @param timedCoroutines whether {@link LoopTotals} has how long coroutines have lived: one more look at the clock for each
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
        Duration gracePeriod,
        Duration quietStart,
        boolean timedCoroutines) {

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
            Duration.ofSeconds(10),
            Duration.ZERO,
            false);

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
        if (quietStart.isNegative()) {
            throw new IllegalArgumentException(
                    "quietStart must not be negative, but was " + quietStart + "; zero reports from the start");
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
        return edit(draft -> draft.name = name);
    }

    /** Returns these options with another {@code carrier}. */
    public IOLoopOptions withCarrier(@Nullable Carrier carrier) {
        return edit(draft -> draft.carrier = carrier);
    }

    /** Returns these options with another {@code switchOn}; {@link SwitchOn#ANY} needs the event-loop carrier. */
    public IOLoopOptions withSwitchOn(SwitchOn switchOn) {
        return edit(draft -> draft.switchOn = switchOn);
    }

    /** Returns these options with another {@code clock}. */
    public IOLoopOptions withClock(LoopClock clock) {
        return edit(draft -> draft.clock = clock);
    }

    /** Returns these options with another {@code nativeTransport}. */
    public IOLoopOptions withNativeTransport(boolean nativeTransport) {
        return edit(draft -> draft.nativeTransport = nativeTransport);
    }

    /** Returns these options with another {@code maxCoroutines}. */
    public IOLoopOptions withMaxCoroutines(int maxCoroutines) {
        return edit(draft -> draft.maxCoroutines = maxCoroutines);
    }

    /** Returns these options with another {@code executorThreads}. */
    public IOLoopOptions withExecutorThreads(int executorThreads) {
        return edit(draft -> draft.executorThreads = executorThreads);
    }

    /** Returns these options with another {@code executorQueue}. */
    public IOLoopOptions withExecutorQueue(int executorQueue) {
        return edit(draft -> draft.executorQueue = executorQueue);
    }

    /** Returns these options with another {@code slowCallback}. */
    public IOLoopOptions withSlowCallback(Duration slowCallback) {
        return edit(draft -> draft.slowCallback = slowCallback);
    }

    /** Returns these options with another {@code gracePeriod}. */
    public IOLoopOptions withGracePeriod(Duration gracePeriod) {
        return edit(draft -> draft.gracePeriod = gracePeriod);
    }

    /** Returns these options with another {@code quietStart}. */
    public IOLoopOptions withQuietStart(Duration quietStart) {
        return edit(draft -> draft.quietStart = quietStart);
    }

    /** Returns these options with another {@code timedCoroutines}. */
    public IOLoopOptions withTimedCoroutines(boolean timedCoroutines) {
        return edit(draft -> draft.timedCoroutines = timedCoroutines);
    }

    private IOLoopOptions edit(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** A copy that can be changed. */
    private static final class Draft {

        private String name;

        private @Nullable Carrier carrier;

        private SwitchOn switchOn;

        private LoopClock clock;

        private boolean nativeTransport;

        private int maxCoroutines;

        private int executorThreads;

        private int executorQueue;

        private Duration slowCallback;

        private Duration gracePeriod;

        private Duration quietStart;

        private boolean timedCoroutines;

        Draft(IOLoopOptions options) {
            this.name = options.name;
            this.carrier = options.carrier;
            this.switchOn = options.switchOn;
            this.clock = options.clock;
            this.nativeTransport = options.nativeTransport;
            this.maxCoroutines = options.maxCoroutines;
            this.executorThreads = options.executorThreads;
            this.executorQueue = options.executorQueue;
            this.slowCallback = options.slowCallback;
            this.gracePeriod = options.gracePeriod;
            this.quietStart = options.quietStart;
            this.timedCoroutines = options.timedCoroutines;
        }

        IOLoopOptions finish() {
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
                    gracePeriod,
                    quietStart,
                    timedCoroutines);
        }
    }
}
