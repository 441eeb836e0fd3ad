package dev.asyncloop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last slow callbacks, so many and no more. Told by the watchdog's thread, read by any.
 */
final class SlowCallbackHistory {

    private static final int KEPT = 10;

    /** The latest first. Guarded by this. */
    private final Deque<Entry> entries = new ArrayDeque<>();

    /** Notes one that has just been seen, or, of one that was seen before, what it does now. */
    synchronized void seen(Object watch, SlowCallback callback) {
        Entry entry = lasting(watch);
        if (entry != null) {
            entry.callback = callback;
            return;
        }
        if (entries.size() == KEPT) {
            entries.removeLast();
        }
        entries.addFirst(new Entry(watch, callback));
    }

    /** Notes that the one of this watch is over. */
    synchronized void over(Object watch, Duration heldFor) {
        Entry entry = lasting(watch);
        if (entry != null) { // else so many others have begun since that it is forgotten
            entry.total = heldFor;
        }
    }

    private @Nullable Entry lasting(Object watch) {
        for (Entry entry : entries) {
            if (entry.watch == watch && entry.total == null) {
                return entry;
            }
        }
        return null;
    }

    /** Returns them, the latest first. */
    synchronized List<SlowCallbackRecord> records() {
        List<SlowCallbackRecord> records = new ArrayList<>(entries.size());
        entries.forEach(entry -> records.add(entry.toRecord()));
        return List.copyOf(records);
    }

    private static final class Entry {

        private final Object watch;

        private final long begun;

        private final Instant begunAt;

        private SlowCallback callback;

        /** Null while it lasts. */
        private @Nullable Duration total;

        Entry(Object watch, SlowCallback callback) {
            this.watch = watch;
            this.begun = System.nanoTime() - Durations.nanos(callback.heldFor());
            this.begunAt = Instant.now().minus(callback.heldFor());
            this.callback = callback;
        }

        SlowCallbackRecord toRecord() {
            Duration held = total != null ? total : Duration.ofNanos(System.nanoTime() - begun);
            return new SlowCallbackRecord(begunAt, total != null, callback.heldFor(held));
        }
    }
}
