package dev.asyncloop.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes events of lines, as WHATWG's <i>interpreting an event stream</i> has it. */
final class EventParser {

    private static final String DEFAULT_EVENT = "message";

    private final StringBuilder data = new StringBuilder();

    private String event = "";

    /** Of the last event that is complete: what a connection can go on after. */
    private String lastId = "";

    /** What the event on its way, or an earlier one, has for its id. */
    private String idBuffer = "";

    private @Nullable Duration retry;

    private @Nullable Duration retryOfEvent;

    private boolean hasData;

    /**
     * Takes a line.
     * @return the event that it completes, or {@code null}
     */
    @Nullable
    ServerSentEvent take(String line) {
        if (line.isEmpty()) {
            return dispatch();
        }
        int colon = line.indexOf(':');
        if (colon == 0) {
            return null; // a comment
        }
        String field = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
        switch (field) {
            case "event" -> event = value;
            case "data" -> {
                if (hasData) {
                    data.append('\n');
                }
                hasData = true;
                data.append(value);
            }
            case "id" -> {
                if (isId(value)) {
                    idBuffer = value;
                }
            }
            case "retry" -> takeRetry(value);
            default -> {
                // unknown fields are ignored
            }
        }
        return null;
    }

    /** Returns whether an id can be sent back in a header. By the standard only NUL makes it none. */
    static boolean isId(String value) {
        return value.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 127);
    }

    private void takeRetry(String value) {
        if (!value.isEmpty() && value.length() <= 12 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            retry = Duration.ofMillis(Long.parseLong(value));
            retryOfEvent = retry;
        }
    }

    private @Nullable ServerSentEvent dispatch() {
        lastId = idBuffer;
        ServerSentEvent complete = hasData
                ? new ServerSentEvent(lastId, event.isEmpty() ? DEFAULT_EVENT : event, data.toString(), retryOfEvent)
                : null;
        clear();
        return complete;
    }

    /** The stream has ended: an event without its empty line does not count, nor does its id. */
    void forgetIncomplete() {
        idBuffer = lastId;
        clear();
    }

    private void clear() {
        data.setLength(0);
        hasData = false;
        event = "";
        retryOfEvent = null;
    }

    /** Returns how many characters the event has so far that is not complete yet. */
    int size() {
        return data.length();
    }

    /** Goes on after an event, as if a stream before had ended with it. */
    void resumeAfter(String id) {
        lastId = id;
        idBuffer = id;
    }

    String lastId() {
        return lastId;
    }

    /** Returns what the server wants to be waited before reconnecting, if it has said so. */
    @Nullable
    Duration retry() {
        return retry;
    }
}
