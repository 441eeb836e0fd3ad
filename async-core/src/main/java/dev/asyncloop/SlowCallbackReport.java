package dev.asyncloop;

import dev.asyncloop.internal.turn.Successor;
import dev.asyncloop.internal.turn.Turn;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
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
        Thread thread = coroutine != null ? coroutine.thread() : null;
        if (coroutine == null || thread == null) {
            return;
        }
        Thread.State state = thread.getState();
        StackTraceElement[] stack = thread.getStackTrace();
        Hold hold = Hold.of(state, stack);
        Object blocker = LockSupport.getBlocker(thread);
        log.warn(
                "'{}' has kept the turn of '{}' for {} ms (limit: {} ms) and {} wait behind it: it {}{}. {}. It is here:{}",
                coroutine.name(),
                options.name(),
                Duration.ofNanos(heldNanos).toMillis(),
                options.slowCallback().toMillis(),
                turn.waiting(),
                hold.what(),
                hold == Hold.WAITS && blocker != null
                        ? ", for a " + blocker.getClass().getName()
                        : "",
                hold.advice(),
                Arrays.stream(stack)
                        .map(frame -> System.lineSeparator() + "\tat " + frame)
                        .collect(Collectors.joining()));
    }
}
