package dev.asyncloop;

import dev.asyncloop.internal.timer.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a coroutine can wait for: each of these makes one {@link Wait}, sees to it that somebody ends it, and gives way.
 * Called by the coroutine itself, with the turn.
 */
final class Waits {

    private Waits() {}

    static <T extends @Nullable Object> T await(Coroutine<?> self, CompletionStage<T> stage) {
        requireSomething(self, stage);
        if (stage == self) {
            throw new IllegalStateException("'" + self.name() + "' was to await itself, and would never go on");
        }
        self.throwIfCancelled();
        Wait<T> wait = new Wait<>(self, stage);
        Listener.listen(stage, wait);
        try {
            return stage instanceof LoopTask<?> ? self.finish(wait) : finishInRealTime(self, wait);
        } catch (RuntimeException | Error ex) {
            if (wait.isCancelled()) {
                Listener.forget(stage, wait);
            } else if (stage instanceof LoopTask<?> task && !(ex instanceof CancellationException)) {
                AwaitedAt.note(ex, task, self);
            }
            throw ex;
        }
    }

    /** A null here is mostly what a method returned that was to return a task, and so somebody else's mistake. */
    private static void requireSomething(Coroutine<?> self, @Nullable Object awaited) {
        if (awaited == null) {
            throw new NullPointerException("`await` was called with null in '" + self.name()
                    + "': there is nothing to wait for; give it a task, a stage or a Mono, as"
                    + " `CompletableFuture.completedFuture(..)` if there is a value already");
        }
    }

    static <T> @Nullable T await(Coroutine<?> self, Mono<T> mono) {
        requireSomething(self, mono);
        self.throwIfCancelled();
        DefaultIOLoop loop = self.loop();
        loop.requireNotOver("`await` of a Mono");
        Wait<@Nullable T> wait = new Wait<>(self, mono);
        AwaitedMono<T> subscriber = new AwaitedMono<>(wait, Contexts.capture(self));
        loop.loopCarrier().eventLoop().execute(() -> subscriber.subscribeTo(mono));
        try {
            return finishInRealTime(self, wait);
        } finally {
            if (wait.isCancelled()) {
                loop.onEventLoop(subscriber::dispose);
            }
        }
    }

    /** Waits for other code, which knows nothing of the loop's clock. */
    private static <T extends @Nullable Object> T finishInRealTime(Coroutine<?> self, Wait<T> wait) {
        Runnable come = self.loop().clock().expect(wait.subject);
        try {
            return self.finish(wait);
        } finally {
            come.run();
        }
    }

    static void sleep(Coroutine<?> self, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            self.yieldNow();
            return;
        }
        self.throwIfCancelled();
        DefaultIOLoop loop = self.loop();
        loop.requireNotOver("`sleep`");
        Sleep sleep = new Sleep(duration);
        Wait<@Nullable Void> wait = new Wait<>(self, sleep);
        Timer timer = loop.timerSet().setInTurn(Durations.nanos(duration), sleep, () -> wait.settled(null, null));
        try {
            self.finish(wait);
        } finally {
            if (wait.isCancelled()) {
                timer.cancel();
            }
        }
    }

    static <T extends @Nullable Object> List<T> gather(
            Coroutine<?> self, Collection<? extends CompletionStage<? extends T>> stages, boolean failFast) {
        self.throwIfCancelled();
        return Gathering.await(self, stages, failFast);
    }

    private record Sleep(Duration duration) {

        @Override
        public String toString() {
            return "sleep of " + duration;
        }
    }
}
