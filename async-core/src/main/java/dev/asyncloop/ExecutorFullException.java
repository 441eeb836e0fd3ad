package dev.asyncloop;

import java.util.concurrent.RejectedExecutionException;

/**
 * All threads of the loop's executor are busy and its waiting line is full; nothing was started.
 */
public class ExecutorFullException extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a message that names the thing, the limit and the way out. */
    public ExecutorFullException(String message) {
        super(message);
    }
}
