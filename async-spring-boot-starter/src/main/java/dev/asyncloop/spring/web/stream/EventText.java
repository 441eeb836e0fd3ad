package dev.asyncloop.spring.web.stream;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes an event in the format of WHATWG's <i>server-sent events</i>. */
final class EventText {

    private final StringBuilder text = new StringBuilder();

    EventText comment(@Nullable String comment) {
        return comment == null ? this : lines("", comment);
    }

    /** A client would not keep an id with a NUL, and a line break would end it; other control characters fit in no header. */
    EventText id(@Nullable String id) {
        if (id == null) {
            return this;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c < ' ' && c != '\t' || c == 127) {
                throw refused("id", id, i);
            }
        }
        return field("id", id);
    }

    EventText event(@Nullable String event) {
        if (event == null) {
            return this;
        }
        for (int i = 0; i < event.length(); i++) {
            char c = event.charAt(i);
            if (c == '\n' || c == '\r' || c == 0) {
                throw refused("event", event, i);
            }
        }
        return field("event", event);
    }

    private static IllegalArgumentException refused(String field, String value, int place) {
        return new IllegalArgumentException("The " + field + " of an event is one line of text, but \""
                + value.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0") + "\" has U+"
                + String.format("%04X", (int) value.charAt(place)) + " at " + place + "; put such text into its data");
    }

    EventText retry(@Nullable Duration retry) {
        if (retry == null) {
            return this;
        }
        if (retry.isNegative()) {
            throw new IllegalArgumentException("retry must not be negative, but was " + retry);
        }
        return field("retry", Long.toString(retry.toMillis()));
    }

    EventText data(@Nullable String data) {
        return data == null ? this : lines("data", data);
    }

    /** A field for each line, which the client joins with line feeds. */
    private EventText lines(String name, String value) {
        int from = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\n' || c == '\r') {
                field(name, value, from, i);
                if (c == '\r' && i + 1 < value.length() && value.charAt(i + 1) == '\n') {
                    i++;
                }
                from = i + 1;
            }
        }
        return field(name, value, from, value.length());
    }

    private EventText field(String name, String value) {
        return field(name, value, 0, value.length());
    }

    private EventText field(String name, String value, int from, int to) {
        text.append(name).append(": ").append(value, from, to).append('\n');
        return this;
    }

    byte[] toBytes() {
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }
}
