package dev.asyncloop;

import java.util.concurrent.RejectedExecutionException;

/**
 * The loop is closing or closed and takes no new work; what was handed in was not started.
 */
public class LoopClosedException extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a message that names the thing, the limit and the way out. */
    public LoopClosedException(String message) {
        super(message);
    }
}
