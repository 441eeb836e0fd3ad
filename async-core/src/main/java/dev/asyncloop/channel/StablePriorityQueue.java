package dev.asyncloop.channel;

import dev.asyncloop.internal.turn.Keeper;
import java.util.AbstractQueue;
import java.util.Comparator;
import java.util.Iterator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue that is first in, first out among equals, which the JDK's is not. Nor does that one survive a comparator
 * that throws: it loses an item then, and has another one twice. A tree compares before it changes, and not when it polls.
 * Nobody else gets the turn in between, whatever a comparator waits for.
 */
final class StablePriorityQueue<T> extends AbstractQueue<T> {

    private record Entry<T>(T item, long number) {}

    private final TreeSet<Entry<T>> entries;

    private long count;

    StablePriorityQueue(Comparator<? super T> order) {
        Comparator<Entry<T>> byItem = (one, other) -> order.compare(one.item, other.item);
        entries = new TreeSet<>(byItem.thenComparingLong(Entry::number));
    }

    @Override
    public boolean offer(T item) {
        Entry<T> entry = new Entry<>(item, count++);
        return Keeper.undivided(() -> entries.add(entry));
    }

    @Override
    public @Nullable T poll() {
        Entry<T> first = entries.pollFirst();
        return first != null ? first.item : null;
    }

    @Override
    public @Nullable T peek() {
        return entries.isEmpty() ? null : entries.first().item;
    }

    @Override
    public Iterator<T> iterator() {
        return entries.stream().map(Entry::item).iterator();
    }

    @Override
    public int size() {
        return entries.size();
    }
}
