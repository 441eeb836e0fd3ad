package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.LoopClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The loop of one test, in either time. */
final class TestLoop {

    /** How long, in real time, a test that is too slow gets to end when it is interrupted. */
    private static final Duration CLEAN_UP = Duration.ofSeconds(1);

    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(1);

    /** What a test does; it may throw anything. */
    interface Body {

        @Nullable
        Object run() throws Throwable;
    }

    private final IOLoop face;

    private final DrivenLoop loop;

    private final @Nullable VirtualTimeLoop virtual;

    /** Whether its end says nothing more: a coroutine is stuck, or all were cancelled. */
    private boolean given;

    private boolean abandoned;

    private TestLoop(IOLoop face, DrivenLoop loop, @Nullable VirtualTimeLoop virtual) {
        this.face = face;
        this.loop = loop;
        this.virtual = virtual;
    }

    /** Makes one whose clock jumps only for who waits for a coroutine. */
    static TestLoop virtual(IOLoopOptions options) {
        VirtualTimeLoop loop = VirtualTimeLoop.create(options);
        loop.jumps().hold();
        return new TestLoop(loop, loop.driven(), loop);
    }

    static TestLoop real(IOLoopOptions options) {
        SeenClock clock = new SeenClock();
        IOLoop loop = IOLoop.create(options.withClock(clock));
        return new TestLoop(loop, Objects.requireNonNull(clock.loop), null);
    }

    IOLoop face() {
        return face;
    }

    /** Runs a test as a coroutine, and throws what it throws. */
    void run(String name, Duration limit, Body body) throws Throwable {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        ForeignCall<?> call = new ForeignCall<>(loop, virtual != null ? virtual.jumps() : null, name, () -> {
            try {
                return body.run();
            } catch (Exception | Error ex) {
                thrown.set(ex);
                throw ex;
            } catch (Throwable ex) { // JUnit's signature, and whoever throws such a thing
                thrown.set(ex);
                throw new IllegalStateException(ex);
            }
        });
        try {
            call.get(limit);
        } catch (ExecutionException | CancellationException ex) {
            Throwable own = thrown.get();
            throw own != null ? own : ex.getCause() != null ? ex.getCause() : ex;
        } catch (TimeoutException ex) {
            throw tooLong(name, limit, call);
        } catch (InterruptedException ex) {
            giveUp(call);
            throw ex;
        } catch (DeadlockError ex) {
            given = true;
            throw ex;
        }
    }

    private AssertionError tooLong(String name, Duration limit, ForeignCall<?> call) throws InterruptedException {
        String report = Reports.tooLong(loop, name, limit);
        if (!giveUp(call)) {
            report += System.lineSeparator() + "It did not end within " + CLEAN_UP
                    + " of being cancelled and interrupted either; its thread is left behind.";
        }
        return new AssertionError(report);
    }

    private boolean giveUp(ForeignCall<?> call) throws InterruptedException {
        given = true;
        call.cancel();
        boolean ended = call.awaitEnd(CLEAN_UP);
        if (!ended) {
            abandoned = true;
            face.stop(); // what comes after the test must not wait for it
        }
        return ended;
    }

    /**
     * Ends the loop.
     * @throws LeakError if something is left, unless the test has failed because of just that
     */
    void end() {
        try {
            if (!given) {
                requireNoLeaks();
            }
        } finally {
            face.stop();
            if (!abandoned) {
                face.awaitStopped();
            }
        }
    }

    private void requireNoLeaks() {
        if (virtual != null) {
            virtual.requireNoLeaks();
            return;
        }
        CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();
        loop.onIdle(() -> settled.complete(null));
        try {
            settled.get(SETTLE_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException ex) {
            // then what there is counts
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        String leaks = Reports.leaks(loop);
        if (leaks != null) {
            throw new LeakError(leaks);
        }
    }

    /** The machine's clock, which shows its loop to the test. */
    private static final class SeenClock implements LoopClock {

        private @Nullable DrivenLoop loop;

        @Override
        public long nanoTime() {
            return LoopClock.system().nanoTime();
        }

        @Override
        public Instant instant() {
            return LoopClock.system().instant();
        }

        @Override
        public IOLoop attach(DrivenLoop loop) {
            this.loop = loop;
            return loop;
        }
    }
}
