package dev.asyncloop.internal.watchdog;

import dev.asyncloop.internal.turn.Successor;
import dev.asyncloop.internal.turn.Turn;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * Looks, from a thread of its own, whether somebody keeps a turn too long, and reports it once while it happens. Costs the
 * loop nothing: a turn whose number has not changed for so many looks is too long.
 */
public final class Watchdog {

    private static final int LOOKS = 4;

    private static final Duration JOIN = Duration.ofSeconds(1);

    private final Turn turn;

    private final long limitNanos;

    private final BiConsumer<Successor, Long> report;

    private final Thread thread;

    private volatile boolean ended;

    /**
     * Makes a watchdog; {@link #start} starts it.
     * @param report called in the watchdog's thread with who has kept the turn, and for how many nanoseconds
     */
    public Watchdog(String name, Turn turn, long limitNanos, BiConsumer<Successor, Long> report) {
        this.turn = turn;
        this.limitNanos = limitNanos;
        this.report = report;
        this.thread = Thread.ofPlatform().daemon().name(name + "-watchdog").unstarted(this::watch);
    }

    /** Starts looking. */
    public void start() {
        thread.start();
    }

    /** Stops looking, and waits for the thread to end; not for long, as it may be about to write a report. */
    public void stop() {
        ended = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        long seen = turn.turns();
        long since = System.nanoTime();
        boolean reported = false;
        while (!ended) {
            LockSupport.parkNanos(this, limitNanos / LOOKS);
            long now = System.nanoTime();
            Successor holder = turn.holder();
            if (holder == null || turn.turns() != seen) {
                seen = turn.turns();
                since = now;
                reported = false;
            } else if (!reported && now - since >= limitNanos) {
                reported = true;
                report.accept(holder, now - since);
            }
        }
    }
}
