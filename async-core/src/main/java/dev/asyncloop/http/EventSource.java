package dev.asyncloop.http;

import java.time.Duration;

/**
 * The events of a server, one after the other, over as many connections as it takes. The {@code EventSource} of browsers,
 * as an iteration; for a coroutine.
 *
 * <pre>{@code
 * try (EventSource events = http.events(FetchRequest.get(url).build())) {
 *     for (ServerSentEvent event : events) {      // each step waits for the next one
 *         handle(event.data());
 *     }
 * }
 * }</pre>
 *
 * <p>It connects at the first step. When a connection ends or breaks, it waits (as long as the server has said with
 * {@code retry}, but at least 100 ms, or {@link #withRetry}; twice as long after each connection that could not be made, up to a minute), and
 * connects again, with the last event's id as {@code Last-Event-ID}. It ends when the server answers 204, or after
 * {@link #close}. What ends it with a {@link FetchException}: a failure of the very first connection; another status than
 * 200, but for 429 and 5xx when reconnecting; another content type ({@link BrokenEventStreamException}); and so
 * many connections in a row that could not be made as {@link #withMaxFailures} says.
 *
 * <p>{@code timeout} is the limit for each connection until its status and headers are there; a connection on which
 * nothing comes for {@code readTimeout}, the request's or else the client's, by default a minute, counts as broken. Servers send
 * comments to keep connections alive.
 *
 * <p>By one coroutine at a time, to which the connection belongs then. Where a step connects within
 * {@code Async.withTimeout}, and that limit passes before its body ends, the connection is closed with it; the next step
 * connects again, without waiting.
 */
public interface EventSource extends Iterable<ServerSentEvent>, AutoCloseable {

    /** Sets how long to wait before reconnecting as long as the server has not said it; 3 s by default. Returns this. */
    EventSource withRetry(Duration retry);

    /** Sets how many connections in a row may fail; 10 by default. Returns this. */
    EventSource withMaxFailures(int maxFailures);

    /**
     * Sets the last event's id, as kept from an earlier time: connections ask for what comes after it, until the server
     * gives an id of its own, be it an empty one. Returns this.
     * @throws IllegalArgumentException if it has control characters
     */
    EventSource withLastEventId(String id);

    /**
     * Returns the id of the last whole event, which an earlier one may have given, or {@link #withLastEventId}; empty if
     * nobody has.
     */
    String lastEventId();

    /** Closes the connection, and ends the iteration. Idempotent; does not wait. Any thread. */
    @Override
    void close();
}
