package dev.asyncloop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** One wait of a coroutine that several want to end: one of them does, and the coroutine stands in line once for that. */
public final class WaitRace {

    private WaitRace() {}

    private static Object outcome(Wait<Integer> wait) {
        return wait.isCancelled() ? "cancelled" : wait.outcome();
    }

    @Outcome(id = "true, 1, 42", expect = Expect.ACCEPTABLE, desc = "Resumed; the coroutine gets the value.")
    @Outcome(id = "false, 1, cancelled", expect = Expect.ACCEPTABLE, desc = "Cancelled; who resumes keeps the value.")
    @Outcome(id = "true, ., cancelled", expect = Expect.FORBIDDEN, desc = "The value is lost.")
    @Outcome(id = "false, ., 42", expect = Expect.FORBIDDEN, desc = "The value is handed over and kept.")
    @Outcome(id = ".*, [02], .*", expect = Expect.FORBIDDEN, desc = "Not once in line.")
    public static class ResumeOrCancel {}

    @JCStressTest
    @JCStressMeta(ResumeOrCancel.class)
    @State
    public static class ResumeAgainstCancel {

        private final EndedLoop.Counted coroutine = new EndedLoop.Counted();

        private final Wait<Integer> wait = new Wait<>(coroutine, "the race");

        public ResumeAgainstCancel() {
            wait.park();
        }

        @Actor
        public void resume(LLL_Result result) {
            result.r1 = wait.settled(42, null);
        }

        @Actor
        public void cancel() {
            coroutine.cancel(false, "it is a race");
            wait.cancelIfReached(); // what a cancellation does with the wait that it finds
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r2 = coroutine.turns();
            result.r3 = outcome(wait);
        }
    }

    /** Looks whether the wait is still open, and then ends it. */
    @JCStressTest
    @JCStressMeta(ResumeOrCancel.class)
    @State
    public static class BrokenLookThenEnd {

        private final EndedLoop.Counted coroutine = new EndedLoop.Counted();

        private volatile Object outcome = "none";

        private boolean end(Object how) {
            boolean mine = outcome.equals("none");
            if (mine) {
                outcome = how;
                coroutine.standInLine();
            }
            return mine;
        }

        @Actor
        public void resume(LLL_Result result) {
            result.r1 = end(42);
        }

        @Actor
        public void cancel() {
            end("cancelled");
        }

        @Arbiter
        public void end(LLL_Result result) {
            result.r2 = coroutine.turns();
            result.r3 = outcome;
        }
    }

    @JCStressTest
    @Outcome(id = "true, false, 1, 1", expect = Expect.ACCEPTABLE, desc = "The first has resumed.")
    @Outcome(id = "false, true, 1, 2", expect = Expect.ACCEPTABLE, desc = "The second has resumed.")
    @State
    public static class ResumeAgainstResume {

        private final EndedLoop.Counted coroutine = new EndedLoop.Counted();

        private final Wait<Integer> wait = new Wait<>(coroutine, "the race");

        public ResumeAgainstResume() {
            wait.park();
        }

        @Actor
        public void first(LLLL_Result result) {
            result.r1 = wait.settled(1, null);
        }

        @Actor
        public void second(LLLL_Result result) {
            result.r2 = wait.settled(2, null);
        }

        @Arbiter
        public void end(LLLL_Result result) {
            result.r3 = coroutine.turns();
            result.r4 = outcome(wait);
        }
    }

    @JCStressTest
    @Outcome(id = "true, true, 1, 42", expect = Expect.ACCEPTABLE, desc = "Gave way and was resumed.")
    @Outcome(id = "true, false, 0, 42", expect = Expect.ACCEPTABLE, desc = "Resumed before it gave way: no turn.")
    @State
    public static class ResumeAgainstPark {

        private final EndedLoop.Counted coroutine = new EndedLoop.Counted();

        private final Wait<Integer> wait = new Wait<>(coroutine, "the race");

        @Actor
        public void resume(LLLL_Result result) {
            result.r1 = wait.settled(42, null);
        }

        @Actor
        public void park(LLLL_Result result) {
            result.r2 = wait.park();
        }

        @Arbiter
        public void end(LLLL_Result result) {
            result.r3 = coroutine.turns();
            result.r4 = outcome(wait);
        }
    }
}
