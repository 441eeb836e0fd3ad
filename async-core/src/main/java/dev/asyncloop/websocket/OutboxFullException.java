package dev.asyncloop.websocket;

/**
 * The peer takes messages slower than they are sent, and so many wait already as may: thrown by {@link WebSocket#send}
 * under {@link dev.asyncloop.channel.Overflow#FAIL}. The message was not sent.
 */
public final class OutboxFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OutboxFullException(String message) {
        super(message);
    }
}
