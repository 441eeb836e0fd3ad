package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    /** Gives one piece after the other; where there is none, a wait is cancelled. */
    private static LineReader reading(String... pieces) {
        Iterator<String> left = List.of(pieces).iterator();
        return new LineReader(
                new Reader() {
                    @Override
                    public int read(char[] target, int offset, int length) {
                        if (!left.hasNext()) {
                            return -1;
                        }
                        String piece = left.next();
                        if (piece.isEmpty()) {
                            throw new CancellationException();
                        }
                        piece.getChars(0, piece.length(), target, offset);
                        return piece.length();
                    }

                    @Override
                    public void close() {}
                },
                100);
    }

    @Test
    void aWaitThatIsCancelledLosesNothing() throws IOException {
        LineReader lines = reading("one\r", "", "\nt", "", "w", "", "o\nthr", "", "ee");
        assertThat(lines.next()).isEqualTo("one");
        assertThatThrownBy(lines::next).isInstanceOf(CancellationException.class);
        assertThatThrownBy(lines::next).isInstanceOf(CancellationException.class);
        assertThatThrownBy(lines::next).isInstanceOf(CancellationException.class);
        assertThat(lines.next()).isEqualTo("two");
        assertThatThrownBy(lines::next).isInstanceOf(CancellationException.class);
        assertThat(lines.next()).isEqualTo("three");
        assertThat(lines.next()).isNull();
    }

    @Test
    void theLastLineMayLackItsEndOrBeLeftOutThen() throws IOException {
        LineReader all = new LineReader(new StringReader("one\ntwo"), 100);
        assertThat(all.next()).isEqualTo("one");
        assertThat(all.next()).isEqualTo("two");
        assertThat(all.next()).isNull();
        LineReader ended = new LineReader(new StringReader("one\n\ntwo"), 100);
        assertThat(ended.nextEnded()).isEqualTo("one");
        assertThat(ended.nextEnded()).isEmpty();
        assertThat(ended.nextEnded()).isNull();
    }
}
