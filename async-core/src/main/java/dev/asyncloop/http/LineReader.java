package dev.asyncloop.http;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Lines up to a length, ended by LF, CR or CRLF. A line is there as soon as its end is: after a CR nothing is waited for. Where
 * reading fails, as a wait that is cancelled does, the next attempt goes on where it was.
 */
public final class LineReader {

    private final Reader in;

    private final int maxLength;

    private final char[] buffer = new char[8192];

    private int position;

    private int limit;

    private boolean afterCarriageReturn;

    /** What was read of a line whose end was not. */
    private @Nullable StringBuilder begun;

    /**
     * Makes a reader.
     * @param maxLength how many characters a line may have
     */
    public LineReader(Reader in, int maxLength) {
        this.in = in;
        this.maxLength = maxLength;
    }

    /**
     * Returns the next line, which at the end may lack its line break.
     * @return {@code null} if there is none
     * @throws LineTooLongException if it is longer than allowed
     */
    public @Nullable String next() throws IOException {
        String ended = nextEnded();
        StringBuilder rest = begun;
        if (ended != null || rest == null) {
            return ended;
        }
        begun = null;
        return rest.toString();
    }

    /**
     * Returns the next line that has its line break.
     * @return {@code null} if there is none; what is left then is no whole line
     * @throws LineTooLongException if it is longer than allowed
     */
    @Nullable
    String nextEnded() throws IOException {
        while (true) {
            if (position >= limit) {
                int count = in.read(buffer);
                position = 0;
                limit = Math.max(count, 0);
                if (count < 0) {
                    return null;
                }
            }
            if (afterCarriageReturn) {
                afterCarriageReturn = false;
                if (limit > position && buffer[position] == '\n') {
                    position++;
                    continue;
                }
            }
            int end = position;
            while (end < limit && buffer[end] != '\n' && buffer[end] != '\r') {
                end++;
            }
            StringBuilder line = begun;
            if (line == null) {
                line = new StringBuilder(end - position);
            }
            if (line.length() + (end - position) > maxLength) {
                throw new LineTooLongException(maxLength);
            }
            line.append(buffer, position, end - position);
            position = end;
            if (end < limit) {
                afterCarriageReturn = buffer[end] == '\r';
                position++;
                begun = null;
                return line.toString();
            }
            begun = line;
        }
    }

    /** A line is longer than allowed. */
    public static final class LineTooLongException extends IOException {

        private static final long serialVersionUID = 1L;

        LineTooLongException(int maxLength) {
            super("A line is longer than " + maxLength + " characters");
        }
    }
}
