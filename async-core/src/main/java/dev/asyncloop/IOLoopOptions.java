package dev.asyncloop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link IOLoop}; immutable. Start from {@link #defaults()} and replace what differs.
 *
 * @param name prefix of the loop's thread names; by default {@code ioloop}
 * @param carrier what carries the coroutines; {@code null}, the default, takes {@link Carrier#EVENT_LOOP} where the JVM
 *     allows it
 * @param switchOn where coroutines give way that are not told otherwise; by default {@link SwitchOn#AWAIT}
 * @param clock where the loop gets its time from; by default the system
 * @param nativeTransport whether to use epoll where there is one; by default true
 * @param maxCoroutines most live coroutines, by default 1,000,000; one more fails with {@link LoopFullException}
 * @param executorThreads most threads of {@link IOLoop#runInExecutor}; by default as many as processors
 * @param executorQueue most calls that wait for one of those threads, by default 1,000; one more fails with
 *     {@link ExecutorFullException}
 * @param slowCallback how long somebody may hold the turn, the carrier or the event loop before that is reported; by default
 *     100 ms
 * @param gracePeriod how long {@link IOLoop#close()} lets coroutines finish; by default 10 s
 * @param cleanUp how long coroutines that were cancelled at the end of the grace period get to end; those that have not ended
 *     then are left to themselves; by default 2 s
 * @param quietStart for how long from the start only what holds the loop ten times {@code slowCallback} is reported, as
 *     classes load in the first turns; zero by default
 * @param timedCoroutines whether {@link LoopTotals} has how long coroutines have lived, one more look at the clock for each; by
 *     default false
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
        Duration cleanUp,
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
            Duration.ofSeconds(2),
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
        if (!cleanUp.isPositive()) {
            throw new IllegalArgumentException(
                    "cleanUp must be positive, but was " + cleanUp + "; the default is PT2S");
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
        Draft draft = new Draft(this);
        draft.name = name;
        return draft.finish();
    }

    /** Returns these options with another {@code carrier}. */
    public IOLoopOptions withCarrier(@Nullable Carrier carrier) {
        Draft draft = new Draft(this);
        draft.carrier = carrier;
        return draft.finish();
    }

    /** Returns these options with another {@code switchOn}; {@link SwitchOn#ANY} needs the event-loop carrier. */
    public IOLoopOptions withSwitchOn(SwitchOn switchOn) {
        Draft draft = new Draft(this);
        draft.switchOn = switchOn;
        return draft.finish();
    }

    /** Returns these options with another {@code clock}. */
    public IOLoopOptions withClock(LoopClock clock) {
        Draft draft = new Draft(this);
        draft.clock = clock;
        return draft.finish();
    }

    /** Returns these options with another {@code nativeTransport}. */
    public IOLoopOptions withNativeTransport(boolean nativeTransport) {
        Draft draft = new Draft(this);
        draft.nativeTransport = nativeTransport;
        return draft.finish();
    }

    /** Returns these options with another {@code maxCoroutines}. */
    public IOLoopOptions withMaxCoroutines(int maxCoroutines) {
        Draft draft = new Draft(this);
        draft.maxCoroutines = maxCoroutines;
        return draft.finish();
    }

    /** Returns these options with another {@code executorThreads}. */
    public IOLoopOptions withExecutorThreads(int executorThreads) {
        Draft draft = new Draft(this);
        draft.executorThreads = executorThreads;
        return draft.finish();
    }

    /** Returns these options with another {@code executorQueue}. */
    public IOLoopOptions withExecutorQueue(int executorQueue) {
        Draft draft = new Draft(this);
        draft.executorQueue = executorQueue;
        return draft.finish();
    }

    /** Returns these options with another {@code slowCallback}. */
    public IOLoopOptions withSlowCallback(Duration slowCallback) {
        Draft draft = new Draft(this);
        draft.slowCallback = slowCallback;
        return draft.finish();
    }

    /** Returns these options with another {@code gracePeriod}. */
    public IOLoopOptions withGracePeriod(Duration gracePeriod) {
        Draft draft = new Draft(this);
        draft.gracePeriod = gracePeriod;
        return draft.finish();
    }

    /** Returns these options with another {@code cleanUp}. */
    public IOLoopOptions withCleanUp(Duration cleanUp) {
        Draft draft = new Draft(this);
        draft.cleanUp = cleanUp;
        return draft.finish();
    }

    /** Returns these options with another {@code quietStart}. */
    public IOLoopOptions withQuietStart(Duration quietStart) {
        Draft draft = new Draft(this);
        draft.quietStart = quietStart;
        return draft.finish();
    }

    /** Returns these options with another {@code timedCoroutines}. */
    public IOLoopOptions withTimedCoroutines(boolean timedCoroutines) {
        Draft draft = new Draft(this);
        draft.timedCoroutines = timedCoroutines;
        return draft.finish();
    }

    /** A copy that can be changed; by each method itself, as a lambda for each would be a class more at every start. */
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

        private Duration cleanUp;

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
            this.cleanUp = options.cleanUp;
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
                    cleanUp,
                    quietStart,
                    timedCoroutines);
        }
    }
}
