package dev.asyncloop;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, while it happens, who holds the loop too long: its name, its stack, how many wait behind it, and the way out; and,
 * when it is over, how long it was. Counts. Used by the watchdog's thread; the count is for any.
 */
final class SlowCallbackReport {

    private static final Logger log = LoggerFactory.getLogger(IOLoop.class);

    private final IOLoopOptions options;

    private final BooleanSupplier debugger;

    private final AtomicLong count = new AtomicLong();

    private final SlowCallbackHistory history = new SlowCallbackHistory();

    /** Whether this JVM is debugged; asked at the first report, as the answer is not free. */
    private @Nullable Boolean debugged;

    /** Of the three that can be held, who holds it and was reported. */
    private final Map<Object, SlowCallback> reported = new HashMap<>();

    /** Whether it was reported that nobody gets a turn. */
    private boolean still;

    SlowCallbackReport(IOLoopOptions options, BooleanSupplier debugger) {
        this.options = options;
        this.debugger = debugger;
    }

    /** Returns how many were reported. Any thread. */
    long count() {
        return count.get();
    }

    /** Returns the last of them, the latest first. Any thread. */
    List<SlowCallbackRecord> last() {
        return history.records();
    }

    void begins(Object watch, SlowCallback seen) {
        if (isDebugged()) {
            return;
        }
        count.incrementAndGet();
        reported.put(watch, seen);
        history.seen(watch, seen);
        warn("", seen);
        try {
            if (FlightRecorder.isInitialized()) { // or the recorder would load now, while the watchdog has to look
                SlowCallbackEvent.send(options.name(), seen);
            }
        } catch (LinkageError ex) {
            // a JDK without Flight Recorder
        }
    }

    /** Says what it does now, if that is not what it did: who loads a class at first may then wait for ever. */
    void lasts(Object watch, SlowCallback seen) {
        SlowCallback before = reported.get(watch);
        if (before != null && !before.what().equals(seen.what())) {
            reported.put(watch, seen);
            history.seen(watch, seen);
            warn("Still: ", seen);
        }
    }

    private void warn(String first, SlowCallback seen) {
        log.warn(
                "{}{} for {} ms (limit: {} ms) and {}: it {}. {}. It is here:{}",
                first,
                beginning(seen),
                seen.heldFor().toMillis(),
                options.slowCallback().toMillis(),
                behind(seen),
                seen.what(),
                seen.wayOut(),
                seen.stack().stream()
                        .map(frame -> System.lineSeparator() + "\tat " + frame)
                        .collect(Collectors.joining()));
    }

    void ends(Object watch, Duration heldFor) {
        SlowCallback seen = reported.remove(watch);
        if (seen != null) {
            history.over(watch, heldFor);
            log.info("{} for {} ms; that is over", beginning(seen), heldFor.toMillis());
        }
    }

    /** Tells that nobody gets a turn, unless it was told who keeps it. */
    void standsStill(Duration since, int waiting, Duration late) {
        if (reported.isEmpty() && !isDebugged()) {
            still = true;
            log.warn(
                    "Nobody has had a turn of '{}' for {} ms, although {} wait and the first timer is {} ms late, and nothing is"
                            + " seen that keeps it; if that lasts, take a thread dump, and restart the application",
                    options.name(),
                    since.toMillis(),
                    waiting,
                    late.toMillis());
        }
    }

    void goesOn(Duration stoodStill) {
        if (still) {
            still = false;
            log.info("'{}' goes on after {} ms", options.name(), stoodStill.toMillis());
        }
    }

    private String beginning(SlowCallback seen) {
        return switch (seen.held()) {
            case TURN -> "'" + seen.name() + "' has kept the turn of '" + options.name() + "'";
            case CARRIER ->
                "'" + seen.name() + "', which has no turn, has kept the carrier of '" + options.name() + "'";
            case EVENT_LOOP ->
                "Code on the event loop of '" + options.name() + "' (Netty, Reactor, a filter) has kept it";
        };
    }

    private static String behind(SlowCallback seen) {
        return seen.held() == SlowCallback.Held.EVENT_LOOP && seen.waiting() == 0
                ? "no I/O of this loop goes on"
                : seen.waiting() + " wait behind it";
    }

    private boolean isDebugged() {
        Boolean known = debugged;
        if (known == null) {
            known = debugger.getAsBoolean();
            debugged = known;
            if (known) {
                log.info(
                        "This JVM runs under a debugger, where a break point looks like a slow callback: '{}' reports none",
                        options.name());
            }
        }
        return known;
    }
}
