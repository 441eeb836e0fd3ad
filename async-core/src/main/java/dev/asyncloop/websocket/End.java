package dev.asyncloop.websocket;

import org.jspecify.annotations.Nullable;

/**
 * How a WebSocket has ended, and what those who come after the end get to know of it.
 *
 * @param what the half of a sentence
 * @param normal whether an iteration ends with it, instead of throwing it
 */
record End(
        CloseStatus status,
        String what,
        boolean normal,
        @Nullable Throwable cause) {

    static End byUs(CloseStatus status) {
        return new End(status, "was closed by this side with " + status, true, null);
    }

    static End byPeer(CloseStatus status) {
        String what = status.code() == CloseStatus.NONE.code() ? "without a code" : "with " + status;
        return new End(status, "was closed by the peer " + what, status.isNormal(), null);
    }

    /** Something is wrong, and this side closes because of it. */
    static End failed(CloseStatus status, @Nullable Throwable cause) {
        return new End(status, "was closed by this side with " + status, false, cause);
    }

    static End lost(@Nullable Throwable cause) {
        return new End(CloseStatus.LOST, "has lost its connection", false, cause);
    }

    WebSocketClosedException forReceiver(Object socket) {
        return new WebSocketClosedException(socket + " " + what + " and has no more messages", status, cause);
    }

    WebSocketClosedException forSender(Object socket) {
        return new WebSocketClosedException(socket + " " + what + " and takes no more messages", status, cause);
    }
}
