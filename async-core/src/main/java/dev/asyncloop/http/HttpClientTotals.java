package dev.asyncloop.http;

import java.time.Duration;
import java.util.Map;

/**
 * What a client has done so far: numbers that only grow, for meters that are read from time to time. They are read one after
 * the other while the client works on, so that they need not fit each other exactly.
 *
 * @param requests how the requests have ended, and how long they took from the call on; each attempt of a
 *     {@link RetryPolicy} is one, redirects that were followed are a part of the one before
 * @param phases where their time has gone, those that are on their way not included. A phase counts for each request that has
 *     come to it, and more than once where a redirect or a lost connection has had it sent again; {@link Phase#RESOLVE},
 *     {@link Phase#CONNECT} and {@link Phase#TLS} only where a connection was made. What a failed request spent counts, too
 * @param refused how many were turned away because too many waited; they have failed, too
 * @param connected how many connections were made and used
 */
public record HttpClientTotals(
        Map<Outcome, Spent> requests, Map<Phase, Spent> phases, long refused, long connected) {

    /** How a request ends. */
    public enum Outcome {
        /** With a response, of which the body is complete or was closed by who reads it. */
        SUCCESS,
        /** With an exception; also because of its status. */
        FAILURE,
        /** Nobody wanted it any more. */
        CANCELLED
    }

    /** A part of a request's time; see {@link FetchTimings}. */
    public enum Phase {
        /** In line for a slot. */
        QUEUE,
        /** For the addresses of the name. */
        RESOLVE,
        /** For the connection. */
        CONNECT,
        /** To secure it. */
        TLS,
        /** To send the request, until status and headers were there. */
        FIRST_BYTE,
        /** Until the body was complete. */
        BODY
    }

    /**
     * How often, and how long.
     *
     * @param count how many there were
     * @param time how long they took together
     * @param longest the longest of the last 10 to 20 seconds
     */
    public record Spent(long count, Duration time, Duration longest) {}
}
