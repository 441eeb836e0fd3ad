package dev.asyncloop;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a coroutine waits with; meant for static imports. Each method but {@link #spawn} gives the turn to the others
 * while it waits and returns the value; between two of them nobody else runs.
 *
 * <p>All of them belong inside a coroutine: a {@code @Coroutine} handler, a callback or timer of the loop, a
 * {@code @Periodic} method, what was spawned. Elsewhere they fail at once with {@link IllegalStateException}. When
 * the coroutine is cancelled, the current or next wait throws {@link java.util.concurrent.CancellationException}, and
 * so does every further one outside of {@link #shielded}.
 */
public final class Async {

    private Async() {}

    /** Returns whether the caller is a coroutine that has the turn, so that it may wait with this class. Never fails. */
    public static boolean inCoroutine() {
        return Coroutine.withTurn() != null;
    }

    /**
     * Waits for a stage and returns its value. A stage that is done costs no turn, within a budget of 1 ms or 128 such
     * waits. Tornado's {@code await}.
     * @throws RuntimeException the stage's own unchecked failure
     * @throws java.util.concurrent.CompletionException around a checked failure
     */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        return Coroutine.current("await").await(stage);
    }

    /**
     * Subscribes to a {@code Mono} on the event loop, with the coroutine's context, and waits for its value; {@code null}
     * if it ends empty. A cancelled wait cancels the subscription.
     */
    public static <T> @Nullable T await(Mono<T> mono) {
        return Coroutine.current("await").await(mono);
    }

    /** Waits at least this long; zero or less gives the others one turn. Tornado's {@code gen.sleep}. */
    public static void sleep(Duration duration) {
        Coroutine.current("sleep").sleep(duration);
    }

    /** Gives everyone who is ready now a turn. Tornado's {@code gen.moment}. */
    public static void yieldNow() {
        Coroutine.current("yieldNow").yieldNow();
    }

    /**
     * Waits for all stages and returns their values in the same order. The first failure in time is thrown, and
     * cancels the rest; so does a cancellation of this wait. Tornado's {@code gen.multi} waits for all even then.
     */
    public static <T extends @Nullable Object> List<T> gather(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return Coroutine.current("gather").gather(stages);
    }

    /**
     * Runs {@code body} in this coroutine with a limit on its waits. When it passes, the current or next wait in
     * {@code body} is cancelled, and so is every task that {@code body} started. Tornado's {@code gen.with_timeout}.
     * @throws AsyncTimeoutException if the limit has ended the body; a body that returns a value all the same keeps it
     * @throws java.util.concurrent.CompletionException around a checked exception of {@code body}
     */
    public static <T extends @Nullable Object> T withTimeout(Duration limit, Callable<T> body) {
        return Coroutine.current("withTimeout").withTimeout(limit, body);
    }

    /**
     * Runs {@code body} with cancellation, also by interrupt, kept outside: for clean-up that has to wait. The
     * cancellation is thrown by the next wait after it.
     * @throws java.util.concurrent.CompletionException around a checked exception of {@code body}
     */
    public static <T extends @Nullable Object> T shielded(Callable<T> body) {
        return Coroutine.current("shielded").shielded(body);
    }

    /**
     * Runs {@code body}, which blocks in the JDK, with the turn given away, and takes the turn back afterwards. For
     * sockets, locks, queues and processes; CPU work, file I/O and DNS belong into {@link IOLoop#runInExecutor}. In
     * {@code body} this coroutine is outside the loop: others run meanwhile, and {@code await} fails. Cancellation
     * interrupts it.
     * @throws java.util.concurrent.CompletionException around a checked exception of {@code body}
     */
    public static <T extends @Nullable Object> T blocking(Callable<T> body) {
        return Coroutine.current("blocking").blocking(body);
    }

    /**
     * Starts a child of this coroutine in a later turn. Does not wait. The child is cancelled when this coroutine ends.
     * @throws LoopFullException if too many coroutines are alive
     */
    public static <T extends @Nullable Object> Task<T> spawn(Callable<T> child) {
        return Coroutine.current("spawn").spawnChild(child);
    }
}
