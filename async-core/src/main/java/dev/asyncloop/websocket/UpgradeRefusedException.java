package dev.asyncloop.websocket;

/**
 * A request asks for no WebSocket, or not as RFC 6455 wants it; a server answers with {@link #status()} and this message.
 */
public final class UpgradeRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    UpgradeRefusedException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** Returns 400; or 426 (Upgrade Required) for another version than 13, which the answer's
     * {@code Sec-WebSocket-Version} is to name. */
    public int status() {
        return status;
    }
}
