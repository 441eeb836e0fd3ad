package dev.asyncloop.spring.web.stream;

import org.jspecify.annotations.Nullable;

/** What a handler sends its answer with. */
abstract sealed class OutgoingStream permits EventStream, ResponseStream {

    private volatile @Nullable StreamedAnswer answer;

    /** The call of the handler begins. */
    void begin(StreamedAnswer answer) {
        this.answer = answer;
    }

    /** The call of the handler has ended. */
    void end() {}

    abstract StreamedAnswer.Headers defaults();

    final StreamedAnswer answer() {
        StreamedAnswer current = answer;
        if (current == null) {
            throw new IllegalStateException("An answer is streamed by a @Coroutine handler that takes this stream as"
                    + " an argument, and by nobody else");
        }
        return current;
    }
}
