package dev.asyncloop.spring.web;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The requests that coroutine handlers have at the moment: at most so many, and those who wait for one of them to end, first
 * come, first served. A request is among them from its arrival at the handler, its body still to come, until the handler has
 * returned; a {@code Publisher} that it has returned does not count. Any thread.
 */
public final class CoroutineRequests {

    private final int maxRunning;

    private final int maxWaiting;

    /** In the order of their arrival; who leaves need not be looked for. */
    private final SequencedSet<Runnable> line = new LinkedHashSet<>();

    private int running;

    private long refused;

    /** Makes a line with these limits. */
    public CoroutineRequests(int maxRunning, int maxWaiting) {
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
    }

    /** Returns how many requests coroutine handlers have. */
    public synchronized int running() {
        return running;
    }

    /** Returns how many wait until one of them has ended. */
    public synchronized int waiting() {
        return line.size();
    }

    /** Returns how many coroutine handlers may have at a time. */
    public int maxRunning() {
        return maxRunning;
    }

    /** Returns how many may wait. */
    public int maxWaiting() {
        return maxWaiting;
    }

    /** Returns how many have been refused so far. */
    public synchronized long refused() {
        return refused;
    }

    /** What has become of a request that wants to enter. */
    enum Entry {
        ADMITTED,
        WAITING,
        REFUSED
    }

    /** Admits a request, or has it wait; then it is told once it has been admitted. */
    synchronized Entry enter(Runnable admitted) {
        if (running < maxRunning) {
            running++;
            return Entry.ADMITTED;
        }
        if (line.size() < maxWaiting) {
            line.add(admitted);
            return Entry.WAITING;
        }
        refused++;
        return Entry.REFUSED;
    }

    /** Takes a request that does not want to wait any longer out of the line, unless it has been admitted. */
    synchronized void leaveLine(Runnable admitted) {
        line.remove(admitted);
    }

    /** Ends an admitted request, once; its place is that of the first in line. */
    void leave() {
        @Nullable Runnable next;
        synchronized (this) {
            next = line.isEmpty() ? null : line.removeFirst();
            if (next == null) {
                running--;
            }
        }
        if (next != null) {
            next.run();
        }
    }

    /** Returns what a refusal says. */
    synchronized String reason() {
        return running + " requests are being handled, and " + line.size() + " wait" + " (ioloop.web.max-requests: "
                + maxRunning + ", max-waiting: " + maxWaiting + ")";
    }
}
