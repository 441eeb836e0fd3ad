package dev.asyncloop.channel;

import org.jspecify.annotations.Nullable;

/**
 * A channel or topic was closed: it takes no more items, or has none left. Its cause is what it was closed with.
 */
public class ChannelClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Makes one with a message that names the thing and the way out. */
    public ChannelClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
