package dev.asyncloop;

import java.util.concurrent.RejectedExecutionException;

/**
 * The loop has as many live coroutines as its options allow; nothing was started.
 */
public class LoopFullException extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a message that names the thing, the limit and the way out. */
    public LoopFullException(String message) {
        super(message);
    }
}
