package dev.asyncloop.channel;

import dev.asyncloop.Suspension;
import dev.asyncloop.internal.line.Line;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One item that waits for room at several subscribers at the same time, in each one's line: so that none of them waits for
 * another one, and what is published later overtakes nowhere.
 */
final class Publication<T> extends Offer<T> {

    private int missing;

    private boolean refused;

    private @Nullable Suspension<Boolean> suspension;

    Publication(T item, int subscribers) {
        super(item);
        this.missing = subscribers;
    }

    /** Waits until each has taken the item, or has been closed. */
    void awaitRoom(List<Subscription<T>> full, Object subject) {
        Suspension<Boolean> wait = Suspension.begin(subject);
        suspension = wait;
        List<Line<Offer<T>>.Place> places = new ArrayList<>(full.size());
        for (Subscription<T> subscriber : full) {
            places.add(subscriber.items().join(this));
        }
        try {
            wait.await();
        } finally {
            places.forEach(Line.Place::leave);
        }
    }

    /** The item is taken even if the publisher was cancelled a moment ago: it may have been taken elsewhere before. */
    @Override
    boolean accept() {
        oneLess();
        return true;
    }

    /** The lines of a topic compare nothing. */
    @Override
    void failed(Throwable failure) {}

    @Override
    void refuse() {
        refused = true;
        oneLess();
    }

    /** Returns whether one of them was closed before it had room. */
    boolean wasRefused() {
        return refused;
    }

    private void oneLess() {
        if (--missing == 0 && suspension != null) {
            suspension.resume(true);
        }
    }
}
