package dev.asyncloop.http;

/** How far a fetch has come. */
public enum FetchPhase {
    /** It waits in line for a slot. */
    QUEUE,
    /** Its name is resolved, its connection made and secured. */
    CONNECT,
    /** The request's body is being produced and sent. One that is there from the start is sent at once. */
    REQUEST,
    /** The request has been sent, and its response awaited. */
    RESPONSE,
    /** Status and headers are there, and the response's body comes. */
    BODY
}
