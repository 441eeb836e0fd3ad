package dev.asyncloop.http;

import java.time.Duration;

/**
 * Where the time of a fetch has gone, by the loop's clock. {@code total} is the sum of all others. Those after
 * {@code earlier} are of the last request alone; what a failed fetch has not come to is zero. Tornado's
 * {@code time_info}, and always filled.
 *
 * @param earlier for requests before the last one: those that were redirected, and attempts that failed, with the pauses
 *     after them
 * @param queue in line for a slot
 * @param resolve for the addresses of the name; zero, as the next two, where a kept-alive connection was used
 * @param connect for the connection, a proxy's answer included; with HTTP/2 also for one that somebody else makes
 * @param tls to secure it
 * @param firstByte to send the request, until status and headers were there
 * @param body until the body was complete
 * @param total from the call to the end
 */
public record FetchTimings(
        Duration earlier,
        Duration queue,
        Duration resolve,
        Duration connect,
        Duration tls,
        Duration firstByte,
        Duration body,
        Duration total) {

    /** Returns the timings of what ends now, before its last request has begun. */
    static FetchTimings before(Duration total) {
        Duration none = Duration.ZERO;
        return new FetchTimings(total, none, none, none, none, none, none, total);
    }

    /** Returns these timings as those of the last of several attempts. */
    FetchTimings within(Duration total) {
        Duration before = total.minus(this.total);
        return new FetchTimings(earlier.plus(before), queue, resolve, connect, tls, firstByte, body, total);
    }
}
