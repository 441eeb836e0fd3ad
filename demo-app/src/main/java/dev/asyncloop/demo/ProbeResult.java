package dev.asyncloop.demo;

import org.jspecify.annotations.Nullable;

/**
 * What one fetch found.
 *
 * @param millis how long it took
 * @param status the HTTP status, if there was an answer
 * @param problem what is wrong, if it is down
 */
record ProbeResult(
        State state,
        long millis,
        @Nullable Integer status,
        @Nullable String problem) {}
