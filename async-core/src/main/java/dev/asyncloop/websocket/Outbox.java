package dev.asyncloop.websocket;

import dev.asyncloop.channel.Bell;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

    private List<Forwarding> forwardings = List.of();

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

    /** Puts a message in, if it is open, at the cost of the oldest one if there is no room. */
    synchronized void offerDroppingOldest(Message message) {
        if (end == null) {
            if (messages.size() >= capacity) {
                messages.remove();
                dropped++;
            }
            messages.add(message);
        }
    }

    /** Puts a message in, if it is open, room or not. */
    synchronized void add(Message message) {
        if (end == null) {
            messages.add(message);
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

    /** Has somebody told of the end, at once if that has come. */
    void join(Forwarding forwarding) {
        synchronized (this) {
            if (end == null) {
                forwardings = new ArrayList<>(forwardings);
                forwardings.add(forwarding);
                return;
            }
        }
        forwarding.end();
    }

    synchronized void leave(Forwarding forwarding) {
        forwardings = forwardings.stream().filter(each -> each != forwarding).toList();
    }

    // ---- both

    /** Takes no more; what is in it is still to be sent. The first call counts. */
    void end(End how) {
        List<Forwarding> all;
        synchronized (this) {
            if (end == null) {
                end = how;
            }
            all = forwardings;
        }
        bell.ring();
        all.forEach(Forwarding::end);
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
