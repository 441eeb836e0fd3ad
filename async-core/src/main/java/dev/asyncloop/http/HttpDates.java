package dev.asyncloop.http;

import io.netty.handler.codec.DateFormatter;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** The dates in headers: {@code Sun, 06 Nov 1994 08:49:37 GMT}, and the older forms of it when they are read. */
final class HttpDates {

    private HttpDates() {}

    static String format(Instant time) {
        return DateFormatter.format(Date.from(time));
    }

    static @Nullable Instant parse(@Nullable String text) {
        Date date = text == null || text.isBlank() ? null : DateFormatter.parseHttpDate(text.strip());
        return date == null ? null : date.toInstant();
    }
}
