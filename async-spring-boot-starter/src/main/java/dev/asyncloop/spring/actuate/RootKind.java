package dev.asyncloop.spring.actuate;

/** What a coroutine belongs to. */
public enum RootKind {
    /** A request: its handler, a filter. */
    REQUEST,
    /** A connection of a WebSocket handler. */
    WEBSOCKET,
    /** A run of a periodic callback. */
    PERIODIC,
    /** Something else that was started on the loop. */
    OTHER
}
