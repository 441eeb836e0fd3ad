package dev.asyncloop.websocket;

import dev.asyncloop.channel.Bell;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The messages that have come and were not received yet. Filled by the event loop, emptied by coroutines; each holds the
 * monitor for a moment only.
 */
final class Inbox {

    /** About what a message costs in addition to its content. */
    private static final long OVERHEAD = 64;

    /** When a connection ends what the system has kept of it comes at once; of that so much goes on top. */
    private static final long MOST_AT_THE_END = 16L * 1024 * 1024;

    private final int capacity;

    private final int maxBytes;

    private final Bell bell = new Bell();

    private final ArrayDeque<Message> messages = new ArrayDeque<>(0);

    private long bytes;

    /** The event loop does not read because there is no room. */
    private boolean paused;

    private @Nullable End end;

    Inbox(int capacity, int maxBytes) {
        this.capacity = capacity;
        this.maxBytes = maxBytes;
    }

    // ---- the event loop's side

    void add(Message message) {
        synchronized (this) {
            if (end != null) {
                return;
            }
            messages.add(message);
            bytes += message.size();
        }
        bell.ring();
    }

    /** Returns whether more should be read now; if not, {@link #poll} says when. */
    synchronized boolean wantsMore() {
        paused = messages.size() >= capacity || bytes >= maxBytes;
        return !paused;
    }

    /** Returns whether even the end of the connection is no reason to put more in. */
    synchronized boolean isOverfull() {
        return bytes + OVERHEAD * messages.size() >= maxBytes + MOST_AT_THE_END;
    }

    /** Ends it when what is in it was received. The first call counts. */
    void end(End how) {
        synchronized (this) {
            if (end != null) {
                return;
            }
            end = how;
        }
        bell.ring();
    }

    /** Ends it at once. */
    void abandon(End how) {
        synchronized (this) {
            messages.clear();
            bytes = 0;
        }
        end(how);
    }

    // ---- the coroutines' side, one at a time

    Bell bell() {
        return bell;
    }

    synchronized boolean hasNext() {
        return end != null || !messages.isEmpty();
    }

    synchronized @Nullable Message poll() {
        Message message = messages.poll();
        if (message != null) {
            bytes -= message.size();
        }
        return message;
    }

    /** Returns whether the event loop has stopped reading and there is a good part of the room now; once. */
    synchronized boolean canGoOn() {
        boolean now = paused && messages.size() <= capacity / 2 && bytes <= maxBytes / 2;
        if (now) {
            paused = false;
        }
        return now;
    }

    synchronized @Nullable End end() {
        return end;
    }

    synchronized int size() {
        return messages.size();
    }
}
