package dev.asyncloop;

import dev.asyncloop.internal.turn.Successor;
import dev.asyncloop.internal.turn.Turn;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, while it happens, which coroutine keeps the turn too long: its name, its stack, and how many wait behind it.
 */
final class SlowCallbackReport implements BiConsumer<Successor, Long> {

    private static final Logger log = LoggerFactory.getLogger(IOLoop.class);

    private final IOLoopOptions options;

    private final Turn turn;

    SlowCallbackReport(IOLoopOptions options, Turn turn) {
        this.options = options;
        this.turn = turn;
    }

    @Override
    public void accept(Successor holder, Long heldNanos) {
        Coroutine<?> coroutine = Coroutine.of(holder);
        if (coroutine != null) {
            Thread thread = coroutine.thread();
            String stack = thread == null
                    ? ""
                    : Arrays.stream(thread.getStackTrace())
                            .map(frame -> System.lineSeparator() + "\tat " + frame)
                            .collect(Collectors.joining());
            log.warn(
                    "'{}' has kept the turn of '{}' for {} ms (limit: {} ms) and {} wait behind it. A JDK call that blocks belongs"
                            + " into `Async.blocking` or behind @Blocking; CPU work, file I/O and DNS into"
                            + " `runInExecutor`. It is here:{}",
                    coroutine.name(),
                    options.name(),
                    Duration.ofNanos(heldNanos).toMillis(),
                    options.slowCallback().toMillis(),
                    turn.waiting(),
                    stack);
        }
    }
}
