package dev.asyncloop.http;

import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers some URLs by the text that they were made of: a program fetches the same few again and again, and to read one
 * costs more than to look it up. What does not fit is made anew. Any thread: an entry never changes, and to lose one does
 * no harm.
 */
final class UriMemo {

    /** A power of two. */
    private static final int SIZE = 256;

    /** Longer ones come once, most probably. */
    private static final int LONGEST = 200;

    private final @Nullable Entry[] entries = new Entry[SIZE];

    /** Returns what is made of this text: as it was made before, or now. Remembers no failure, and no credentials. */
    URI get(String text, Function<String, URI> make) {
        int hash = text.hashCode();
        int index = (hash ^ hash >>> 16) & SIZE - 1;
        Entry known = entries[index];
        if (known != null && known.text.equals(text)) {
            return known.uri;
        }
        URI uri = make.apply(text);
        if (text.length() <= LONGEST && uri.getRawUserInfo() == null) {
            entries[index] = new Entry(text, uri);
        }
        return uri;
    }

    private record Entry(String text, URI uri) {}
}
