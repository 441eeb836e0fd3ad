package dev.asyncloop;

/**
 * Thrown by the body of a {@link PeriodicCallback} that finds that this call is not for it, because somebody else has done the
 * work already or is about to. The call counts as skipped and not as failed; it is logged with its message, without a stack,
 * and at debug level only.
 */
public class PeriodicSkippedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with the reason. */
    public PeriodicSkippedException(String message) {
        super(message);
    }
}
