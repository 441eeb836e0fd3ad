package dev.asyncloop.websocket;

/** What a client has to end when it is closed: a WebSocket that is open, or on its way to be. On the event loop. */
interface Active {

    /** The client, or its loop, is closed. */
    void clientClosed();
}
