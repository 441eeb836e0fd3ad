package dev.asyncloop.sync;

import dev.asyncloop.Suspension;
import dev.asyncloop.internal.line.Line;
import java.time.Duration;

/**
 * Those who wait for the same thing, first in, first out. Who is woken owns what was waited for, even if it is cancelled
 * before it has its turn again; who was cancelled or timed out before is passed over.
 */
final class Waiters {

    private final Line<Suspension<Boolean>> line = new Line<>();

    /** Waits until woken. */
    void await(Object subject) {
        Suspension<Boolean> suspension = Suspension.begin(subject);
        var place = line.join(suspension);
        try {
            suspension.await();
        } finally {
            place.leave();
        }
    }

    /**
     * Waits until woken, or until the limit has passed.
     * @param limit zero or less for no wait at all
     * @return whether this one was woken
     */
    boolean await(Object subject, Duration limit) {
        if (!limit.isPositive()) {
            return false;
        }
        Suspension<Boolean> suspension = Suspension.begin(subject);
        var place = line.join(suspension);
        try {
            return suspension.await(limit, false);
        } finally {
            place.leave();
        }
    }

    /**
     * Wakes the first that still waits.
     * @return whether there was one
     */
    boolean wakeFirst() {
        Suspension<Boolean> first;
        while ((first = line.poll()) != null) {
            if (first.resume(true)) {
                return true;
            }
        }
        return false;
    }

    /** Wakes all that wait now. Nobody joins meanwhile: who is woken runs in a later turn. */
    void wakeAll() {
        boolean woken;
        do {
            woken = wakeFirst();
        } while (woken);
    }

    int size() {
        return line.size();
    }
}
