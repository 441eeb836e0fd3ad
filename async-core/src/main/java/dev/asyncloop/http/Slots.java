package dev.asyncloop.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a client, so many in all and per origin, and the line of those who wait for one: first in, first out,
 * except that who waits for a busy origin lets those for others pass. Touched only by the event loop; the counts
 * are read by anybody.
 *
 * <p>Each origin has a line of its own. Of the origins that have both a free slot and somebody waiting, the one whose
 * first came earliest is next; so neither a slot that becomes free nor one who leaves costs a walk along the line.
 */
final class Slots {

    private final int maxTotal;

    private final int maxPerOrigin;

    private final int maxQueued;

    /** Those with a request on its way or in line. */
    private final Map<String, Origin> origins = new ConcurrentHashMap<>();

    /** Those that could send one more, by the ticket of the first in their line. */
    private final TreeMap<Long, Origin> ready = new TreeMap<>();

    private long tickets;

    private boolean granting;

    private volatile int active;

    private volatile int queued;

    Slots(int maxTotal, int maxPerOrigin, int maxQueued) {
        this.maxTotal = maxTotal;
        this.maxPerOrigin = maxPerOrigin;
        this.maxQueued = maxQueued;
    }

    /** Returns how many slots are taken. Any thread. */
    int active() {
        return active;
    }

    /** Returns how many wait. Any thread. */
    int queued() {
        return queued;
    }

    /** Returns the origins with a request on its way or in line. Any thread. */
    Iterable<String> origins() {
        return origins.keySet();
    }

    /** Returns how many slots requests to an origin have taken. Any thread. */
    int active(String name) {
        Origin origin = origins.get(name);
        return origin == null ? 0 : origin.busy;
    }

    /** Returns how many requests to an origin wait. Any thread. */
    int queued(String name) {
        Origin origin = origins.get(name);
        return origin == null ? 0 : origin.waiting;
    }

    /** Takes a slot if one is free. Overtakes nobody: who waits does so because none is free for him. */
    boolean tryTake(String name) {
        if (active >= maxTotal) {
            return false;
        }
        Origin origin = origins.computeIfAbsent(name, Origin::new);
        if (origin.busy >= maxPerOrigin) {
            return false;
        }
        occupy(origin);
        return true;
    }

    /**
     * Returns whether one more may wait. A redirected fetch, which has had a slot already, is turned away later than a new
     * one; but those that busy origins redirect to another are no endless line either.
     */
    boolean hasRoom(boolean redirected) {
        return queued < (redirected ? (long) maxQueued + maxTotal : maxQueued);
    }

    /** Stands in line. */
    void queue(Candidate candidate) {
        Origin origin = origins.computeIfAbsent(candidate.origin(), Origin::new);
        origin.line.put(candidate, tickets++);
        setQueued(queued + 1);
        refresh(origin);
    }

    /** Leaves the line without a slot; does nothing if the candidate does not wait. */
    void leave(Candidate candidate) {
        Origin origin = origins.get(candidate.origin());
        if (origin != null && origin.line.remove(candidate) != null) {
            setQueued(queued - 1);
            refresh(origin);
        }
    }

    /** Gives a slot back, and what is free then to those who are next. */
    void release(String name) {
        Origin origin = origins.get(name);
        if (origin == null || origin.busy == 0) {
            throw new IllegalStateException("No slot of " + name + " is taken");
        }
        active = active - 1;
        origin.busy = origin.busy - 1;
        refresh(origin);
        grant();
    }

    private void grant() {
        if (granting) {
            return; // a candidate gave its slot back at once: the loop below goes on
        }
        granting = true;
        try {
            Map.Entry<Long, Origin> first;
            while (active < maxTotal && (first = ready.firstEntry()) != null) {
                Origin origin = first.getValue();
                Candidate candidate = origin.poll();
                setQueued(queued - 1);
                occupy(origin);
                refresh(origin);
                candidate.granted();
            }
        } finally {
            granting = false;
        }
    }

    private void occupy(Origin origin) {
        active = active + 1;
        origin.busy = origin.busy + 1;
    }

    private void setQueued(int count) {
        queued = count;
    }

    /** Puts an origin where it belongs after its line or its slots have changed. */
    private void refresh(Origin origin) {
        origin.waiting = origin.line.size();
        Long ticket = origin.busy < maxPerOrigin ? origin.firstTicket() : null;
        if (origin.readyAs != null && !origin.readyAs.equals(ticket)) {
            ready.remove(origin.readyAs);
        }
        origin.readyAs = ticket;
        if (ticket != null) {
            ready.put(ticket, origin);
        }
        if (origin.busy == 0 && origin.line.isEmpty()) {
            origins.remove(origin.name);
        }
    }

    /** Who wants a slot. */
    interface Candidate {

        /** Returns where the request goes: scheme, host and port. Does not change while the candidate waits. */
        String origin();

        /** Called when the candidate, which has waited in line, has got its slot. */
        void granted();
    }

    private static final class Origin {

        final String name;

        final LinkedHashMap<Candidate, Long> line = new LinkedHashMap<>();

        volatile int busy;

        volatile int waiting;

        @Nullable
        Long readyAs;

        Origin(String name) {
            this.name = name;
        }

        @Nullable
        Long firstTicket() {
            return line.isEmpty() ? null : line.firstEntry().getValue();
        }

        Candidate poll() {
            Iterator<Candidate> waiting = line.keySet().iterator();
            Candidate first = waiting.next();
            waiting.remove();
            return first;
        }
    }
}
