package dev.asyncloop.websocket;

import dev.asyncloop.Async;
import dev.asyncloop.Task;
import dev.asyncloop.channel.ReceiveChannel;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Sends what comes out of a channel, in a coroutine of its own. It takes no item before there is room for it, and hands
 * over what it has taken without waiting: so who cancels it, or closes the WebSocket, finds the rest in the channel.
 */
final class Forwarding {

    private final LoopWebSocket socket;

    private final ReceiveChannel<?> items;

    private @Nullable Task<@Nullable Void> task;

    Forwarding(LoopWebSocket socket, ReceiveChannel<?> items) {
        this.socket = socket;
        this.items = items;
    }

    Task<@Nullable Void> start() {
        Task<@Nullable Void> started = Async.spawn("forward to " + socket.uri(), this::run);
        task = started;
        return started;
    }

    private void run() {
        socket.outboxSide().join(this);
        try {
            Object item;
            while ((item = next()) != null) {
                socket.pass(item);
            }
        } finally {
            socket.outboxSide().leave(this);
        }
    }

    private @Nullable Object next() {
        try {
            return socket.awaitRoom() ? items.receiveOrNull() : null;
        } catch (CancellationException ex) {
            if (socket.isClosed()) {
                return null; // who receives gets to know of it
            }
            throw ex;
        }
    }

    /** The WebSocket takes no more. Any thread. */
    void end() {
        if (task != null) {
            task.cancel(false);
        }
    }
}
