package dev.asyncloop;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import reactor.util.context.Context;

/**
 * As {@link WaitRace}, with coroutines of a loop that runs: a third thread takes part, which gives way while the actors
 * resume or cancel it. Far fewer samples, but the whole way from {@code cancel} to the coroutine's own end.
 */
public final class SuspensionRace {

    private static final DefaultIOLoop LOOP = (DefaultIOLoop) Loops.on(Carrier.JDK);

    private static final int PATIENCE_SECONDS = 10;

    /** So many different delays let a cancellation, which is slower than the wait, come before, during and after it. */
    private static final int DELAYS = 128;

    private SuspensionRace() {}

    /** A coroutine that waits for what the actors give it. */
    private static final class Waiting {

        private final Coroutine<Integer> coroutine =
                new Coroutine<>(LOOP, "waiting", this::body, Context.empty(), SwitchOn.AWAIT);

        private volatile Suspension<Integer> suspension;

        private int body() {
            Suspension<Integer> begun = Suspension.begin("the race");
            suspension = begun;
            for (long delay = coroutine.id() % DELAYS; delay > 0; delay--) {
                Thread.onSpinWait();
            }
            return begun.await();
        }

        /** Returns what the coroutine is about to wait for; nothing if it was cancelled before. */
        Suspension<Integer> begun() {
            Suspension<Integer> begun;
            while ((begun = suspension) == null && !coroutine.isDone()) {
                Thread.yield(); // the coroutine may want this core
            }
            return begun;
        }

        Object outcome() {
            try {
                return coroutine.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (CancellationException ex) {
                return "cancelled";
            } catch (ExecutionException ex) {
                return "failed";
            } catch (TimeoutException ex) {
                return "forgotten";
            } catch (InterruptedException ex) {
                throw new AssertionError(ex);
            }
        }
    }

    /** The cancellation meets the coroutine before, while, or after it makes its wait known. */
    @JCStressTest
    @Outcome(id = "cancelled", expect = Expect.ACCEPTABLE, desc = "The cancellation has reached the wait.")
    @Outcome(id = "forgotten", expect = Expect.FORBIDDEN, desc = "Waits for ever although it is cancelled.")
    @State
    public static class CancelAgainstAwait {

        private final Waiting waiting = new Waiting();

        @Actor
        public void start() {
            waiting.coroutine.standInLine();
        }

        @Actor
        public void cancel() {
            waiting.begun();
            waiting.coroutine.cancel(false, "it is a race");
        }

        @Arbiter
        public void end(L_Result result) {
            result.r1 = waiting.outcome();
        }
    }

    @JCStressTest
    @Outcome(id = "true, 42", expect = Expect.ACCEPTABLE, desc = "Resumed; the coroutine returns the value.")
    @Outcome(id = "false, cancelled", expect = Expect.ACCEPTABLE, desc = "Cancelled; who resumes keeps the value.")
    @State
    public static class ResumeAgainstCancelAgainstAwait {

        private final Waiting waiting = new Waiting();

        @Actor
        public void startAndResume(LL_Result result) {
            waiting.coroutine.standInLine();
            Suspension<Integer> begun = waiting.begun();
            result.r1 = begun != null && begun.resume(42);
        }

        @Actor
        public void cancel() {
            waiting.begun();
            waiting.coroutine.cancel(false, "it is a race");
        }

        @Arbiter
        public void end(LL_Result result) {
            result.r2 = waiting.outcome();
        }
    }
}
