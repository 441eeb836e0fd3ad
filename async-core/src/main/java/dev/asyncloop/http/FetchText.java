package dev.asyncloop.http;

import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which charset a body's text is in, as WHATWG's <i>decode</i> has it: a byte order mark says so; else the content type;
 * else, and where the content type names a charset that this JVM does not know, it is UTF-8.
 */
final class FetchText {

    /** Longest byte order mark. */
    static final int MARK = 3;

    private FetchText() {}

    static String decode(byte[] body, @Nullable String contentType) {
        Marked marked = charset(body, body.length, contentType);
        return new String(body, marked.length(), body.length - marked.length(), marked.charset());
    }

    /** Returns the charset of a body that begins with these bytes, and how long its byte order mark is. */
    static Marked charset(byte[] start, int length, @Nullable String contentType) {
        int first = length > 0 ? start[0] & 0xff : -1;
        int second = length > 1 ? start[1] & 0xff : -1;
        if (first == 0xef && second == 0xbb && length > 2 && (start[2] & 0xff) == 0xbf) {
            return new Marked(StandardCharsets.UTF_8, 3);
        }
        if (first == 0xfe && second == 0xff) {
            return new Marked(StandardCharsets.UTF_16BE, 2);
        }
        if (first == 0xff && second == 0xfe) {
            return new Marked(StandardCharsets.UTF_16LE, 2);
        }
        return new Marked(
                contentType == null ? StandardCharsets.UTF_8 : HttpUtil.getCharset(contentType, StandardCharsets.UTF_8),
                0);
    }

    /** Returns whether these bytes are the beginning of a byte order mark that is not complete. */
    static boolean mayBecomeMark(byte[] start, int length) {
        int first = length > 0 ? start[0] & 0xff : -1;
        return switch (length) {
            case 0 -> true;
            case 1 -> first == 0xef || first == 0xfe || first == 0xff;
            case 2 -> first == 0xef && (start[1] & 0xff) == 0xbb;
            default -> false;
        };
    }

    record Marked(Charset charset, int length) {}
}
