package dev.asyncloop.http;

import java.time.Duration;

/**
 * Where the time of a fetch has gone, each from the call on.
 *
 * @param queued until it had a slot; after redirects, the last one
 * @param connected until it had a connection
 * @param firstByte until the response's status and headers were there
 * @param total until the body was complete
 */
public record FetchTimings(Duration queued, Duration connected, Duration firstByte, Duration total) {}
