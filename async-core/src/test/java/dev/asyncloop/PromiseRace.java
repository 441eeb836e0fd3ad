package dev.asyncloop;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** A promise that several complete: one of them does, and the outcome is that one's. */
public final class PromiseRace {

    private static final RuntimeException FAILURE = new RuntimeException("the race");

    private PromiseRace() {}

    private static LoopPromise<Integer> promise() {
        return new LoopPromise<>(EndedLoop.LOOP, "the race");
    }

    @Outcome(id = "true, false, 42", expect = Expect.ACCEPTABLE, desc = "Succeeded.")
    @Outcome(id = "false, true, failed", expect = Expect.ACCEPTABLE, desc = "Failed.")
    @Outcome(id = "true, true, .*", expect = Expect.FORBIDDEN, desc = "Both believe that they have completed it.")
    public static class SucceedOrFail {}

    @JCStressTest
    @JCStressMeta(SucceedOrFail.class)
    @State
    public static class SucceedAgainstFail {

        private final LoopPromise<Integer> promise = promise();

        @Actor
        public void succeed(LLL_Result result) {
            result.r1 = promise.succeed(42);
        }

        @Actor
        public void fail(LLL_Result result) {
            result.r2 = promise.fail(FAILURE);
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = EndedLoop.outcome(promise);
        }
    }

    /** Looks whether it is decided, and then decides. */
    @JCStressTest
    @JCStressMeta(SucceedOrFail.class)
    @State
    public static class BrokenLookThenDecide {

        private volatile Object outcome = "pending";

        private boolean decide(Object how) {
            boolean mine = outcome.equals("pending");
            if (mine) {
                outcome = how;
            }
            return mine;
        }

        @Actor
        public void succeed(LLL_Result result) {
            result.r1 = decide(42);
        }

        @Actor
        public void fail(LLL_Result result) {
            result.r2 = decide("failed");
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r3 = outcome;
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, 42, 0", expect = Expect.ACCEPTABLE, desc = "Succeeded.")
    @Outcome(id = "false, true, cancelled, 1", expect = Expect.ACCEPTABLE, desc = "Cancelled, and the maker told.")
    @State
    public static class SucceedAgainstCancel {

        private final LoopPromise<Integer> promise = promise();

        private final AtomicInteger told = new AtomicInteger();

        public SucceedAgainstCancel() {
            promise.onCancel(told::incrementAndGet);
        }

        @Actor
        public void succeed(LLLL_Result result) {
            result.r1 = promise.succeed(42);
        }

        @Actor
        public void cancel(LLLL_Result result) {
            result.r2 = promise.cancel(false);
        }

        @Arbiter
        public void end(LLLL_Result result) {
            result.r3 = EndedLoop.outcome(promise);
            result.r4 = told.get();
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, failed, 0", expect = Expect.ACCEPTABLE, desc = "Failed.")
    @Outcome(id = "false, true, cancelled, 1", expect = Expect.ACCEPTABLE, desc = "Cancelled, and the maker told.")
    @State
    public static class FailAgainstCancel {

        private final LoopPromise<Integer> promise = promise();

        private final AtomicInteger told = new AtomicInteger();

        public FailAgainstCancel() {
            promise.onCancel(told::incrementAndGet);
        }

        @Actor
        public void fail(LLLL_Result result) {
            result.r1 = promise.fail(FAILURE);
        }

        @Actor
        public void cancel(LLLL_Result result) {
            result.r2 = promise.cancel(false);
        }

        @Arbiter
        public void end(LLLL_Result result) {
            result.r3 = EndedLoop.outcome(promise);
            result.r4 = told.get();
        }
    }

    /** The maker asks to be told of a cancellation while it comes. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Told once.")
    @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "Never told.")
    @Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "Told twice.")
    @State
    public static class OnCancelAgainstCancel {

        private final LoopPromise<Integer> promise = promise();

        private final AtomicInteger told = new AtomicInteger();

        @Actor
        public void onCancel() {
            promise.onCancel(told::incrementAndGet);
        }

        @Actor
        public void cancel() {
            promise.cancel(false);
        }

        @Arbiter
        public void end(I_Result result) {
            result.r1 = told.get();
        }
    }
}
