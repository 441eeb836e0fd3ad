package dev.asyncloop.testing;

/**
 * Nothing on a {@link VirtualTimeLoop} can go on, and somebody waits for it. The message has the tree of coroutines, and
 * names those that wait for something outside of virtual time. An assertion error, so that a test fails and nobody
 * catches it by mistake.
 */
public final class DeadlockError extends AssertionError {

    private static final long serialVersionUID = 1L;

    DeadlockError(String message) {
        super(message);
    }
}
