package dev.asyncloop.websocket;

/** Whether messages are compressed, as {@code permessage-deflate} (RFC 7692), if both sides want it. */
public enum Compression {

    /** Not compressed, and not offered. Tornado's default. */
    OFF,

    /**
     * Compressed, each message with what is known from those before. Costs some 300 KB of native memory per connection from
     * its first message on.
     */
    ON,

    /** Compressed, each message by itself: larger, but without memory while no message is on its way. */
    WITHOUT_CONTEXT
}
