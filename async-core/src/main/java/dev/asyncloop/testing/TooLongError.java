package dev.asyncloop.testing;

/**
 * A loop with a {@link SteppedClock} has not become idle within the limit of real time, or what a test has waited for has
 * not come about. The message says what still runs, with the tree of coroutines. An assertion error, so that a test fails
 * and nobody catches it by mistake.
 */
public final class TooLongError extends AssertionError {

    private static final long serialVersionUID = 1L;

    TooLongError(String message) {
        super(message);
    }
}
