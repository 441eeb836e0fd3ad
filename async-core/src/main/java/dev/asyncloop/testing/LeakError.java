package dev.asyncloop.testing;

/**
 * Coroutines or timers are left on a loop after the end of the test that has started them. The message names each.
 */
public final class LeakError extends AssertionError {

    private static final long serialVersionUID = 1L;

    LeakError(String message) {
        super(message);
    }
}
