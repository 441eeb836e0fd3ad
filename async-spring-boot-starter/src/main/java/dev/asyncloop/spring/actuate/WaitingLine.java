package dev.asyncloop.spring.actuate;

import org.jspecify.annotations.Nullable;

/**
 * A line in which something waits, as {@code /actuator/ioloop} tells it. Numbers that nobody knows or that have no limit are
 * {@code null} and left out.
 *
 * @param name what it is the line of: {@code turn}, {@code executor}, {@code requests}, ...
 * @param active how many have what the others wait for
 * @param maxActive most that can have it
 * @param waiting how many wait
 * @param maxWaiting most that may wait
 * @param refused how many were refused so far because the line was full
 */
public record WaitingLine(
        String name,
        @Nullable Integer active,
        @Nullable Integer maxActive,
        int waiting,
        @Nullable Integer maxWaiting,
        @Nullable Long refused) {}
