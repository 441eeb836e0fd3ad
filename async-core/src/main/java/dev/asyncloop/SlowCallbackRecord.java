package dev.asyncloop;

import java.time.Instant;

/**
 * One of the last slow callbacks; see {@link IOLoop#slowCallbacks()}.
 *
 * @param begun when it began to hold the loop, by the system's clock
 * @param over whether it has let it go
 * @param callback what was seen of it; {@link SlowCallback#heldFor} is in all, or so far if it is not over
 */
public record SlowCallbackRecord(Instant begun, boolean over, SlowCallback callback) {}
