package dev.asyncloop.internal.carrier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Numbers the stretches of something that one thread does again and again, so that another thread that looks twice knows
 * whether it is still the same one. Costs the one who does it a plain store at both ends: what the other one sees may be a
 * little old, and it looks many times.
 */
final class Stretches {

    private static final VarHandle NUMBER;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(Stretches.class, "number", long.class);
        } catch (ReflectiveOperationException ex) {
            throw new ExceptionInInitializerError(ex);
        }
    }

    /** Odd while a stretch lasts. */
    private long number;

    /** Begins a stretch, unless one lasts. Only by the one thread. */
    void begin() {
        NUMBER.setOpaque(this, number | 1);
    }

    /** Ends the stretch, if one lasts. Only by the one thread. */
    void end() {
        NUMBER.setOpaque(this, number + (number & 1));
    }

    /** Returns the number of the stretch that lasts, or -1. Any thread. */
    long current() {
        long seen = (long) NUMBER.getOpaque(this);
        return (seen & 1) == 1 ? seen : -1;
    }
}
