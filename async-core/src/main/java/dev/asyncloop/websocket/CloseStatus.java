package dev.asyncloop.websocket;

import java.nio.charset.StandardCharsets;

/**
 * The code and the reason with which one side ends a WebSocket (RFC 6455, section 7.4). Tornado's {@code close_code} and
 * {@code close_reason}.
 *
 * @param code 1000 to 4999
 * @param reason for logs and developers; may be empty
 */
public record CloseStatus(int code, String reason) {

    /** 1000: all is done. */
    public static final CloseStatus NORMAL = new CloseStatus(1000, "");

    /** 1005: the peer has closed and not said why. Never sent. */
    public static final CloseStatus NONE = new CloseStatus(1005, "");

    /** 1006: the connection has ended without a word. Never sent. */
    public static final CloseStatus LOST = new CloseStatus(1006, "");

    static final int GOING_AWAY = 1001;

    static final int PROTOCOL_ERROR = 1002;

    static final int UNSUPPORTED_DATA = 1003;

    static final int BAD_DATA = 1007;

    static final int TOO_BIG = 1009;

    static final int INTERNAL_ERROR = 1011;

    static final int TRY_AGAIN_LATER = 1013;

    private static final int MOST_BYTES = 123;

    /** Returns whether this is an end to be expected: 1000, 1001 (a browser's page was left), or no code at all. */
    public boolean isNormal() {
        return code == NORMAL.code || code == GOING_AWAY || code == NONE.code;
    }

    /** Returns whether a close frame may carry this code. */
    static boolean mayBeSent(int code) {
        return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999;
    }

    /**
     * Makes a status that is to be sent.
     * @throws IllegalArgumentException if it can't be
     */
    static CloseStatus toSend(int code, String reason) {
        if (!mayBeSent(code)) {
            throw new IllegalArgumentException("A WebSocket can't be closed with code " + code
                    + "; take 1000, one of 3000 to 4999, or another one that RFC 6455 allows in a close frame");
        }
        int length = reason.getBytes(StandardCharsets.UTF_8).length;
        if (length > MOST_BYTES) {
            throw new IllegalArgumentException("The reason '" + reason + "' has " + length
                    + " bytes, but a close frame has room for " + MOST_BYTES + "; say it in a message before");
        }
        return new CloseStatus(code, reason);
    }

    @Override
    public String toString() {
        return reason.isEmpty() ? String.valueOf(code) : code + " (" + reason + ")";
    }
}
