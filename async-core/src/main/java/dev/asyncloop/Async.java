package dev.asyncloop;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a coroutine waits with; meant for static imports. A method that waits gives the turn to the others meanwhile and
 * returns when it has what it waits for; between two of them nobody else runs. {@link #spawn}, {@link #checkpoint} and
 * {@link #inCoroutine} do not wait.
 *
 * <p>All of them belong inside a coroutine: a {@code @Coroutine} handler, a callback or timer of the loop, a
 * {@code @Periodic} method, what was spawned. Elsewhere all but {@code inCoroutine} fail at once with
 * {@link IllegalStateException}. When
 * the coroutine is cancelled, the current or next wait throws {@link java.util.concurrent.CancellationException}, and
 * so does every further one outside of {@link #shielded}.
 */
public final class Async {

    private Async() {}

    /** Returns whether the caller is a coroutine that has the turn, so that it may wait with this class. Never fails. */
    public static boolean inCoroutine() {
        Coroutine<?> coroutine = Coroutine.withTurn();
        return coroutine != null && !coroutine.isEnding();
    }

    /**
     * Waits for a stage and returns its value. A stage that is done costs no turn, within a budget of 1 ms by
     * the loop's clock, or 128 such waits. Tornado's {@code await}.
     * @throws RuntimeException the stage's own unchecked failure
     * @throws java.util.concurrent.CompletionException around a checked failure
     */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        return Waits.await(Coroutine.current("await"), stage);
    }

    /**
     * Subscribes to a {@code Mono} on the event loop, with the coroutine's context, and waits for its value; {@code null}
     * if it ends empty. A cancelled wait cancels the subscription.
     * @throws RuntimeException the unchecked failure that the {@code Mono} ends with
     * @throws java.util.concurrent.CompletionException around a checked one
     */
    public static <T> @Nullable T await(Mono<T> mono) {
        return Waits.await(Coroutine.current("await"), mono);
    }

    /** Waits at least this long; zero or less gives the others one turn. Tornado's {@code gen.sleep}. */
    public static void sleep(Duration duration) {
        Waits.sleep(Coroutine.current("sleep"), duration);
    }

    /** Gives everyone who is ready now a turn. Tornado's {@code gen.moment}. */
    public static void yieldNow() {
        Coroutine.current("yieldNow").yieldNow();
    }

    /**
     * Waits for all stages and returns their values in the same order. The first failure in time is thrown, and
     * cancels the rest; so does a cancellation of this wait. Tornado's {@code gen.multi} waits for all even then.
     * @throws RuntimeException the unchecked failure of a stage
     * @throws java.util.concurrent.CompletionException around a checked one
     */
    public static <T extends @Nullable Object> List<T> gather(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return Waits.gather(Coroutine.current("gather"), stages, true);
    }

    /**
     * Waits until all stages have ended, also after a failure, and returns their values in the same order. The failure
     * that is first in this order is thrown, with the others suppressed. A cancellation of this wait cancels the stages
     * that have not ended. Tornado's {@code gen.multi}.
     * @throws RuntimeException the unchecked failure of a stage
     * @throws java.util.concurrent.CompletionException around a checked one
     */
    public static <T extends @Nullable Object> List<T> gatherAll(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return Waits.gather(Coroutine.current("gatherAll"), stages, false);
    }

    /**
     * Returns the tasks one after the other as they end: each step waits for the next one, which {@code await} then
     * costs no wait. Those that have ended before come first, in the order given. A failure is thrown by that task's
     * {@code await}, and the iteration can go on. Tornado's {@code gen.WaitIterator}.
     */
    public static <T extends @Nullable Object> Iterable<Task<T>> asCompleted(Collection<Task<T>> tasks) {
        Coroutine.current("asCompleted");
        return new Completions<>(tasks);
    }

    /**
     * Waits for nothing: throws if this coroutine is cancelled, and gives the others a turn if this one has had its 1 ms
     * by the loop's clock, or its 128 waits that cost none. For long loops that would never wait, and for what may have
     * nothing to wait for. Trio's {@code checkpoint}.
     */
    public static void checkpoint() {
        Coroutine.current("checkpoint").checkpoint();
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
     * sockets, locks and queues; CPU work, files, the streams of a process and DNS belong into {@link IOLoop#runInExecutor}. In
     * {@code body} this coroutine is outside the loop: others run meanwhile, and {@code await} fails. Cancellation
     * interrupts it.
     * @throws java.util.concurrent.CompletionException around a checked exception of {@code body}
     */
    public static <T extends @Nullable Object> T blocking(Callable<T> body) {
        return Coroutine.current("blocking").blocking(body);
    }

    /** As {@link #spawn(String, Callable)}, with a name made up from this coroutine's. */
    public static <T extends @Nullable Object> Task<T> spawn(Callable<T> child) {
        return startChild(null, child);
    }

    /** As {@link #spawn(String, Callable)}, with a name made up from this coroutine's, and no result. */
    public static Task<@Nullable Void> spawn(Runnable child) {
        return startChild(null, DefaultIOLoop.asCallable(child));
    }

    /**
     * Starts a child of this coroutine in a later turn. Does not wait. The child is cancelled when this coroutine ends;
     * for children to wait for there is {@link TaskGroup}.
     * @throws LoopFullException if too many coroutines are alive
     * @throws java.util.concurrent.CancellationException if this coroutine is cancelled; then no child is started
     */
    public static <T extends @Nullable Object> Task<T> spawn(String name, Callable<T> child) {
        return startChild(name, child);
    }

    /** As {@link #spawn(String, Callable)}, with no result. */
    public static Task<@Nullable Void> spawn(String name, Runnable child) {
        return startChild(name, DefaultIOLoop.asCallable(child));
    }

    private static <T extends @Nullable Object> Task<T> startChild(@Nullable String name, Callable<T> body) {
        Coroutine<?> parent = Coroutine.current("spawn");
        parent.throwIfCancelled();
        return parent.loop().startChild(parent, parent.scope(), name, body, Contexts.capture(parent), null);
    }
}
