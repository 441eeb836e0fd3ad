package dev.asyncloop.internal.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class LineTest {

    @Test
    void aPlaceThatWasLeftKeepsNobodyWhoCameLater() {
        Line<Object> line = new Line<>();
        Line<Object>.Place kept = line.join("first");
        Object later = new Object();
        WeakReference<Object> left = new WeakReference<>(later);
        Line<Object>.Place second = line.join(later);
        kept.leave();
        line.join("third");
        second.leave();
        later = null;
        second = null;
        for (int i = 0; i < 100 && left.get() != null; i++) {
            System.gc();
            Thread.yield();
        }
        assertThat(left.get()).isNull();
        kept.leave();
        assertThat(line).containsExactly("third");
        assertThat(line.size()).isEqualTo(1);
    }
}
