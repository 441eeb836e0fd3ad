package dev.asyncloop.spring.actuate;

import java.util.List;

/**
 * Adds lines to those of {@code /actuator/ioloop}; to be declared as a bean. Any thread: must not wait for the loop.
 */
@FunctionalInterface
public interface WaitingLines {

    /** Returns the lines as they are now. */
    List<WaitingLine> lines();
}
