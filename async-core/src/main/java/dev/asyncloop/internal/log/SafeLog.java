package dev.asyncloop.internal.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Logs failures whose own methods may fail. A carrier, or who hands on the turn, must not end because it can't say what
 * has happened.
 */
public final class SafeLog {

    private SafeLog() {}

    /** Logs an error; never throws. */
    public static void error(Logger log, Throwable failure, String message, @Nullable Object... arguments) {
        try {
            log.error(message, with(arguments, failure));
        } catch (Throwable ex) {
            describe(log, failure, message, arguments);
        }
    }

    private static void describe(Logger log, Throwable failure, String message, @Nullable Object... arguments) {
        try {
            log.error(
                    message + ": a {}, which can't be logged",
                    with(arguments, failure.getClass().getName()));
        } catch (Throwable ex) {
            // there is nothing left to say it with
        }
    }

    private static @Nullable Object[] with(@Nullable Object[] arguments, Object last) {
        @Nullable Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = last;
        return all;
    }
}
