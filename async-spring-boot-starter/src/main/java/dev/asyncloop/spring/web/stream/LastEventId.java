package dev.asyncloop.spring.web.stream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The id of the last event that a client has got before it has connected again, as an argument of a handler:
 * {@code @Nullable LastEventId last}, {@code null} for a client that comes for the first time. Without {@code @Nullable},
 * and not in an {@code Optional}, such a client gets 400.
 *
 * @param value the id, as it was given with the event
 */
public record LastEventId(String value) {

    /** The name of the header. */
    public static final String HEADER = "Last-Event-ID";

    /** Returns what the headers of a request say; {@code null} if nothing. */
    static @Nullable LastEventId of(HttpHeaders headers) {
        String value = headers.getFirst(HEADER);
        return value == null || value.isEmpty() ? null : new LastEventId(decode(value));
    }

    /** Headers are read as ISO 8859-1, but browsers send this one in UTF-8. */
    private static String decode(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException ex) {
            return value;
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
