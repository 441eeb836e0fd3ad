package dev.asyncloop.spring.actuate;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A periodic callback that is late, as the health of the loop tells it.
 *
 * @param name its name
 * @param due when its next call was due, if that has not begun
 * @param runningSince when the call that runs has begun, if one does
 */
public record OverduePeriodic(
        String name, @Nullable Instant due, @Nullable Instant runningSince) {}
