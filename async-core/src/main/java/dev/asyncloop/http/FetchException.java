package dev.asyncloop.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A fetch has failed. Names the URL (without credentials), the phase, and the time since the call.
 */
public class FetchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final URI uri;

    private final FetchPhase phase;

    private final FetchTimings timings;

    private int attempts = 1;

    FetchException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(attempt + ": " + what, cause);
        this.uri = attempt.uri();
        this.phase = attempt.phase();
        this.timings = attempt.timings();
    }

    /** Returns the URL that was being fetched: after redirects the last one. */
    public URI uri() {
        return uri;
    }

    /** Returns how far the fetch had come. */
    public FetchPhase phase() {
        return phase;
    }

    /** Returns the time from the call to the failure. */
    public Duration elapsed() {
        return timings.total();
    }

    /** Returns where the time has gone until the failure. */
    public FetchTimings timings() {
        return timings;
    }

    /**
     * Returns how many attempts were made; 1 without a {@link RetryPolicy}. This is the failure of the last one; those of the
     * others are {@link #getSuppressed() suppressed} by it, in order.
     */
    public int attempts() {
        return attempts;
    }

    /** Makes this the failure of the last of several attempts. */
    void after(int attempts, List<? extends Throwable> failures) {
        this.attempts = attempts;
        failures.forEach(this::addSuppressed);
    }

    /** Where a fetch stands. */
    record Attempt(String method, URI uri, FetchPhase phase, FetchTimings timings) {

        @Override
        public String toString() {
            return method + " " + uri + " failed after " + timings.total().toMillis() + " ms ("
                    + phase.name().toLowerCase(Locale.ROOT) + ")";
        }
    }
}
