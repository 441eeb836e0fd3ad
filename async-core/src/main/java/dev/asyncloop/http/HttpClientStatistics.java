package dev.asyncloop.http;

import java.util.List;

/**
 * What a client has to do, at one moment. The numbers are read one after the other while the client works on, so that they
 * need not fit each other exactly.
 *
 * @param active requests that have a slot
 * @param queued requests that wait for one
 * @param connections connections that requests have used and that are open
 * @param idle those of them that no request uses now
 * @param origins the same for each scheme, host and port that has any of these, by name
 */
public record HttpClientStatistics(int active, int queued, int connections, int idle, List<Origin> origins) {

    /**
     * The numbers of one origin.
     *
     * @param name scheme, host and port, such as {@code https://a.example:443}
     * @param active requests that have a slot
     * @param queued requests that wait for one
     * @param connections open connections
     * @param idle those of them that no request uses now
     */
    public record Origin(String name, int active, int queued, int connections, int idle) {}
}
