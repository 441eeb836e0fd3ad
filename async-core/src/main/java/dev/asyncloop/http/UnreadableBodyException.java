package dev.asyncloop.http;

import java.lang.reflect.Type;

/**
 * A body is not of the type that it was to be read as. Names the type and shows the beginning of the body; the cause is the
 * codec's.
 */
public final class UnreadableBodyException extends FetchException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 200;

    private final transient Type type;

    private final transient FetchResponse response;

    UnreadableBodyException(Type type, FetchResponse response, RuntimeException cause) {
        super(
                "the body (status " + response.status() + ", "
                        + response.headers().contentType() + ", "
                        + response.bytes().length + " bytes) can't be read as " + type.getTypeName() + ": '"
                        + beginning(response.text()) + "'; ask for the type that it has, or look at `text()`",
                new Attempt(
                        response.request().method(), response.effectiveUri(), FetchPhase.RESPONSE, response.timings()),
                cause);
        this.type = type;
        this.response = response;
    }

    private static String beginning(String text) {
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
        return shown.replaceAll("\\p{Cntrl}", " ");
    }

    /** Returns the type. */
    public Type type() {
        return type;
    }

    /** Returns the response. */
    public FetchResponse response() {
        return response;
    }
}
