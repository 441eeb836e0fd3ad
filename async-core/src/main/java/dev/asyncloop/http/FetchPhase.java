package dev.asyncloop.http;

/** How far a fetch has come. */
public enum FetchPhase {
    /** It waits in line for a slot. */
    QUEUE,
    /** Its name is resolved, its connection made and secured. */
    CONNECT,
    /** The request is on its way, or the response. */
    RESPONSE
}
