package dev.asyncloop;

import dev.asyncloop.PeriodicRun.Outcome;
import dev.asyncloop.internal.log.SafeLog;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of a {@link PeriodicCallback}: runs the body within its limit, and finds out how that has ended. Never throws. */
final class PeriodicCall {

    private static final Logger log = LoggerFactory.getLogger(PeriodicCallback.class);

    private static final int LONGEST_TEXT = 500;

    private final IOLoop loop;

    private final String name;

    private final boolean triggered;

    private final Instant start;

    private final long startNanos;

    private @Nullable Throwable failure;

    private PeriodicCall(IOLoop loop, String name, boolean triggered) {
        this.loop = loop;
        this.name = name;
        this.triggered = triggered;
        this.start = loop.clock().instant();
        this.startNanos = loop.clock().nanoTime();
    }

    /**
     * Runs the body in the current coroutine.
     * @param ended told of the end
     */
    static void run(
            IOLoop loop,
            String name,
            boolean triggered,
            @Nullable Duration timeout,
            PeriodicCallback.Body body,
            PeriodicObserver observer,
            PeriodicObserver.Running ended) {
        PeriodicCall call = new PeriodicCall(loop, name, triggered);
        PeriodicObserver.Running running = call.observed(observer);
        Outcome outcome = call.execute(timeout, body);
        PeriodicRun run = call.end(outcome);
        try {
            running.ended(run, call.failure);
        } catch (Throwable ex) {
            SafeLog.error(log, ex, "Exception in the observer of '{}'", name);
        }
        ended.ended(run, call.failure);
    }

    private PeriodicObserver.Running observed(PeriodicObserver observer) {
        try {
            return observer.begin();
        } catch (Throwable ex) {
            SafeLog.error(log, ex, "Exception in the observer of '{}'", name);
            return PeriodicObserver.NONE.begin();
        }
    }

    private Outcome execute(@Nullable Duration timeout, PeriodicCallback.Body body) {
        try {
            if (timeout == null) {
                body.run();
            } else {
                runWithin(timeout, body);
            }
            return Outcome.RETURNED;
        } catch (Throwable ex) {
            Throwable own = failure; // as the body has thrown it
            boolean timedOut = ex instanceof AsyncTimeoutException && ex != own && timeout != null;
            failure = own == null || timedOut ? ex : own;
            return timedOut ? Outcome.TIMED_OUT : outcome(failure);
        }
    }

    private void runWithin(Duration timeout, PeriodicCallback.Body body) {
        Async.withTimeout(timeout, () -> {
            try {
                body.run();
            } catch (Throwable ex) {
                failure = ex;
                throw ex;
            }
            return true;
        });
    }

    private Outcome outcome(Throwable thrown) {
        if (thrown instanceof PeriodicSkippedException) {
            return Outcome.SKIPPED;
        }
        return Failures.isCancellation(thrown) && isCancelled() ? Outcome.CANCELLED : Outcome.FAILED;
    }

    /** Returns whether it is this call that was cancelled, and not something that it has awaited. */
    private boolean isCancelled() {
        Coroutine<?> self = Coroutine.withTurn();
        return loop.isClosing() || self != null && self.scope().pending() != null;
    }

    private PeriodicRun end(Outcome outcome) {
        Duration duration = Duration.ofNanos(Math.max(0, loop.clock().nanoTime() - startNanos));
        String error = failure != null ? text(failure) : null;
        try {
            tell(outcome, error);
        } catch (Throwable ex) { // of an appender, perhaps: the schedule must go on
            SafeLog.error(log, ex, "Exception in what '{}' says of a call", name);
        }
        return new PeriodicRun(start, duration, outcome, error, triggered);
    }

    private void tell(Outcome outcome, @Nullable String error) {
        switch (outcome) {
            case FAILED, TIMED_OUT ->
                SafeLog.error(log, failure(), "Exception in '{}', which goes on with its next call", name);
            case CANCELLED -> {
                if (!loop.isClosing()) { // which names it in the log
                    log.warn("'{}' was cancelled, and goes on with its next call: {}", name, error);
                }
            }
            case SKIPPED -> log.debug("'{}' has skipped a call: {}", name, error);
            case RETURNED -> {}
        }
    }

    private Throwable failure() {
        return failure != null ? failure : new IllegalStateException("'" + name + "' has failed with nothing");
    }

    private static String text(Throwable failure) {
        try {
            return shortened(failure);
        } catch (Throwable ex) { // of the failure's own methods
            return failure.getClass().getName();
        }
    }

    private static String shortened(Throwable failure) {
        Throwable cause = failure instanceof CancellationException ? failure : Failures.unwrap(failure);
        String text =
                String.valueOf(cause instanceof PeriodicSkippedException ? message(cause) : Failures.describe(cause));
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
    }

    private static @Nullable String message(Throwable failure) {
        return failure.getMessage();
    }
}
