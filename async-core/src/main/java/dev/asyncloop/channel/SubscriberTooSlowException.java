package dev.asyncloop.channel;

/**
 * A subscriber had no room for an item: thrown by {@link Topic#publish} under {@link Overflow#FAIL}, and to the subscriber
 * under {@link Overflow#CLOSE}.
 */
public class SubscriberTooSlowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a message that names the subscription and the way out. */
    public SubscriberTooSlowException(String message) {
        super(message);
    }
}
