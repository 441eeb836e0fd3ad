package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The client's address filter does not let it connect there.
 */
public final class AddressNotAllowedException extends FetchException {

    private static final long serialVersionUID = 1L;

    AddressNotAllowedException(String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
    }
}
