package dev.asyncloop.websocket;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The contents of the messages of a WebSocket, which are to be all of one kind. */
final class Contents<M extends Message, T> implements Iterator<T> {

    private final LoopWebSocket socket;

    private final Class<M> kind;

    private final Function<M, T> content;

    /** Received by {@code hasNext}, for {@code next}. */
    private @Nullable Message received;

    Contents(LoopWebSocket socket, Class<M> kind, Function<M, T> content) {
        this.socket = socket;
        this.kind = kind;
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
        Message message = hasNext() ? received : null;
        if (message == null) {
            throw new NoSuchElementException(socket + " has no more messages");
        }
        received = null;
        if (!kind.isInstance(message)) {
            throw socket.unsupported(message);
        }
        return content.apply(kind.cast(message));
    }
}
