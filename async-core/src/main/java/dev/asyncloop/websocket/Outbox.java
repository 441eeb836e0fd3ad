package dev.asyncloop.websocket;

import dev.asyncloop.channel.Bell;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were sent and that the connection has not taken yet. Filled by coroutines, emptied by the event loop;
 * each holds the monitor for a moment only.
 */
final class Outbox {

    private final int capacity;

    private final Bell bell = new Bell();

    private final ArrayDeque<Message> messages = new ArrayDeque<>(0);

    private @Nullable End end;

    private long dropped;

    Outbox(int capacity) {
        this.capacity = capacity;
    }

    // ---- the coroutines' side

    Bell bell() {
        return bell;
    }

    /** Returns whether who waits for room need not wait any longer. */
    synchronized boolean isDecided() {
        return end != null || messages.size() < capacity;
    }

    /** Puts a message in, if it is open and there is room. Returns whether it is in. */
    synchronized boolean offer(Message message) {
        return end == null && messages.size() < capacity && messages.add(message);
    }

    synchronized void dropOldest() {
        if (messages.poll() != null) {
            dropped++;
        }
    }

    synchronized void countDropped() {
        dropped++;
    }

    synchronized long dropped() {
        return dropped;
    }

    synchronized int size() {
        return messages.size();
    }

    synchronized @Nullable End end() {
        return end;
    }

    // ---- both

    /** Takes no more; what is in it is still to be sent. The first call counts. */
    void end(End how) {
        synchronized (this) {
            if (end == null) {
                end = how;
            }
        }
        bell.ring();
    }

    /** Takes no more and sends no more. */
    void abandon(End how) {
        synchronized (this) {
            messages.clear();
        }
        end(how);
    }

    // ---- the event loop's side

    @Nullable
    Message poll() {
        Message message;
        synchronized (this) {
            message = messages.poll();
        }
        if (message != null) {
            bell.ring();
        }
        return message;
    }
}
