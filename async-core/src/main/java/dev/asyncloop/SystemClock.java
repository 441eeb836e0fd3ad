package dev.asyncloop;

import java.time.Instant;

/** The machine's own clock. */
enum SystemClock implements LoopClock {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant instant() {
        return Instant.now();
    }

    @Override
    public String toString() {
        return "the system's clock";
    }
}
