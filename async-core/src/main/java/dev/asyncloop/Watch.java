package dev.asyncloop;

import dev.asyncloop.internal.watchdog.Watched;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something of a loop that can be held too long, and who holds it.
 */
abstract class Watch implements Watched {

    private final SlowCallbackReport report;

    Watch(SlowCallbackReport report) {
        this.report = report;
    }

    /** Returns who holds it and what that one does; {@code null} if nobody does, or none who could help it. Any thread. */
    abstract @Nullable SlowCallback look(Duration heldFor);

    @Override
    public final boolean tooLong(long heldNanos) {
        long looked = stretch();
        SlowCallback seen = look(Duration.ofNanos(heldNanos));
        if (seen == null || stretch() != looked) {
            return false; // what was seen may be of the next one
        }
        report.begins(this, seen);
        return true;
    }

    @Override
    public final void stillHeld(long heldNanos) {
        SlowCallback seen = look(Duration.ofNanos(heldNanos));
        if (seen != null) {
            report.lasts(this, seen);
        }
    }

    @Override
    public final void over(long heldNanos) {
        report.ends(this, Duration.ofNanos(heldNanos));
    }
}
