package dev.asyncloop.internal.line;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A line, first in, first out, that anybody in it can leave in constant time: a doubly linked list whose links are in the
 * hands of those who stand in it. Touched only by who has the turn.
 *
 * @param <T> who stands in line
 */
public final class Line<T> implements Iterable<T> {

    /** The place of one in the line. */
    public final class Place {

        private final T who;

        private @Nullable Place ahead;

        private @Nullable Place behind;

        private boolean left;

        private Place(T who) {
            this.who = who;
        }

        /** Leaves the line. Does nothing if that has happened already, or {@link Line#poll} has taken this one out. */
        public void leave() {
            if (left) {
                return;
            }
            left = true;
            size--;
            if (ahead != null) {
                ahead.behind = behind;
            } else {
                first = behind;
            }
            if (behind != null) {
                behind.ahead = ahead;
            } else {
                last = ahead;
            }
            ahead = null; // who keeps a place that was left does not keep all who have come since
            behind = null;
        }
    }

    private @Nullable Place first;

    private @Nullable Place last;

    private int size;

    /** Puts one at the end of the line. */
    public Place join(T who) {
        Place place = new Place(who);
        place.ahead = last;
        if (last != null) {
            last.behind = place;
        } else {
            first = place;
        }
        last = place;
        size++;
        return place;
    }

    /** Takes the first one out of the line; {@code null} if nobody is in it. */
    public @Nullable T poll() {
        Place place = first;
        if (place == null) {
            return null;
        }
        place.leave();
        return place.who;
    }

    /** Returns how many stand in line. */
    public int size() {
        return size;
    }

    /** Goes along the line. The one that was returned last may leave meanwhile, nobody else. */
    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {

            private @Nullable Place next = first;

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public T next() {
                Place place = next;
                if (place == null) {
                    throw new NoSuchElementException();
                }
                next = place.behind;
                return place.who;
            }
        };
    }
}
