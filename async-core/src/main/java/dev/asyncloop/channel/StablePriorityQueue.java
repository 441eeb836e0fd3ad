package dev.asyncloop.channel;

import java.util.AbstractQueue;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A priority queue that is first in, first out among equals, which the JDK's is not. */
final class StablePriorityQueue<T> extends AbstractQueue<T> {

    private record Entry<T>(T item, long number) {}

    private final PriorityQueue<Entry<T>> entries;

    private long count;

    StablePriorityQueue(Comparator<? super T> order) {
        Comparator<Entry<T>> byItem = (one, other) -> order.compare(one.item, other.item);
        entries = new PriorityQueue<>(byItem.thenComparingLong(Entry::number));
    }

    @Override
    public boolean offer(T item) {
        return entries.offer(new Entry<>(item, count++));
    }

    @Override
    public @Nullable T poll() {
        Entry<T> first = entries.poll();
        return first != null ? first.item : null;
    }

    @Override
    public @Nullable T peek() {
        Entry<T> first = entries.peek();
        return first != null ? first.item : null;
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
