package dev.asyncloop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A task is completed while others look at it, begin to listen to it, or stop that. */
public final class SettleRace {

    private SettleRace() {}

    /** A value with a plain field: seen as it was only if the completion makes it seen. */
    private static final class Box {

        private int content;
    }

    private static LoopTask<Box> task() {
        return new LoopTask<>(EndedLoop.LOOP, "the race");
    }

    private static void settle(LoopTask<Box> task) {
        Box box = new Box();
        box.content = 1;
        EndedLoop.LOOP.inTurn(() -> task.settle(box, null));
    }

    /** Somebody who waits, and remembers what it was told. */
    private static final class Ear extends Listener<Box> {

        private int told;

        private int content;

        @Override
        boolean settled(Box value, Throwable failure) {
            told++;
            content = value.content;
            return true;
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Not done yet.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Done, and the value is whole.")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "Done, and the value is not whole.")
    @State
    public static class SettleAgainstLook {

        private final LoopTask<Box> task = task();

        @Actor
        public void settle() {
            SettleRace.settle(task);
        }

        @Actor
        public void look(II_Result result) {
            if (task.isDone()) {
                result.r1 = 1;
                result.r2 = task.resultNow().content;
            }
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Told once, and the value is whole.")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "Never told.")
    @State
    public static class SettleAgainstListen {

        private final LoopTask<Box> task = task();

        private final Ear ear = new Ear();

        @Actor
        public void settle() {
            SettleRace.settle(task);
        }

        @Actor
        public void listen() {
            task.listen(ear);
        }

        @Arbiter
        public void end(II_Result result) {
            result.r1 = ear.told;
            result.r2 = ear.content;
        }
    }

    /** One of two stops listening: the other one is told all the same. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Both told before the one is forgotten.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Forgotten before it was told.")
    @State
    public static class SettleAgainstForget {

        private final LoopTask<Box> task = task();

        private final Ear leaves = new Ear();

        private final Ear stays = new Ear();

        public SettleAgainstForget() {
            task.listen(leaves);
            task.listen(stays);
        }

        @Actor
        public void settle() {
            SettleRace.settle(task);
        }

        @Actor
        public void forget() {
            task.forget(leaves);
        }

        @Arbiter
        public void end(II_Result result) {
            result.r1 = leaves.told;
            result.r2 = stays.told;
        }
    }
}
