package dev.asyncloop.websocket;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The contents of the messages of a WebSocket, which are to be all of one kind. */
final class Contents<T> implements Iterator<T> {

    private final LoopWebSocket socket;

    private final Function<Message, @Nullable T> content;

    /** Received by {@code hasNext}, for {@code next}. */
    private @Nullable Message received;

    Contents(LoopWebSocket socket, Function<Message, @Nullable T> content) {
        this.socket = socket;
        this.content = content;
    }

    @Override
    public boolean hasNext() {
        if (received == null) {
            received = socket.receiveOrNull();
        }
        return received != null;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException(socket + " has no more messages");
        }
        Message message = received;
        received = null;
        T item = message != null ? content.apply(message) : null;
        if (item == null && message != null) {
            throw socket.unsupported(message);
        }
        if (item == null) {
            throw new NoSuchElementException(socket + " has no more messages");
        }
        return item;
    }
}
