package dev.asyncloop;

/**
 * A limit given to {@link Async#withTimeout}, {@link Task#orTimeout} or {@link IOLoop#runSync} has passed. Tornado's
 * {@code TimeoutError}.
 */
public class AsyncTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a message that names the thing, the limit and the way out. */
    public AsyncTimeoutException(String message) {
        super(message);
    }
}
