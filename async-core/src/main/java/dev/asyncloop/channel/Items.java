package dev.asyncloop.channel;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The items of a channel, one after the other. */
final class Items<T> implements Iterator<T> {

    private final ReceiveChannel<T> channel;

    /** Received by {@code hasNext}, for {@code next}. */
    private @Nullable T received;

    Items(ReceiveChannel<T> channel) {
        this.channel = channel;
    }

    @Override
    public boolean hasNext() {
        if (received == null) {
            received = channel.receiveOrNull();
        }
        return received != null;
    }

    @Override
    public T next() {
        T item = received != null ? received : channel.receiveOrNull();
        received = null;
        if (item == null) {
            throw new NoSuchElementException(channel + " is closed and has no more items");
        }
        return item;
    }
}
