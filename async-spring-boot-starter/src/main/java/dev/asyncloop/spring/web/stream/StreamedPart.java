package dev.asyncloop.spring.web.stream;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A part of a multipart request, while its content comes. What is not read is skipped when the next part is asked for.
 */
public final class StreamedPart extends StreamedContent {

    private final HttpHeaders headers;

    /** Waits for the next piece of a part; {@code null} at its end. */
    private final Function<StreamedPart, byte @Nullable []> source;

    StreamedPart(HttpHeaders headers, Function<StreamedPart, byte @Nullable []> source) {
        this.headers = headers;
        this.source = source;
    }

    @Override
    public HttpHeaders headers() {
        return headers;
    }

    /** Returns the name of the form's field; empty if it has none. */
    public String name() {
        String name = headers.getContentDisposition().getName();
        return name != null ? name : "";
    }

    /** Returns the name of the file, as the client says it: no path to be trusted. {@code null} if this is no file. */
    public @Nullable String filename() {
        return headers.getContentDisposition().getFilename();
    }

    /** Returns whether this is a file, and not the value of another field. */
    public boolean isFile() {
        return filename() != null;
    }

    @Override
    byte @Nullable [] take() {
        return source.apply(this);
    }

    @Override
    public String toString() {
        return "Part '" + name() + "'";
    }
}
