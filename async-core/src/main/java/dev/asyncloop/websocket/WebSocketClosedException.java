package dev.asyncloop.websocket;

import dev.asyncloop.channel.ChannelClosedException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket is closed: it takes no more messages, or has none left. Tornado's {@code WebSocketClosedError}.
 */
public final class WebSocketClosedException extends ChannelClosedException {

    private static final long serialVersionUID = 1L;

    private final CloseStatus status;

    WebSocketClosedException(String message, CloseStatus status, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** Returns how it has ended: what the side has said that closed first, or {@link CloseStatus#LOST}. */
    public CloseStatus status() {
        return status;
    }
}
