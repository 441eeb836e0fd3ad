package dev.asyncloop.spring.web.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The event streams that the application serves, each from the call of its handler to the end of that. Any thread.
 */
public final class EventStreams {

    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    private final AtomicLong opened = new AtomicLong();

    private final AtomicLong closed = new AtomicLong();

    /** Makes an empty set. */
    public EventStreams() {}

    /** Returns how many are open. */
    public int count() {
        return open.size();
    }

    /** Returns how many were opened so far. */
    public long opened() {
        return opened.get();
    }

    /** Returns how many of them have ended. */
    public long closed() {
        return closed.get();
    }

    /** Returns how many bytes wait for the clients of those that are open; without what the connections have taken. */
    public long waitingBytes() {
        return open.stream().mapToLong(EventStream::waitingBytes).sum();
    }

    void opened(EventStream one) {
        if (open.add(one)) {
            opened.incrementAndGet();
        }
    }

    void closed(EventStream one) {
        if (open.remove(one)) {
            closed.incrementAndGet();
        }
    }
}
